"""Which actions a fault can name: those that the router knows."""

from __future__ import annotations

from local.cloud.fault import Fault
from local.cloud.router import ACTIONS


def find_missing_action(fault: Fault) -> str | None:
    """Return what should stand in place of the action that *fault* names where there is no such action, else None.

    A fault for a misspelt action would never hit, and the test that ordered it would prove nothing.
    """
    names = sorted({action.name for action in ACTIONS})
    return None if fault.action is None or fault.action in names else f"one of {', '.join(names)}"
