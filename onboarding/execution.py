"""Carries out a plan, one call after the other, and says how far it came."""

from __future__ import annotations

from fc_inventory.errors import CloudError, Problem
from onboarding import ram
from onboarding.administrator import Administrator
from onboarding.outcome import State, Status, StepState, state_of
from onboarding.plan import Plan, Step

# Where no answer arrived, the step may have been taken.
UNANSWERED = ("timed_out", "network", "unavailable", "malformed_answer", "redirected")


def carry_out(plan: Plan, administrator: Administrator) -> tuple[Status, list[StepState], Problem | None]:
    """Take the steps in order, and stop at the first that fails."""
    for index, step in enumerate(plan.steps):
        try:
            ram.call(step.action, step.parameters, administrator)
        except CloudError as error:  # noqa: PERF203 - the first failure ends the loop
            is_clean = index == 0 and error.problem.category not in UNANSWERED
            return "refused" if is_clean else "partial", _states(plan.steps, index), error.problem
    return "done", _states(plan.steps, len(plan.steps)), None


def show_only(plan: Plan) -> list[StepState]:
    """Return the steps of *plan* as they stand before anything is done."""
    return [state_of(step, "planned") for step in plan.steps]


def _states(steps: list[Step], done: int) -> list[StepState]:
    def state(index: int) -> State:
        return "done" if index < done else "failed" if index == done else "left"

    return [state_of(step, state(index)) for index, step in enumerate(steps)]
