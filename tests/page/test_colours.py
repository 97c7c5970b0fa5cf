"""Text and signs can be told from their ground, in light and in dark."""

from __future__ import annotations

import re
from typing import Literal

import pytest

from fc_inventory.page import FILES

Scheme = Literal["light", "dark"]
CSS = (FILES / "page.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", CSS)
}
GROUNDS = ("ground", "surface", "raised")
TEXTS = [
    *((text, ground) for text in ("text", "quiet", "link") for ground in GROUNDS),
    *((status, ground) for status in ("complete", "partial", "failed") for ground in (f"{status}-ground", "ground", "surface")),
]  # fmt: skip
SIGNS = [
    ("edge", "surface"),
    ("edge", "ground"),
    *((name, "surface") for name in TOKENS if name.startswith("colour-")),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: Scheme) -> float:
    """Return the contrast ratio of two tokens, 1 to 21."""
    lighter, darker = sorted((luminance(TOKENS[name][scheme == "dark"]) for name in (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_wants(scheme: Scheme) -> None:
    """4.5 to 1 for every colour of text on every ground that it stands on (WCAG 2.2, 1.4.3)."""
    assert {pair: ratio for pair in TEXTS if (ratio := contrast(*pair, scheme)) < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_of_controls_and_bars_can_be_seen(scheme: Scheme) -> None:
    """3 to 1 for what must be seen without being text (WCAG 2.2, 1.4.11)."""
    assert {pair: ratio for pair in SIGNS if (ratio := contrast(*pair, scheme)) < 3} == {}


def test_every_colour_is_a_token() -> None:
    """No colour stands outside of the tokens, so that none escapes these rules; the shade behind a dialog is no ground."""
    rules = re.sub(r"--[\w-]+: light-dark\([^;]*\);|/\*.*?\*/", "", CSS, flags=re.DOTALL)

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])|rgba?\([^)]*\)|hsl", rules) == ["rgb(10 12 16 / 55%)"]
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) == set(TOKENS)
