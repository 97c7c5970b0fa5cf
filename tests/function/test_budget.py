"""The time of one invocation."""

from types import SimpleNamespace
from typing import Any

import pytest

from fc_inventory.budget import Budget, invocation_budget


def context(timeout: Any) -> SimpleNamespace:
    return SimpleNamespace(function=SimpleNamespace(timeout=timeout))


@pytest.mark.parametrize(
    ("timeout", "expected_seconds"),
    [(60, 57.0), ("60", 57.0), (3, 2.7), (600, 597.0), (0.2, 0.0), (None, 57.0), ("soon", 57.0)],
)
def test_the_budget_is_the_timeout_less_a_reserve(timeout: Any, expected_seconds: float) -> None:
    """5 % of the time-out, but 0.3 s at least and 3 s at most, are kept for the answer; 60 s where none is told."""
    budget = invocation_budget(context(timeout), clock=lambda: 1000.0)

    assert budget.remaining_seconds == pytest.approx(expected_seconds)


def test_a_share_of_what_is_left_can_be_kept() -> None:
    """For what comes after the calls; of nothing, nothing is kept."""
    budget = Budget(0.0, 10.0, lambda: 6.0)

    assert budget.less(0.25).remaining_seconds == pytest.approx(3.0)
    assert Budget(0.0, 5.0, lambda: 6.0).less(0.25).ends_at == 5.0


def test_a_context_without_function_has_a_budget() -> None:
    """The fallback also serves a context of an unknown shape."""
    assert invocation_budget(None, clock=lambda: 0.0).remaining_seconds == pytest.approx(57.0)
