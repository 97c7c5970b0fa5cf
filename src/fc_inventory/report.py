"""The answer: outcomes and what they add up to. Owns its shape, published as `schemas/report.schema.json`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import Any, Literal

import msgspec

from fc_inventory.documents import published_schema
from fc_inventory.invocation import Invocation
from fc_inventory.scan import Outcome, Status


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
        status: `complete`, `failed` (every outcome failed), or `partial`.
        summary: what the outcomes add up to.
        outcomes: one for every selected target and region, in configured order.
    """

    report_version: Literal[1] = 1
    request_id: str
    generated_at: str
    duration_ms: int
    status: Status
    summary: Summary
    outcomes: tuple[Outcome, ...]


def build_report(outcomes: tuple[Outcome, ...], invocation: Invocation) -> Report:
    """Return the report of *outcomes*, of which there is at least one, as of now."""
    return assemble_report(
        outcomes,
        request_id=invocation.request_id,
        generated_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration_ms=round(invocation.budget.used_seconds * 1000),
    )


def assemble_report(outcomes: tuple[Outcome, ...], *, request_id: str, generated_at: str, duration_ms: int) -> Report:
    """Return the report of *outcomes*, of which there is at least one, with what they add up to."""
    by_status = Counter(outcome.status for outcome in outcomes)
    functions = Counter(function.fc_version for outcome in outcomes for function in outcome.functions or ())
    return Report(
        request_id=request_id,
        generated_at=generated_at,
        duration_ms=duration_ms,
        status=next(iter(by_status)) if len(by_status) == 1 else "partial",
        summary=Summary(
            targets=len({outcome.target for outcome in outcomes}),
            outcomes=len(outcomes),
            complete=by_status["complete"],
            partial=by_status["partial"],
            failed=by_status["failed"],
            services=sum(len(outcome.services or ()) for outcome in outcomes),
            functions_v2=functions["v2"],
            functions_v3=functions["v3"],
        ),
        outcomes=outcomes,
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the report."""
    return published_schema(Report, "fc-inventory report")
