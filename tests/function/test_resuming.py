"""A scan in parts, each with its own small budget, one after the other by a cursor: as if it had been one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from fc_inventory.budget import Budget
from fc_inventory.cursor import Work, make_cursor, resume
from fc_inventory.listing import APIS
from fc_inventory.merge import merge_reports, settle
from fc_inventory.report import Report, build_report
from fc_inventory.retries import MAX_ATTEMPTS
from fc_inventory.scan import scan_targets
from fc_inventory.settings import Settings
from local.cloud import Fault, LocalCloud
from tests.function.fleets import account_id, fleet_of, scan_of, targets_of

ACCOUNTS = 3
TARGETS = targets_of(ACCOUNTS, ("cn-hangzhou", "cn-wulanchabu"))
MOST_PARTS = 90  # with the calls that there are, budgets of two calls do
CALL_SECONDS = 10.0  # what a call takes on the clock of these tests


@pytest.fixture(scope="module")
def running_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Accounts of several pages each; the second region has no FC 2.0."""
    folder = tmp_path_factory.mktemp("fleet")
    with fleet_of(folder, ACCOUNTS, services=230, functions=320, regions=TARGETS[0].regions) as cloud:
        yield cloud


@pytest.fixture
def fleet(running_fleet: LocalCloud) -> LocalCloud:
    """The accounts without faults and without memory of earlier requests."""
    running_fleet.faults.clear()
    running_fleet.requests.clear()
    return running_fleet


