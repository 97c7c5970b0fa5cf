"""Many accounts at once, over real HTTP: what one of them does is no matter of the others."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fc_inventory import crew
from fc_inventory.backlog import Backlog
from fc_inventory.outcomes import Outcome
from fc_inventory.scan import iterate_outcomes, scan_targets
from local.cloud import Fault, LocalCloud
from tests.function.fleets import account_id, fleet_of, scan_of, targets_of

ACCOUNTS = 12
TWENTY_REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5",
    "ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hongkong", "cn-huhehaote", "cn-qingdao", "cn-shanghai",
    "cn-shenzhen", "cn-zhangjiakou", "eu-central-1", "eu-west-1", "us-east-1",
)  # fmt: skip


@pytest.fixture(scope="module")
def running_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A dozen accounts, each with 3 services and 120 functions of FC 3.0, which are two pages, in two regions."""
    with fleet_of(tmp_path_factory.mktemp("fleet"), ACCOUNTS, services=3, functions=120) as cloud:
        yield cloud


@pytest.fixture
def fleet(running_fleet: LocalCloud) -> LocalCloud:
    """The accounts without faults and without memory of earlier requests."""
    running_fleet.faults.clear()
    running_fleet.requests.clear()
    return running_fleet


def timed(outcomes: Iterator[Outcome]) -> dict[str, float]:
    """Return when each target's last outcome came, in seconds from now on."""
    began = time.monotonic()
    return {outcome.target: time.monotonic() - began for outcome in outcomes}


def calls(fleet: LocalCloud) -> Counter[tuple[str, str]]:
    return Counter((request.action, request.account_id) for request in fleet.requests)


def living_outcomes() -> int:
    return sum(isinstance(one, Outcome) for one in gc.get_objects())


def test_every_outcome_comes_once_with_all_that_there_is(fleet: LocalCloud) -> None:
    """Each account is asked for one session, and each page is fetched once."""
    outcomes = [one.outcome for one in scan_targets(scan_of(fleet, targets_of(ACCOUNTS)))]

    assert [(outcome.target, outcome.region) for outcome in outcomes] == [
        (target.name, region) for target in targets_of(ACCOUNTS) for region in target.regions
    ]
    assert {(outcome.status, len(outcome.services or ()), len(outcome.functions or ())) for outcome in outcomes} == {
        ("complete", 3, 123)
    }
    assert Counter(request.action for request in fleet.requests) == {
        "AssumeRole": ACCOUNTS,
        "ListServices": 2 * ACCOUNTS,
        "ListFunctions": 3 * 2 * ACCOUNTS,
    }


def test_a_slow_account_does_not_hold_up_the_others(fleet: LocalCloud) -> None:
    """Twenty regions of an account that answers after ten seconds come first, and the others are done in a moment."""
    fleet.faults.add(Fault(account_id=account_id(0), delay_seconds=10))
    slow, others = targets_of(1, TWENTY_REGIONS), targets_of(ACCOUNTS)[1:]

    ended = timed(iterate_outcomes(scan_of(fleet, (*slow, *others), seconds=3)))

    assert max(ended[target.name] for target in others) < 2
    assert ended[slow[0].name] == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(account_id=account_id(0), status=500, code="InternalError", message="x"),
        Fault(account_id=account_id(0), action="ListFunctions", status=503, headers={"retry-after": "2"}),
        Fault(account_id=account_id(0), action="ListFunctions", calls_per_second=0.5),
        Fault(account_id=account_id(0), action="ListFunctions", reset=True),
    ],
    ids=["broken", "wants a pause", "throttled", "hangs up"],
)
def test_a_broken_account_does_not_hold_up_the_others(fleet: LocalCloud, fault: Fault) -> None:
    """Its retries wait in the queue, not in a thread."""
    fleet.faults.add(fault)
    broken, others = targets_of(1, TWENTY_REGIONS), targets_of(ACCOUNTS)[1:]

    ended = timed(iterate_outcomes(scan_of(fleet, (*broken, *others), seconds=3)))

    assert max(ended[target.name] for target in others) < 2


def test_many_slow_accounts_do_not_hold_up_the_others(tmp_path: Path) -> None:
    """Twenty accounts that answer after ten seconds take every thread there is; others take their places."""
    slow, others = targets_of(40)[:20], targets_of(40)[20:]
    with fleet_of(tmp_path, 40, services=1, functions=1) as fleet:
        for number in range(20):
            fleet.faults.add(Fault(account_id=account_id(number), action="ListFunctions", delay_seconds=10))

        ended = timed(iterate_outcomes(scan_of(fleet, (*slow, *others), seconds=5)))

    assert max(ended[target.name] for target in others) < 4
    assert min(ended[target.name] for target in slow) == pytest.approx(5, abs=0.5)


def test_a_quota_that_is_smaller_than_thought_is_learned(fleet: LocalCloud) -> None:
    """STS lets five calls a second through: all accounts get their session, and few calls are refused."""
    fleet.faults.add(Fault(action="AssumeRole", calls_per_second=5))
    began = time.monotonic()

    outcomes = [one.outcome for one in scan_targets(scan_of(fleet, targets_of(ACCOUNTS)))]

    refused = sum(request.status != 200 for request in fleet.requests if request.action == "AssumeRole")
    assert {outcome.status for outcome in outcomes} == {"complete"}
    assert time.monotonic() - began < 10
    assert refused <= 3 * ACCOUNTS


