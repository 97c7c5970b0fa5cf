"""Targets x regions x listings, all at once, within the budget; every target and region ends as exactly one Outcome."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Literal

import msgspec

from fc_inventory import logs, regions
from fc_inventory.credentials import Grant, SessionStore, grant_for
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import Problem
from fc_inventory.invocation import Invocation
from fc_inventory.listing import APIS, LIST_FUNCTIONS_V3, Api, FcVersion, Function, Listing, Service, collect
from fc_inventory.settings import Settings
from fc_inventory.targets import Target

MAX_THREADS = 32  # below the SDK's connection pool of 40 a host, so that no connection is opened and thrown away

Status = Literal["complete", "partial", "failed"]
Extent = Literal["complete", "rest", "partial", "failed", "not_asked"]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What one API answered for one outcome.

    Attributes:
        api: the API action.
        api_version: its version.
        fc_version: the version of Function Compute whose resources it lists.
        extent: `complete` (every page was read), `rest` (every page from `first_page` on, an earlier part has the ones
            before), `partial` (some were), `failed` (none), `not_asked`.
        first_page: the number of the first page of this part of the listing; more than 1 where an earlier part ended.
        pages: how many pages were read.
        items: how many items they held.
        error: why it is not complete; None where it is, or was not asked.
        reason: why it was not asked; None where it was.
    """

    api: str
    api_version: str
    fc_version: FcVersion
    extent: Extent
    first_page: int = 1
    pages: int = 0
    items: int = 0
    error: Problem | None = None
    reason: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one target ended in one region.

    `role_session_name` is the name of the session that was used, or asked for in vain: account A finds it in its
    ActionTrail. `services` and `functions` are None, never empty, where nothing is known about them. `error` is the
    first of the coverage's errors; it is None exactly when `status` is `complete`.
    """

    target: str
    account_id: str
    account_alias: str | None
    tags: Mapping[str, str]
    region: str
    role_arn: str
    role_session_name: str
    status: Status
    error: Problem | None
    coverage: tuple[Coverage, ...]
    services: tuple[Service, ...] | None
    functions: tuple[Function, ...] | None


class Scan(msgspec.Struct, frozen=True):
    """What to scan, with what: everything that one invocation hands down."""

    settings: Settings
    sessions: SessionStore
    targets: tuple[Target, ...]
    service_prefix: str
    invocation: Invocation


def scan_targets(scan: Scan) -> tuple[Outcome, ...]:
    """List everything that *scan* names; the outcomes stand in the order of its targets and their regions."""
    places = [(target, region) for target in scan.targets for region in target.regions]
    grants = {target.name: grant_for(target, scan.settings, scan.invocation) for target in scan.targets}
    listings = {
        (target.name, region): [
            Listing(api, region, scan.service_prefix) for api in APIS if not _reason_not_to_ask(api, region, scan)
        ]
        for target, region in places
    }
    jobs = [(listing, grants[target.name]) for target, region in places for listing in listings[target.name, region]]
    if jobs:
        _run(jobs, scan)
    return tuple(
        _outcome(grants[target.name], region, listings[target.name, region], scan) for target, region in places
    )


def _run(jobs: list[tuple[Listing, Grant]], scan: Scan) -> None:
    """Run all *jobs*, but wait no longer than the budget: a thread that hangs in a call is left to its own time-out."""
    executor = ThreadPoolExecutor(max_workers=min(MAX_THREADS, len(jobs)), thread_name_prefix="listing")
    futures: list[Future[None]] = [
        executor.submit(contextvars.copy_context().run, collect, listing, grant, scan.sessions)
        for listing, grant in jobs
    ]
    done, _ = wait(futures, timeout=scan.invocation.budget.remaining_seconds)
    executor.shutdown(wait=False, cancel_futures=True)
    for future in done:
        if not future.cancelled():
            future.result()  # a bug in a job is raised here, not dressed as a failed target


def _reason_not_to_ask(api: Api, region: str, scan: Scan) -> str | None:
    if api.fc_version == "v2" and not regions.has_fc2(region):
        return "FC 2.0 does not exist in this region"
    if api is LIST_FUNCTIONS_V3 and scan.service_prefix:
        return "functions of FC 3.0 belong to no service, and the request selects services"
    return None


def _outcome(grant: Grant, region: str, listings: list[Listing], scan: Scan) -> Outcome:
    target = grant.target
    by_api = {listing.api: listing for listing in listings}
    results = [_result(api, by_api.get(api), target, _reason_not_to_ask(api, region, scan)) for api in APIS]
    coverage = tuple(line for line, _ in results)
    services, functions_v2, functions_v3 = (items for _, items in results)
    outcome = Outcome(
        target=target.name,
        account_id=target.account_id,
        account_alias=target.account_alias,
        tags=target.tags,
        region=region,
        role_arn=target.role_arn,
        role_session_name=next(
            filter(None, (listing.role_session_name for listing in listings)), grant.role_session_name
        ),
        status=outcome_status(coverage),
        error=next((line.error for line in coverage if line.error), None),
        coverage=coverage,
        services=services,
        functions=None if functions_v2 is functions_v3 is None else (functions_v2 or ()) + (functions_v3 or ()),
    )
    _log(outcome)
    return outcome


def _result(
    api: Api, listing: Listing | None, target: Target, reason: str | None
) -> tuple[Coverage, tuple[Any, ...] | None]:
    """Return what *listing* has come to, and its items, None where nothing is known; its thread may still run."""
    named = Coverage(
        api=api.action, api_version=api.api_version, fc_version=api.fc_version, extent="not_asked", reason=reason
    )
    if listing is None:
        return named, None
    complete, error, pages = listing.complete, listing.problem, listing.pages  # read before the items: those only grow
    items = tuple(listing.items)
    seen = msgspec.structs.replace(named, pages=pages, items=len(items))
    if complete:
        return msgspec.structs.replace(seen, extent="complete"), items
    if error is None:
        message = f"the time ran out after {pages} pages"
        error = local_problem("deadline", operation=api.action, role_arn=target.role_arn, message=message).problem
    return msgspec.structs.replace(seen, extent="partial" if pages else "failed", error=error), items if pages else None


def outcome_status(coverage: tuple[Coverage, ...]) -> Status:
    """Return how an outcome with this *coverage* ended: a rest alone is a part."""
    extents = {line.extent for line in coverage} - {"not_asked"}
    if extents <= {"complete"}:
        return "complete"
    return "failed" if extents == {"failed"} else "partial"


def _log(outcome: Outcome) -> None:
    facts = {"target": outcome.target, "region": outcome.region, "status": outcome.status}
    if outcome.error is None:
        logs.info("listed", **facts, services=len(outcome.services or ()), functions=len(outcome.functions or ()))
    else:
        error = outcome.error
        logs.warning(
            "not_listed",
            **facts,
            operation=error.operation,
            category=error.category,
            code=error.code,
            cloud_request_id=error.request_id,
        )


def iterate_outcomes(scan: Scan) -> Iterator[Outcome]:
    """Yield every outcome that *scan* names, once."""
    yield from scan_targets(scan)
