"""The answer: outcomes and what they add up to. Owns its shape, published as `schemas/report.schema.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timezone
from typing import Any, Literal

import msgspec

from fc_inventory.documents import published_schema
from fc_inventory.findings import Finding, Gap
from fc_inventory.inspection import examine, left_out
from fc_inventory.invocation import Invocation
from fc_inventory.outcomes import Outcome, Status
from fc_inventory.rules import RULES, Rule
from fc_inventory.stages import Stages


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the report. Items of outcomes that are not complete count as far as they were seen."""

    targets: int
    outcomes: int
    complete: int
    partial: int
    failed: int
    services: int
    functions_v2: int
    functions_v3: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer.

    Attributes:
        report_version: the version of this shape; it changes when a field changes its meaning or goes.
        request_id: the invocation's request id on Function Compute.
        generated_at: when the answer was complete, UTC (`2026-11-24T12:00:00Z`).
        duration_ms: how long the invocation took until then.
        stages: how long each stage took; None in a snapshot, and where nobody measured.
        status: `complete`, `failed` (every outcome failed), or `partial`.
        summary: what the outcomes add up to.
        cursor: where to go on with what the time did not suffice for; None where nothing is left, or too much: outcomes
            with the category `deadline` tell.
        outcomes: one for every selected target and region, in configured order.
        findings: what the rules found worth a look in the outcomes, as of the day of the run.
        not_evaluated: where rules could say nothing, or not about everything: no finding there means nothing.
    """

    report_version: Literal[1] = 1
    request_id: str
    generated_at: str
    duration_ms: int
    stages: Stages | None = None
    status: Status
    summary: Summary
    cursor: str | None = None
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    not_evaluated: tuple[Gap, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that were not left out."""
        left_out = {rule for gap in self.not_evaluated if gap.target is None for rule in gap.rules}
        return tuple(rule for rule in RULES if rule not in left_out)


def build_report(
    outcomes: tuple[Outcome, ...],
    invocation: Invocation,
    *,
    cursor: str | None = None,
    rules: Iterable[Rule] = RULES,
) -> Report:
    """Return the report of *outcomes*, of which there is at least one, as of now; *rules* look for findings."""
    tally = tally_today(rules)
    for outcome in outcomes:
        tally.add(outcome)
    return msgspec.structs.replace(tally.head_now(invocation), cursor=cursor, outcomes=outcomes)


def assemble_report(
    outcomes: tuple[Outcome, ...],
    *,
    request_id: str,
    generated_at: str,
    duration_ms: int,
    rules: Iterable[Rule] = RULES,
) -> Report:
    """Return the report of *outcomes*, at least one, with what they add up to and what *rules* find."""
    tally = Tally(rules, date.fromisoformat(generated_at[:10]))
    for outcome in outcomes:
        tally.add(outcome)
    head = tally.head(request_id=request_id, generated_at=generated_at, duration_ms=duration_ms)
    return msgspec.structs.replace(head, outcomes=outcomes)


def tally_today(rules: Iterable[Rule]) -> Tally:
    """Return what to count outcomes with that are listed today; *rules* look for findings."""
    return Tally(rules, datetime.now(timezone.utc).date())


class Tally:
    """What outcomes add up to, taken one after the other, so that none has to be kept; *rules* look for findings.

    What is too old is so as of *today*.
    """

    def __init__(self, rules: Iterable[Rule], today: date) -> None:
        self._counts: Counter[str] = Counter()
        self._targets: set[str] = set()
        self._rules = frozenset(rules)
        self._today = today
        self._findings: list[Finding] = []
        self._gaps = list(left_out(self._rules))

    def add(self, outcome: Outcome) -> None:
        """Count *outcome* and its items, and examine it."""
        self._targets.add(outcome.target)
        self._counts[outcome.status] += 1
        self._counts["services"] += len(outcome.services or ())
        self._counts.update(function.fc_version for function in outcome.functions or ())
        findings, gaps = examine(outcome, self._rules, self._today)
        self._findings += findings
        self._gaps += gaps

    def head(self, *, request_id: str, generated_at: str, duration_ms: int) -> Report:
        """Return the report of what was added, at least one outcome, without the outcomes themselves."""
        counts = self._counts
        by_status: dict[Status, int] = {status: counts[status] for status in ("complete", "partial", "failed")}
        statuses = [status for status, count in by_status.items() if count]
        return Report(
            request_id=request_id,
            generated_at=generated_at,
            duration_ms=duration_ms,
            status=statuses[0] if len(statuses) == 1 else "partial",
            summary=Summary(
                targets=len(self._targets),
                outcomes=sum(by_status.values()),
                **by_status,
                services=counts["services"],
                functions_v2=counts["v2"],
                functions_v3=counts["v3"],
            ),
            outcomes=(),
            findings=tuple(self._findings),
            not_evaluated=tuple(self._gaps),
        )

    def head_now(self, invocation: Invocation) -> Report:
        """Return the same as of now: the answer of *invocation*."""
        return self.head(
            request_id=invocation.request_id,
            generated_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            duration_ms=round(invocation.budget.used_seconds * 1000),
        )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the report."""
    return published_schema(Report, "fc-inventory report")
