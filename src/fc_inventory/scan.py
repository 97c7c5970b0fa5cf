"""Targets x regions x listings, all at once, within the budget; every target and region ends as exactly one Outcome."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial

import msgspec

from fc_inventory import logs
from fc_inventory.asking import Desk, TargetTask
from fc_inventory.backlog import Backlog
from fc_inventory.buckets import Bucket
from fc_inventory.closing import closing_seconds
from fc_inventory.credentials import SessionStore
from fc_inventory.crew import HANGING_SECONDS, Crew
from fc_inventory.cursor import Ended, Work
from fc_inventory.grants import Grant, grant_for
from fc_inventory.invocation import Invocation
from fc_inventory.listing import APIS, LIST_FUNCTIONS_V3, Api, Listing, Reading
from fc_inventory.outcomes import EARLIER_PART, Outcome, Place, outcome_of
from fc_inventory.regions import has_fc2
from fc_inventory.schedule import Lane, Schedule
from fc_inventory.settings import Settings
from fc_inventory.targets import Target
from fc_inventory.tasks import ListingTask
from fc_inventory.trigger_tasks import MOST_AT_ONCE

MAX_THREADS = 32  # that do something: those that hang in a call have substitutes

# AssumeRole: 100 calls a second for each calling account (https://www.alibabacloud.com/notice/ram20220829), counted by
# region (https://help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-quota). 90 a second, and 10 that may be
# saved up, are never more in any second.
STS_PER_SECOND, STS_BURST = 90.0, 10.0
STS_AT_ONCE = 16  # half of the threads: should STS be slow, what has its session goes on
# A guess, which throttling corrects: no published rate of Function Compute's lists was found.
FC_PER_SECOND, FC_BURST = 100.0, 100.0
MOST_LOGGED = 20  # places that the end of the time cuts, each in a line of its own
NO_CALLS = 1e9  # a lane without calls needs no quota

Key = tuple[str, str]  # target and region


class Scan(msgspec.Struct, frozen=True):
    """What to scan, with what: everything that one invocation hands down.

    `item_seconds` is how long an item takes whoever keeps it until the listing has ended (render.py).
    """

    settings: Settings
    sessions: SessionStore
    work: Work
    invocation: Invocation
    item_seconds: float = 0.0


def scan_targets(scan: Scan) -> tuple[Ended, ...]:
    """List everything that *scan* names; what ended stands in the order of its targets and their regions."""
    found = {(one.outcome.target, one.outcome.region): one for one in run_scan(scan)}
    return tuple(found[target.name, region] for target in scan.work.targets for region in target.regions)


def run_scan(scan: Scan) -> Iterator[Ended]:
    """Yield all that *scan* names, each target and region once, as soon as it has ended, and forget it."""
    cut = 0
    for place in _Run(scan).places():
        outcome = outcome_of(place)
        cut += outcome.error is not None and outcome.error.category == "deadline"
        if cut <= MOST_LOGGED:
            _log(outcome)
        yield Ended(outcome, tuple(listing for listing in place.asked if listing.reading.is_unfinished))
    if cut > MOST_LOGGED:
        logs.warning("not_listed", places=cut - MOST_LOGGED, category="deadline")


def iterate_outcomes(scan: Scan) -> Iterator[Outcome]:
    """Yield the outcomes of `run_scan` alone."""
    return (one.outcome for one in run_scan(scan))


class _Run:
    """One scan under way. Its threads report each listing that has ended; all else is done by the one who iterates."""

    def __init__(self, scan: Scan) -> None:
        self._budget = scan.invocation.budget
        self._backlog = Backlog()
        self._desk = _desk(scan, self._backlog)
        self._schedule = Schedule(MAX_THREADS, self._budget.ends_at)
        self._crew = Crew(self._schedule, self._budget.clock)
        self._news: queue.SimpleQueue[Key | Future[None]] = queue.SimpleQueue()
        self._accounts: dict[str, Lane] = {}
        self._open: dict[Key, tuple[Place, TargetTask]] = {}
        self._left: dict[Key, int] = {}
        self._item_seconds, self._handed_out = scan.item_seconds, 0
        self._at_once = MOST_AT_ONCE if scan.settings.triggers else 1  # calls for one listing
        for target in scan.work.targets:
            self._add(target, scan)

    def places(self) -> Iterator[Place]:
        """Yield each place when its listings have ended; when the time runs out, those that have not, as they are."""
        try:
            for key in [key for key, left in self._left.items() if not left]:
                yield self._hand_out(key)
            yield from self._ended_places(min(MAX_THREADS, self._at_once * sum(self._left.values())))
        finally:
            self._crew.stop()
        for key in tuple(self._open):
            place, task = self._open.pop(key)
            yield place.as_of_now(task.attempts)

    def _ended_places(self, threads: int) -> Iterator[Place]:
        if threads:
            self._crew.begin(threads, self._news.put)
        reinforce_at = self._budget.clock() + HANGING_SECONDS
        while self._open and threads:
            if self._budget.clock() >= reinforce_at:
                threads += self._crew.reinforce(self._news.put)
                reinforce_at += HANGING_SECONDS
            left_seconds = self._left_seconds()
            if not left_seconds:
                return
            try:
                news = self._news.get(timeout=min(HANGING_SECONDS, left_seconds))
            except queue.Empty:
                continue
            if isinstance(news, Future):
                news.result()  # a bug in a step is raised here, not dressed as a failed target
                threads -= 1
                continue
            self._left[news] -= 1
            if not self._left[news]:
                yield self._hand_out(news)

    def _left_seconds(self) -> float:
        """Return how long the listing may still take, which the schedule then keeps to as well."""
        items = self._handed_out + self._backlog.items
        used_seconds = self._budget.used_seconds
        closing = closing_seconds(
            used_seconds, items=items, open_places=len(self._open), item_seconds=self._item_seconds
        )
        self._schedule.ends_at = self._budget.ends_at - closing
        return max(0.0, self._budget.remaining_seconds - closing)

    def _hand_out(self, key: Key) -> Place:
        place, _ = self._open.pop(key)
        items = sum(listing.reading.items for listing in place.asked)
        self._handed_out += items
        if self._backlog.change(items=-items):
            self._crew.wake()
        return place

    def _add(self, target: Target, scan: Scan) -> None:
        grant = grant_for(target, scan.settings, scan.invocation, max_attempts=1)  # `tasks` asks again
        account = self._accounts.setdefault(target.account_id, Lane(Bucket(FC_PER_SECOND, FC_BURST)))
        places = [_place(grant, region, scan) for region in target.regions]
        readings = [listing.reading for place in places for listing in place.asked]
        attempts = min((reading.attempts for reading in readings), default=0)
        is_begun = any(reading.next_token for reading in readings)
        task = TargetTask(grant, self._desk, account, attempts=attempts, is_begun=is_begun)
        for place in places:
            key = (target.name, place.region)
            self._open[key], self._left[key] = (place, task), len(place.asked)
            for listing in place.asked:
                then = task.let_wait(ListingTask(listing, task, partial(self._news.put, key)))
                for following, _ in then.tasks:
                    self._schedule.add(following, self._budget.clock())


def _desk(scan: Scan, backlog: Backlog) -> Desk:
    sts = Bucket(STS_PER_SECOND, STS_BURST)
    return Desk(
        scan.sessions,
        backlog,
        first=Lane(sts, STS_AT_ONCE, backlog.has_room),
        again=Lane(sts, STS_AT_ONCE),
        kept=Lane(Bucket(NO_CALLS, NO_CALLS), MAX_THREADS, backlog.has_room),
    )


def _place(grant: Grant, region: str, scan: Scan) -> Place:
    work, triggers = scan.work, scan.settings.triggers
    of_place = None if work.parts is None else work.parts.get((grant.target.name, region), {})
    listings = tuple(_listing(api, region, work.service_prefix, of_place) for api in APIS)
    for listing in listings:
        if triggers and isinstance(listing, Listing) and listing.api.action == "ListFunctions":
            listing.ask_triggers()
    return Place(grant, region, listings, triggers)


def _listing(api: Api, region: str, service_prefix: str, parts: Mapping[Api, Reading] | None) -> Listing | str:
    """Return the listing of *api* from where an earlier part ended, or why there is none."""
    if api.fc_version == "v2" and not has_fc2(region):
        return "FC 2.0 does not exist in this region"
    if api is LIST_FUNCTIONS_V3 and service_prefix:
        return "functions of FC 3.0 belong to no service, and the request selects services"
    if parts is None:
        return Listing(api, region, service_prefix)
    return Listing(api, region, service_prefix, parts[api]) if api in parts else EARLIER_PART


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
