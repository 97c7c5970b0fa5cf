"""Going on where the time ran out: nothing is lost, nothing is repeated, and a cursor can do no more."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.cursor import Ended, make_cursor, resume
from fc_inventory.errors import RequestError
from fc_inventory.listing import APIS, Listing, Reading
from fc_inventory.merge import merge_reports, settle
from fc_inventory.report import Report
from fc_inventory.targets import Target
from local.cloud import Fault
from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_D, Deployment
from tests.function.places import listed

TARGETS = tuple(
    Target(
        name=name, role_arn=f"acs:ram::{number}:role/r", account_id=str(number), regions=("cn-hangzhou", "cn-beijing")
    )
    for number, name in enumerate(("alpha", "beta"), 1_000_000_000_000_001)
)


def packed(content: Any) -> str:
    """Return *content* as somebody would pack it who knows how."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")


def plain(report: Report) -> list[Any]:
    """Return what *report* says, but for times, ids and session names; in order."""
    by_place = sorted(report.outcomes, key=lambda one: (one.target, one.region))
    return [msgspec.structs.replace(one, role_session_name="") for one in by_place]


def chain(deployed: Deployment, first: Any, *, timeout_seconds: float) -> list[Report]:
    """Invoke again and again, each time with the cursor of the last answer, until there is none."""
    parts = [msgspec.json.decode(deployed.invoke(first, timeout_seconds=timeout_seconds), type=Report)]
    while parts[-1].cursor is not None:
        assert len(parts) < 40
        event = {"cursor": parts[-1].cursor}
        parts.append(msgspec.json.decode(deployed.invoke(event, timeout_seconds=timeout_seconds), type=Report))
    return parts


def test_the_parts_of_a_chain_are_one_unhurried_report(deployed: Deployment) -> None:
    """An account too big for one invocation ends after some; no page is fetched twice, none is left out."""
    deployed.configure(COMPANY_A, COMPANY_C, COMPANY_D)
    whole = msgspec.json.decode(deployed.invoke(), type=Report)
    deployed.cloud.requests.clear()
    deployed.cloud.faults.add(Fault(action="ListServices", delay_seconds=0.25))
    deployed.cloud.faults.add(Fault(action="ListFunctions", delay_seconds=0.25))

    parts = chain(deployed, None, timeout_seconds=1.0)

    assert len(parts) > 1
    assert plain(settle(merge_reports(parts))) == plain(settle(whole))
    pages = sum(line.pages for one in whole.outcomes for line in one.coverage)
    assert sum(line.pages for part in parts for one in part.outcomes for line in one.coverage) == pages


def test_a_chain_keeps_the_selection_that_it_began_with(deployed: Deployment) -> None:
    """The prefix, too, though the next events don't say it."""
    deployed.configure(COMPANY_A, COMPANY_C)
    event = {"targets": "company-c", "service_prefix": "shop-1"}
    whole = msgspec.json.decode(deployed.invoke(event), type=Report)
    deployed.cloud.faults.add(Fault(action="ListFunctions", delay_seconds=0.25))

    parts = chain(deployed, event, timeout_seconds=0.8)

    assert len(parts) > 1
    assert plain(settle(merge_reports(parts))) == plain(settle(whole))


def test_what_went_wrong_is_not_gone_on_with(deployed: Deployment) -> None:
    """A denial is an answer: only what the time did not suffice for is left."""
    deployed.configure(COMPANY_A, {**COMPANY_C, "external_id": "another-id"})

    report = deployed.report()

    assert (report["status"], report["cursor"]) == ("partial", None)


def test_a_part_says_what_it_is_a_part_of(deployed: Deployment) -> None:
    """The rest of a listing is no whole one, and what an earlier part has is not asked for."""
    deployed.configure(COMPANY_C)
    cursor = packed({"v": 1, "t": {"company-c": {"cn-hangzhou": {"1": [2, second_token(deployed)]}}}})
    deployed.cloud.requests.clear()

    report = deployed.report({"cursor": cursor})

    (only,) = report["outcomes"]
    assert (report["status"], report["cursor"], only["services"]) == ("partial", None, None)
    assert [(line["extent"], line["first_page"], line["reason"]) for line in only["coverage"]] == [
        ("not_asked", 1, "an earlier part has it"),
        ("rest", 2, None),
        ("not_asked", 1, "an earlier part has it"),
    ]
    assert deployed.calls("ListServices") == 0


