"""A missing tool never lets CI pass as if its tests had run."""

import pytest

from tests.tools import find_command, find_in_npm


def test_without_a_tool_the_test_skips_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's machine need not have everything."""
    monkeypatch.delenv("ALL_TOOLS", raising=False)

    with pytest.raises(pytest.skip.Exception, match=r"^no command nosuch on this machine: apt install nosuch$"):
        find_command("nosuch", "apt install nosuch")
    with pytest.raises(pytest.skip.Exception, match=r"^no nosuch: npm ci --ignore-scripts --prefix tests/npm$"):
        find_in_npm("nosuch")


def test_where_every_tool_is_promised_its_absence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `.ci/run`, which installs them."""
    monkeypatch.setenv("ALL_TOOLS", "1")

    with pytest.raises(pytest.fail.Exception, match="ALL_TOOLS=1 promises every tool: no command nosuch"):
        find_command("nosuch", "apt install nosuch")
