"""What local/README.md says of the cloud is what the cloud does."""

from __future__ import annotations

from pathlib import Path

from local.cloud import load_world
from local.cloud.command import describe
from local.cloud.fc3 import OTHER_FILTERS
from local.cloud.router import ACTIONS

README = (Path(__file__).parents[2] / "local" / "README.md").read_text(encoding="utf-8")


def test_the_table_of_actions_is_the_router_s() -> None:
    """Action by action, in the same order."""
    _, _, rest = README.partition("<!-- actions:")
    table = [
        line for line in rest.partition("<!-- end of actions -->")[0].splitlines() if line.startswith(("| 20", "| OSS"))
    ]

    assert table == [
        f"| {action.version} | `{action.name}` | {', '.join(action.methods)} `{action.path}` |" for action in ACTIONS
    ]


def test_the_output_shown_is_the_command_s() -> None:
    """Line by line."""
    shown = [line.strip() for line in README.splitlines() if line.startswith("    ")]

    assert [line for line in describe("http://127.0.0.1:18080", load_world()) if line not in shown] == []


def test_every_filter_that_isn_t_imitated_is_named() -> None:
    """Nobody has to find out by a refusal."""
    assert [name for name in OTHER_FILTERS if f"`{name}`" not in README] == []
