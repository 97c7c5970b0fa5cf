"""What the listings of one target in one region come to: the nouns of the report, and how they are made of pages."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import Problem
from fc_inventory.grants import Grant
from fc_inventory.listing import APIS, Api, FcVersion, Function, Listing, Service
from fc_inventory.retries import MAX_ATTEMPTS

TRIGGER_API_VERSIONS: dict[FcVersion, str] = {"v2": "2021-04-06", "v3": "2023-03-30"}

Status = Literal["complete", "partial", "failed"]
Extent = Literal["complete", "rest", "partial", "failed", "not_asked"]

EARLIER_PART = "an earlier part has it"  # why a scan that goes on does not ask for a listing


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What one API answered for one outcome.

    Attributes:
        api: the API action. `ListTriggers` is there only where triggers are listed, too; its pages are those of
            ListFunctions of whose functions all triggers are known, its items are triggers.
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


class Place(msgspec.Struct, frozen=True):
    """One target in one region: for each of the three APIs its listing, or why it is not asked.

    `with_triggers` tells whether the triggers of functions are listed, too.
    """

    grant: Grant
    region: str
    listings: tuple[Listing | str, ...]
    with_triggers: bool = False

    @property
    def asked(self) -> tuple[Listing, ...]:
        """The listings that there are."""
        return tuple(listing for listing in self.listings if isinstance(listing, Listing))

    def as_of_now(self, attempts: int) -> Place:
        """Return the place as it is: threads that are still at work on its listings no longer change it.

        *attempts* is how often a session for it was asked for in a row and not obtained. What was asked for too often,
        also by earlier parts, has failed: it would take the time of every other part, too.
        """
        now = msgspec.structs.replace(
            self, listings=tuple(copy.copy(one) if isinstance(one, Listing) else one for one in self.listings)
        )
        for listing in now.asked:
            operation = "AssumeRole" if attempts > listing.reading.attempts else listing.api.action
            listing.note(attempts=max(attempts, listing.reading.attempts))
            if listing.reading.is_unfinished and listing.reading.attempts >= MAX_ATTEMPTS:
                listing.note(problem=self._late(operation))
        return now

    def _late(self, operation: str) -> Problem:
        message = f"the time ran out before the answer, and {MAX_ATTEMPTS - 1} attempts before failed"
        role_arn = self.grant.target.role_arn
        return local_problem("timed_out", operation=operation, role_arn=role_arn, message=message).problem


def outcome_of(place: Place) -> Outcome:
    """Return what the listings of *place* have come to."""
    target = place.grant.target
    results = [_result(api, listing, target.role_arn) for api, listing in zip(APIS, place.listings, strict=True)]
    coverage = tuple(line for line, _ in results)
    if place.with_triggers:
        coverage += tuple(
            _triggers_line(listing, *result) for listing, result in zip(place.listings[1:], results[1:], strict=True)
        )
    services, functions_v2, functions_v3 = (items for _, items in results)
    session_names = (listing.reading.role_session_name for listing in place.asked)
    return Outcome(
        target=target.name,
        account_id=target.account_id,
        account_alias=target.account_alias,
        tags=target.tags,
        region=place.region,
        role_arn=target.role_arn,
        role_session_name=next(filter(None, session_names), place.grant.role_session_name),
        status=outcome_status(coverage),
        error=next((line.error for line in coverage if line.error), None),
        coverage=coverage,
        services=services,
        functions=None if functions_v2 is functions_v3 is None else (functions_v2 or ()) + (functions_v3 or ()),
    )


def _result(api: Api, listing: Listing | str, role_arn: str) -> tuple[Coverage, tuple[Any, ...] | None]:
    """Return what *listing* has come to, and its items, None where nothing is known."""
    named = Coverage(api=api.action, api_version=api.api_version, fc_version=api.fc_version, extent="not_asked")
    if isinstance(listing, str):
        return msgspec.structs.replace(named, reason=listing), None
    reading = listing.reading
    items = tuple(item for page in reading.pages for item in page)
    seen = msgspec.structs.replace(named, first_page=reading.first_page, pages=len(reading.pages), items=len(items))
    if reading.is_complete:
        return msgspec.structs.replace(seen, extent="complete" if reading.first_page == 1 else "rest"), items
    message = f"the time ran out after {len(reading.pages)} pages"
    error = (
        reading.problem or local_problem("deadline", operation=api.action, role_arn=role_arn, message=message).problem
    )
    if reading.pages:
        return msgspec.structs.replace(seen, extent="partial", error=error), items
    return msgspec.structs.replace(seen, extent="failed", error=error), None


def _triggers_line(listing: Listing | str, functions: Coverage, items: tuple[Function, ...] | None) -> Coverage:
    """Return how far the triggers of the functions that one ListFunctions has listed are known."""
    named = msgspec.structs.replace(
        functions, api="ListTriggers", api_version=TRIGGER_API_VERSIONS[functions.fc_version]
    )
    if isinstance(listing, str):
        return named
    known = [function.triggers for function in items or () if function.triggers is not None]
    reading = listing.reading
    counted = msgspec.structs.replace(named, pages=reading.trigger_pages, items=sum(map(len, known)))
    if reading.triggers_problem is not None:
        extent: Extent = "partial" if known else "failed"
        return msgspec.structs.replace(counted, extent=extent, error=reading.triggers_problem)
    if functions.extent == "failed":
        reason = f"ListFunctions of FC {functions.fc_version[1]}.0 failed: no function is known"
        return msgspec.structs.replace(counted, extent="not_asked", error=None, reason=reason)
    return counted


def outcome_status(coverage: tuple[Coverage, ...]) -> Status:
    """Return how an outcome with this *coverage* ended: what leaves something to an earlier part is a part."""
    extents = {line.extent for line in coverage} - {"not_asked"}
    if extents <= {"complete"}:
        return "partial" if any(line.reason == EARLIER_PART for line in coverage) else "complete"
    return "failed" if extents == {"failed"} else "partial"
