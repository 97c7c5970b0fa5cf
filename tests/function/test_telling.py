"""A difference in words: short, and harmless wherever it is shown."""

from __future__ import annotations

import unicodedata

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.comparison import compare
from fc_inventory.telling import MESSAGE_BYTES, as_markdown, as_text
from tests.function.places import failed, function, listed, renamed

BEFORE = [
    listed("alpha", "old", function("web", memory_size=128, description=None), services=("billing",)),
    listed("beta"),
]
AFTER = [
    listed("alpha", "new", function("web", memory_size=512, description="*the* web"), services=("billing",)),
    failed("beta"),
    listed("gamma", "first"),
]
FOREIGN = st.text(max_size=30) | st.sampled_from(
    ["`code`", "[x](http://evil.example)", "<@all>", "@channel", "http://evil.example", "www.evil.example", "a\nb", "\x1b[31m", "\u202eevil", "| a | b |"]
)  # fmt: skip


def test_text_has_a_line_for_each_change() -> None:
    """A sign, where, what, and the fields before and after."""
    assert as_text(compare(BEFORE, AFTER)).splitlines() == [
        "changed: 1 added, 1 removed, 1 changed, 3 listings can't be compared, 3 listings seen for the first time",
        "+ alpha cn-hangzhou function new (FC 3.0)",
        "- alpha cn-hangzhou function old (FC 3.0)",
        "~ alpha cn-hangzhou function web (FC 3.0): description none → *the* web; memory_size 128 → 512",
        "? beta cn-hangzhou ListFunctions v2, ListFunctions v3, ListServices v2: failed: deadline",
        "= gamma cn-hangzhou ListFunctions v2 0, ListFunctions v3 1, ListServices v2 0",
    ]


def test_markdown_has_a_line_for_each_change() -> None:
    """Names stand as code."""
    lines = as_markdown(compare(BEFORE, AFTER)).splitlines()

    assert lines[:2] == [f"### fc-inventory: {as_text(compare(BEFORE, AFTER)).splitlines()[0]}", ""]
    assert lines[2:5] == [
        "- **added** `alpha` cn-hangzhou function `new` (FC 3.0)",
        "- **removed** `alpha` cn-hangzhou function `old` (FC 3.0)",
        "- **changed** `alpha` cn-hangzhou function `web` (FC 3.0): description none → `*the* web`; memory_size `128` → `512`",
    ]


def test_nothing_changed_is_one_line() -> None:
    """In both forms."""
    nothing = compare(AFTER[:1], AFTER[:1])

    assert as_text(nothing) == "unchanged: all 3 listings as before"
    assert as_markdown(nothing) == "### fc-inventory: unchanged: all 3 listings as before"


def test_what_is_renamed_is_told() -> None:
    """The new name first."""
    difference = compare(BEFORE[:1], [renamed(BEFORE[0], target="omega")])

    assert as_text(difference).splitlines()[1:] == ["> omega was alpha"]


@given(name=FOREIGN, description=FOREIGN)
def test_foreign_text_is_shown_and_never_obeyed(name: str, description: str) -> None:
    """No line, code span, mention, link, markup or control character of its own, in any chat."""
    difference = compare([listed("alpha")], [listed("alpha", function(name, description=description))])
    changed = compare(
        [listed("alpha", function("web"))], [listed("alpha", function("web", description=description + name + "."))]
    )

    for each, quoted in ((difference, 2), (changed, 3)):
        text, markdown = as_text(each), as_markdown(each)
        assert (len(text.splitlines()), len(markdown.splitlines()), markdown.count("`")) == (2, 3, 2 * quoted)
        shown = (text + markdown).replace("\n", "")
        assert not any(sign in shown for sign in ("@", "<", "[", "]", "|", "://", "www.", "\u202e"))
        assert "Cc" not in map(unicodedata.category, shown)


def test_a_message_keeps_within_a_chat_s_limit_and_counts_the_rest() -> None:
    """As it is counted there: in bytes of JSON."""
    names = [f"{'函' * 20}-{number}" for number in range(2000)]
    large = compare([listed("alpha")], [listed("alpha", *names)])

    message = as_markdown(large)

    lines = message.splitlines()
    assert len(msgspec.json.encode(message)) <= MESSAGE_BYTES
    assert len(msgspec.json.encode(message)) > MESSAGE_BYTES - 250
    assert lines[-1] == f"… and {2000 - (len(lines) - 3)} lines more"
    assert lines[0] == "### fc-inventory: changed: 2000 added, 0 removed, 0 changed"


def test_text_without_a_limit_has_every_line() -> None:
    """For a terminal or a file."""
    large = compare([listed("alpha")], [listed("alpha", *map(str, range(2000)))])

    assert len(as_text(large).splitlines()) == 2001
