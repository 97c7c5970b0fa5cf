"""Outcomes and reports made by hand, as short as a test can say them."""

from __future__ import annotations

from typing import Any

import msgspec

from fc_inventory.diagnosis import local_problem
from fc_inventory.listing import APIS, Function, Service
from fc_inventory.outcomes import Coverage, Extent, Outcome, outcome_status
from fc_inventory.report import Report, assemble_report

LATE = local_problem("deadline", operation="ListFunctions", role_arn="r", message="late").problem
ACCOUNTS = {"alpha": "1000000000000001", "beta": "1000000000000002", "gamma": "1000000000000003"}


def function(name: str, **fields: Any) -> Function:
    """Return a function of FC 3.0."""
    return Function(fc_version="v3", function_name=name, **{"runtime": "python3.10", **fields})


def place(
    target: str,
    services: tuple[Service, ...] | None,
    functions: tuple[Function, ...] | None,
    extents: tuple[Extent, Extent, Extent],
    region: str = "cn-hangzhou",
) -> Outcome:
    """Return an outcome of *target*, whose three listings ended as *extents* say."""
    role_arn = f"acs:ram::{ACCOUNTS[target]}:role/reader"
    problem = local_problem("deadline", operation="ListFunctions", role_arn=role_arn, message="late").problem
    coverage = tuple(
        Coverage(
            api=api.action,
            api_version=api.api_version,
            fc_version=api.fc_version,
            extent=extent,
            pages=0 if extent in ("failed", "not_asked") else 1,
            error=problem if extent in ("failed", "partial") else None,
            reason="FC 2.0 does not exist in this region" if extent == "not_asked" else None,
        )
        for api, extent in zip(APIS, extents, strict=True)
    )
    return Outcome(
        target=target,
        account_id=ACCOUNTS[target],
        account_alias=None,
        tags={},
        region=region,
        role_arn=role_arn,
        role_session_name="fc-inventory-1-2-3",
        status=outcome_status(coverage),
        error=next((line.error for line in coverage if line.error), None),
        coverage=coverage,
        services=services,
        functions=functions,
    )


def listed(target: str, *names: str | Function, services: tuple[str, ...] = (), region: str = "cn-hangzhou") -> Outcome:
    """Return a complete outcome with functions of FC 3.0 and services."""
    functions = tuple(function(name) if isinstance(name, str) else name for name in names)
    named = tuple(Service(service_name=name) for name in services)
    return place(target, named, functions, ("complete", "complete", "complete"), region)


def partial(target: str, *names: str | Function, region: str = "cn-hangzhou") -> Outcome:
    """Return an outcome whose functions of FC 3.0 are known in part."""
    functions = tuple(function(name) if isinstance(name, str) else name for name in names)
    return place(target, (), functions, ("complete", "complete", "partial"), region)


def failed(target: str, region: str = "cn-hangzhou") -> Outcome:
    """Return an outcome of which nothing is known."""
    return place(target, None, None, ("failed", "failed", "failed"), region)


def renamed(outcome: Outcome, **fields: Any) -> Outcome:
    """Return *outcome* with other *fields*."""
    return msgspec.structs.replace(outcome, **fields)


def report_of(*outcomes: Outcome, generated_at: str = "2026-11-24T12:00:00Z") -> Report:
    """Return the report of *outcomes*."""
    return assemble_report(outcomes, request_id="1-2-3", generated_at=generated_at, duration_ms=5)