@pytest.fixture(autouse=True)
def one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, so that a budget is a number of calls; and no waits worth mentioning."""
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 1)
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.001)


def scan_part(fleet: LocalCloud, work: Work, calls: int, settings: Settings | None = None) -> Report:
    """Scan *work* on a new instance whose time suffices for so many calls."""
    before = len(fleet.requests)
    began_at = time.monotonic()

    def clock() -> float:
        return time.monotonic() - began_at + CALL_SECONDS * (len(fleet.requests) - before)

    scan = scan_of(fleet, work.targets, work=work, budget=Budget(0.0, CALL_SECONDS * calls + 8, clock))
    if settings is not None:
        scan = msgspec.structs.replace(scan, settings=msgspec.structs.replace(settings, endpoint=fleet.url))
    ended = scan_targets(scan)
    return build_report(
        tuple(one.outcome for one in ended), scan.invocation, cursor=make_cursor(ended, work.service_prefix)
    )


def scan_in_parts(fleet: LocalCloud, budgets: Iterator[int], service_prefix: str = "") -> list[Report]:
    """Scan everything, a part for each of *budgets*, until nothing is left."""
    parts = [scan_part(fleet, Work(TARGETS, service_prefix), next(budgets))]
    while parts[-1].cursor is not None:
        assert len(parts) < MOST_PARTS
        parts.append(scan_part(fleet, resume(parts[-1].cursor, TARGETS), next(budgets)))
    return parts


def pages_fetched(fleet: LocalCloud) -> Counter[Any]:
    """Return how often each page was asked for."""
    return Counter(
        (request.action, request.account_id, request.host, *sorted(request.query.items()))
        for request in fleet.requests
        if request.action != "AssumeRole"
    )


@settings(
    max_examples=8, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example([2] * 100, "")
@given(st.lists(st.integers(2, 30), min_size=100, max_size=100), st.sampled_from(["", "service-00"]))
def test_parts_joined_are_the_whole(fleet: LocalCloud, budgets: list[int], service_prefix: str) -> None:
    """Whatever the budgets: nothing is lost, no page is fetched twice, each part makes progress."""
    fleet.requests.clear()
    whole = scan_part(fleet, Work(TARGETS, service_prefix), 1000)
    expected = pages_fetched(fleet)
    fleet.requests.clear()

    parts = scan_in_parts(fleet, iter(budgets), service_prefix)

    assert (whole.status, whole.cursor) == ("complete", None)
    assert settle(merge_reports(parts)).outcomes == whole.outcomes
    assert settle(merge_reports(parts)).summary == whole.summary
    assert pages_fetched(fleet) == expected
    assert set(expected.values()) == {1}
    assert all(sum(line.pages for one in part.outcomes for line in one.coverage) for part in parts)


@pytest.mark.parametrize("calls", [30, 61])
def test_parts_with_triggers_joined_are_the_whole(tmp_path: Path, calls: int) -> None:
    """A page that is cut between its triggers is read again, functions and triggers, and nothing else is."""
    (target,) = targets = targets_of(1, ("cn-hangzhou",))
    listing = Settings(targets=targets, region="cn-hangzhou", triggers=True)
    with fleet_of(tmp_path, 1, services=3, functions=70, regions=target.regions) as fleet:
        whole = scan_part(fleet, Work(targets), 1000, listing)
        parts = [scan_part(fleet, Work(targets), calls, listing)]
        while parts[-1].cursor is not None:
            assert len(parts) < MOST_PARTS
            parts.append(scan_part(fleet, resume(parts[-1].cursor, targets), calls, listing))

    told = [(line.api, line.fc_version, line.extent, line.pages) for line in whole.outcomes[0].coverage]
    assert told[3:] == [("ListTriggers", "v2", "complete", 1), ("ListTriggers", "v3", "complete", 4)]
    assert len(parts) > 1
    assert settle(merge_reports(parts)).outcomes == whole.outcomes


def test_what_the_deadline_cut_off_is_what_the_cursor_names(fleet: LocalCloud) -> None:
    """Each listing is complete, or says `deadline` and is gone on with; there is no third."""
    part = scan_part(fleet, Work(TARGETS), 12)

    cut = {
        (one.target, one.region, index): line.first_page + line.pages
        for one in part.outcomes
        for index, line in enumerate(one.coverage)
        if line.error
    }
    left = resume(part.cursor or "", TARGETS).parts or {}
    assert cut == {
        (*place, APIS.index(api)): reading.first_page
        for place, listings in left.items()
        for api, reading in listings.items()
    }
    assert {line.error.category for one in part.outcomes for line in one.coverage if line.error} == {"deadline"}


def test_what_failed_for_good_is_not_gone_on_with(fleet: LocalCloud) -> None:
    """A denial is an answer, not a matter of time."""
    body = b'{"Code": "AccessDenied", "Message": "the caller is not authorized to perform this action"}'
    denial = Fault(action="ListFunctions", account_id=account_id(0), status=403, body=body, headers={"content-type": "application/json"})  # fmt: skip
    fleet.faults.add(denial)

    parts = scan_in_parts(fleet, iter([9] * 50))

    merged = settle(merge_reports(parts))
    assert [one.status for one in merged.outcomes] == ["partial", "failed", *["complete"] * 4]
    assert merged.outcomes[0].error is not None
    assert merged.outcomes[0].error.category == "list_denied"


@pytest.mark.parametrize("action", ["AssumeRole", "ListFunctions"])
def test_failures_are_counted_from_part_to_part(fleet: LocalCloud, action: str) -> None:
    """An account that always breaks ends the chain after its five attempts, however small the budgets are."""
    fleet.faults.add(Fault(action=action, account_id=account_id(0), status=500))

    parts = scan_in_parts(fleet, iter([3] * 100))

    merged = settle(merge_reports(parts))
    assert merged.outcomes[0].error is not None
    assert merged.outcomes[0].error.category == "unavailable"
    assert [one.status for one in merged.outcomes[2:]] == ["complete"] * 4


@pytest.mark.parametrize(("action", "functions"), [("AssumeRole", 0), ("ListFunctions", 0), ("ListTriggers", 40)])
def test_what_outlasts_each_part_ends_the_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, functions: int
) -> None:
    """A call under way when the time runs out has failed, too. Functions are kept, then without their triggers."""
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 8)
    targets = targets_of(2, ("cn-wulanchabu",))
    settings = Settings(targets=targets, region="cn-hangzhou", triggers=True)
    with fleet_of(tmp_path, 2, services=1, functions=40, regions=("cn-wulanchabu",)) as fleet:
        fleet.faults.add(Fault(action=action, account_id=account_id(0), delay_seconds=1.5))
        work, parts = Work(targets), 0
        while work.targets:
            assert parts < MAX_ATTEMPTS, "it goes on"
            parts += 1
            scan = scan_of(
                fleet, targets, work=work, seconds=1, settings=msgspec.structs.replace(settings, endpoint=fleet.url)
            )
            ended = scan_targets(scan)
            cursor = make_cursor(ended, "")
            work = resume(cursor, targets) if cursor else Work(())

    (last,) = [one.outcome for one in ended]
    assert parts == MAX_ATTEMPTS
    assert last.error is not None
    assert (last.error.category, last.error.operation) == ("timed_out", action)
    assert len(last.functions or ()) == functions


def test_a_resumed_listing_renews_its_session(fleet: LocalCloud) -> None:
    """Sessions that end in the middle of any part cost nothing but another session."""
    fleet.faults.add(Fault(expire_token_after_calls=4))

    parts = scan_in_parts(fleet, iter([10] * 50))

    assert {one.status for one in settle(merge_reports(parts)).outcomes} == {"complete"}