def second_token(deployed: Deployment) -> str:
    """Return the NextToken of the first page of company C's functions of FC 2.0, from a listing that was cut."""
    deployed.cloud.faults.add(Fault(action="ListFunctions", fc_version="v2", after=1, delay_seconds=3))
    cursor = deployed.report(timeout_seconds=1)["cursor"]
    deployed.cloud.faults.clear()
    content = json.loads(zlib.decompress(base64.urlsafe_b64decode(cursor + "==")))
    return str(content["t"]["company-c"]["cn-hangzhou"]["1"][1])


DAMAGED = [
    "x",
    "é",
    "AAAA",
    packed([]),
    packed({"v": 2, "t": {"alpha": {"cn-hangzhou": {"0": [1, ""]}}}}),
    packed({"v": 1, "t": {}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"3": [1, ""]}}}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [0, ""]}}}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [2, ""]}}}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [1, "token"]}}}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [2, "x" * 5000]}}}}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [1, ""]}}}, "role_arn": "acs:ram::1:role/x"}),
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [1, ""]}}}})[:-6],
    packed({"v": 1, "t": {"alpha": {"cn-hangzhou": {"0": [1, ""]}}}}) + packed({}),
    base64.urlsafe_b64encode(zlib.compress(b"[" * 30_000_000)).decode(),
]


@pytest.mark.parametrize("cursor", DAMAGED, ids=range(len(DAMAGED)))
def test_what_is_no_cursor_of_ours_is_refused(cursor: str) -> None:
    """Damaged, made up, of another version, or a bomb: 400, naming the field, before any call."""
    with pytest.raises(RequestError) as refused:
        resume(cursor, TARGETS)

    assert (refused.value.status, refused.value.field) == (400, "cursor")


def test_an_endless_cursor_is_refused_by_its_length() -> None:
    """It is not even unpacked."""
    with pytest.raises(RequestError) as refused:
        resume("A" * 60_000, TARGETS)

    assert (refused.value.status, refused.value.field) == (413, "cursor")


@pytest.mark.parametrize("place", [{"gamma": {"cn-hangzhou": {}}}, {"alpha": {"cn-shanghai": {}}}])
def test_a_cursor_reaches_only_what_is_configured(place: dict[str, Any]) -> None:
    """Neither another target nor another region, whatever it says; nor one that was taken out meanwhile."""
    with pytest.raises(RequestError) as refused:
        resume(packed({"v": 1, "t": place}), TARGETS)

    assert (refused.value.status, refused.value.field) == (404, "cursor")


@pytest.mark.parametrize(
    "selector", [{"targets": "company-a"}, {"tags": "a:b"}, {"regions": "cn-hangzhou"}, {"service_prefix": "a"}]
)
def test_a_cursor_brings_its_own_selection(deployed: Deployment, selector: dict[str, str]) -> None:
    """Another one beside it is refused, not guessed at."""
    answer = deployed.report({"cursor": "x", **selector})

    assert (answer["status"], answer["error"]["status"], answer["error"]["field"]) == (
        "refused",
        400,
        next(iter(selector)),
    )  # fmt: skip
    assert deployed.cloud.requests == []


READINGS = st.builds(
    lambda page, token: Reading(first_page=page, next_token=token if page > 1 else None),
    st.integers(1, 500),
    st.text(min_size=1, max_size=20),
)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["alpha", "beta"]), st.sampled_from(["cn-hangzhou", "cn-beijing"])),
        st.dictionaries(st.sampled_from(APIS), READINGS, min_size=1),
        min_size=1,
    ),
    st.text(max_size=8),
)
def test_a_cursor_leads_to_exactly_what_was_left(left: Any, prefix: str) -> None:
    """Targets, regions, listings, pages, tokens and prefix come back as they were."""
    ended = [
        Ended(listed(target, region=region), tuple(Listing(api, region, prefix, one) for api, one in listings.items()))
        for (target, region), listings in left.items()
    ]

    cursor = make_cursor(ended, prefix)

    assert cursor is not None
    work = resume(cursor, TARGETS)
    assert (work.service_prefix, work.parts) == (prefix, left)
    assert {(one.name, region) for one in work.targets for region in one.regions} == set(left)


def test_nothing_left_is_no_cursor() -> None:
    """So that whoever follows cursors stops."""
    assert make_cursor([Ended(listed("alpha"), ())], "") is None


def test_a_thousand_accounts_that_were_not_reached_fit_into_an_event() -> None:
    """64 KB are what a selection may have."""
    names = [f"customer-{number:04}-of-ours" for number in range(1000)]
    regions = ("cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "ap-southeast-1")
    ended = [
        Ended(
            msgspec.structs.replace(listed("alpha", region=region), target=name),
            tuple(Listing(api, region) for api in APIS),
        )
        for name in names
        for region in regions
    ]

    cursor = make_cursor(ended, "")

    assert cursor is not None
    assert len(cursor) < 32 * 1024
