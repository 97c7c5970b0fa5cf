"""What a command did, in one shape: printed as JSON for scripts, as tables for people."""

from __future__ import annotations

from typing import Literal

import msgspec

from fc_inventory.errors import Problem
from onboarding.documents import Document
from onboarding.plan import Plan, Step

Status = Literal["planned", "unchanged", "done", "conflict", "absent", "refused", "partial"]
State = Literal["planned", "done", "failed", "left"]

EXIT_CODES: dict[Status, int] = {
    "planned": 0,
    "unchanged": 0,
    "done": 0,
    "conflict": 1,
    "absent": 1,
    "refused": 1,
    "partial": 3,
}


class StepState(msgspec.Struct, frozen=True, kw_only=True):
    """One step and what became of it: `left` was not tried, since one before it failed.

    `document` is the trust or permission policy that it writes, `removes` the one that it takes away; None where it
    does not.
    """

    action: str
    on: str
    state: State
    document: Document | None = None
    removes: Document | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is not as wanted; the lines of `difference` begin with `-` (is there), `+` (is wanted) or a space (both)."""

    on: str
    difference: list[str]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one command.

    Attributes:
        command: its name.
        status: `planned` (shown only), `unchanged` (all was as wanted), `done`, `conflict` (see `conflicts`; nothing
            was changed), `absent` (there is no such role: a name mistyped, perhaps), `refused` (by the cloud, before
            any change) or `partial` (some steps are done, or one may be).
        account_id: the account that it concerns.
        arn: the role's.
        steps: the calls that change something, in order.
        conflicts: what is there and not as wanted.
        notes: what else there is to know, one sentence each.
        problem: why a step failed, None where none did.
    """

    command: str
    status: Status
    account_id: str
    arn: str
    steps: list[StepState] = []
    conflicts: list[Difference] = []
    notes: list[str] = []
    problem: Problem | None = None


def state_of(step: Step, state: State) -> StepState:
    """Return *step* for an answer, with what became of it."""
    return StepState(action=step.action, on=step.on, state=state, document=step.document, removes=step.removes)


def differences(plan: Plan) -> list[Difference]:
    """Return the conflicts of *plan* for an answer."""
    return [Difference(on=conflict.on, difference=conflict.difference) for conflict in plan.conflicts]