def test_a_pause_that_the_cloud_asks_for_is_kept(fleet: LocalCloud) -> None:
    """Retry-After of a second means: not one call of that account before."""
    pause: dict[str, Any] = {"status": 429, "headers": {"content-type": "application/json", "retry-after": "1"}}
    body = b'{"Code": "ResourceExhausted", "Message": "x"}'
    fleet.faults.add(Fault(account_id=account_id(0), action="ListFunctions", times=1, body=body, **pause))

    (ended,) = scan_targets(scan_of(fleet, targets_of(1, ("cn-hangzhou",))))

    assert ended.outcome.status == "complete"
    throttled = next(index for index, request in enumerate(fleet.requests) if request.status == 429)
    before = fleet.requests[throttled].time
    assert any((request.time - before).total_seconds() >= 0.9 for request in fleet.requests)


def test_a_thread_is_never_more_than_the_sdk_keeps_connections_for(fleet: LocalCloud) -> None:
    """However many listings there are; threads that are kept from other scans may still be in a call of theirs."""
    fleet.faults.add(Fault(delay_seconds=0.05))
    crew._kept_threads.cache_clear()
    others, most = set(threading.enumerate()), 0

    for _ in iterate_outcomes(scan_of(fleet, targets_of(4, TWENTY_REGIONS))):
        own = set(threading.enumerate()) - others
        most = max(most, sum(thread.name.startswith("listing") for thread in own))

    assert most == 32


def test_threads_are_kept_between_scans(fleet: LocalCloud) -> None:
    """Starting them takes a fifth of a warm call."""
    crew._kept_threads.cache_clear()
    others = set(threading.enumerate())

    for _ in range(20):
        scan_targets(scan_of(fleet, targets_of(1, ("cn-hangzhou",))))

    # Three listings each; the next scan may begin while the last thread of the one before is still on its way back.
    assert 3 <= len(set(threading.enumerate()) - others) <= 6


def test_who_stops_listening_stops_the_scan(fleet: LocalCloud) -> None:
    """A consumer that ends early, by an error of its own for example, leaves nothing running."""
    fleet.faults.add(Fault(delay_seconds=0.05))
    outcomes = iterate_outcomes(scan_of(fleet, targets_of(ACCOUNTS, TWENTY_REGIONS)))
    next(outcomes)

    outcomes.close()  # type: ignore[attr-defined] # it is a generator

    time.sleep(0.2)
    made = len(fleet.requests)
    time.sleep(0.2)
    assert len(fleet.requests) == made


def test_what_is_yielded_is_forgotten(fleet: LocalCloud) -> None:
    """An outcome lives only as long as whoever took it keeps it."""
    of_other_tests = living_outcomes()
    outcomes = iterate_outcomes(scan_of(fleet, targets_of(ACCOUNTS)))

    yielded = sum(1 for _ in outcomes)

    assert yielded == 2 * ACCOUNTS
    assert living_outcomes() <= of_other_tests + 1


def test_a_slow_consumer_slows_the_scan_down(fleet: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has taken is bounded: no other account is begun meanwhile, and all are in the end."""
    monkeypatch.setattr("fc_inventory.backlog.MOST_ITEMS", 400)  # of one account there are 252
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 2)
    outcomes = iterate_outcomes(scan_of(fleet, targets_of(ACCOUNTS)))
    next(outcomes)

    time.sleep(1)
    begun = sum(request.action == "AssumeRole" for request in fleet.requests)
    rest = list(outcomes)

    assert begun < ACCOUNTS / 2
    assert len(rest) == 2 * ACCOUNTS - 1
    assert {outcome.status for outcome in rest} == {"complete"}


def test_room_that_fills_while_some_is_made_is_not_forgotten(
    fleet: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is handed out makes room, though it was full only since the consumer last looked."""
    monkeypatch.setattr("fc_inventory.backlog.MOST_ITEMS", 200)  # of one account there are 126 in one region
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 1)
    has_room, consumer = Backlog.has_room, threading.current_thread()

    def looks_slowly(backlog: Backlog) -> bool:
        found = has_room(backlog)
        time.sleep(0.3 if threading.current_thread() is consumer and backlog._items else 0)
        return found

    monkeypatch.setattr(Backlog, "has_room", looks_slowly)

    outcomes = list(iterate_outcomes(scan_of(fleet, targets_of(3, ("cn-hangzhou",)), seconds=5)))

    assert {outcome.status for outcome in outcomes} == {"complete"}


def test_what_is_begun_is_finished_before_more_is_begun(fleet: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many listings are in the middle as a cursor can hold, however many accounts there are."""
    monkeypatch.setattr("fc_inventory.backlog.MOST_LISTINGS", 1)
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 2)

    outcomes = scan_targets(scan_of(fleet, targets_of(ACCOUNTS)))

    assert {one.outcome.status for one in outcomes} == {"complete"}
    left = dict.fromkeys((account_id(number) for number in range(ACCOUNTS)), 1 + 2 * 4)  # calls
    most = 0
    for request in fleet.requests:
        left[request.account_id] -= 1
        most = max(most, sum(0 < calls < 1 + 2 * 4 for calls in left.values()))
    assert most <= 3
