"""Triggers, a listing that must be asked for: over real HTTP, with what can go wrong in the middle of it."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fc_inventory.listing import APIS, Function
from fc_inventory.merge import merge_reports, settle
from fc_inventory.outcomes import TRIGGER_API_VERSIONS, Coverage, Extent, Outcome, outcome_status
from fc_inventory.report import assemble_report
from fc_inventory.scan import scan_targets
from fc_inventory.triggers import Trigger, read_trigger
from fc_inventory.wire import WireTrigger
from local.cloud import Fault, LocalCloud
from tests.function.deployment import COMPANY_A, COMPANY_C, Deployment
from tests.function.fleets import fleet_of, scan_of, targets_of
from tests.function.places import LATE

COMPANY_A_TRIGGERS = {
    ("web", "index"): [
        {
            "trigger_name": "site",
            "trigger_type": "http",
            "auth_type": "anonymous",
            "methods": ["GET", "HEAD"],
            "disable_url_internet": False,
        }
    ],
    (None, "nightly-backup"): [
        {
            "trigger_name": "nightly",
            "trigger_type": "timer",
            "auth_type": None,
            "methods": None,
            "disable_url_internet": None,
        }
    ],
    (None, "webhook"): [
        {
            "trigger_name": "http",
            "trigger_type": "http",
            "auth_type": "function",
            "methods": ["POST"],
            "disable_url_internet": True,
        }
    ],
}


def lines(outcome: dict[str, Any], api: str) -> list[tuple[Any, ...]]:
    return [
        (line["fc_version"], line["extent"], line["pages"], line["items"])
        for line in outcome["coverage"]
        if line["api"] == api
    ]


def known(outcome: dict[str, Any]) -> dict[tuple[str | None, str], Any]:
    return {(one["service_name"], one["function_name"]): one["triggers"] for one in outcome["functions"]}


def gaps(report: dict[str, Any]) -> list[str]:
    return [gap["reason"] for gap in report["not_evaluated"] if "http_trigger_anonymous" in gap["rules"]]


def test_triggers_of_both_generations_are_listed(deployed: Deployment) -> None:
    """Each function has its own, and the coverage a line for each generation."""
    deployed.configure(COMPANY_A, TRIGGERS="true")

    report = deployed.report()

    (outcome,) = report["outcomes"]
    nothing: dict[tuple[str | None, str], Any] = {key: [] for key in known(outcome)}
    assert known(outcome) == {**nothing, **COMPANY_A_TRIGGERS}
    assert lines(outcome, "ListTriggers") == [("v2", "complete", 1, 1), ("v3", "complete", 1, 2)]
    assert (outcome["status"], deployed.calls("ListTriggers")) == ("complete", 7)


def test_a_trigger_that_lets_everybody_in_is_found(deployed: Deployment) -> None:
    """The finding names it and how it is reached; a trigger that demands a signature is none."""
    deployed.configure(COMPANY_A, TRIGGERS="true")

    report = deployed.report()

    (finding,) = [one for one in report["findings"] if one["rule"] == "http_trigger_anonymous"]
    assert (finding["service_name"], finding["function_name"]) == ("web", "index")
    assert finding["evidence"] == {
        "trigger_name": "site",
        "auth_type": "anonymous",
        "methods": "GET HEAD",
        "disable_url_internet": False,
    }
    assert gaps(report) == []


def test_what_else_a_trigger_is_configured_with_stays_where_it_is(deployed: Deployment) -> None:
    """A timer's payload may hold a secret."""
    deployed.configure(COMPANY_A, TRIGGERS="true")

    assert "not-a-real-token" not in deployed.invoke()


def test_without_being_asked_for_no_trigger_is_listed(deployed: Deployment) -> None:
    """No call, no line, nothing known, no right to it in the session, and a gap that says why."""
    report = deployed.report()

    (outcome,) = report["outcomes"]
    assert (deployed.calls("ListTriggers"), lines(outcome, "ListTriggers")) == (0, [])
    assert set(known(outcome).values()) == {None}
    assert gaps(report) == ["triggers are not listed: ListFunctions does not return them, and TRIGGERS is not set"]


def test_denied_triggers_leave_the_rest_complete(deployed: Deployment) -> None:
    """Functions are all there, their triggers unknown; a denial is not asked for again for each function."""
    deployed.configure(COMPANY_C, TRIGGERS="true")

    report = deployed.report()

    (outcome,) = report["outcomes"]
    assert lines(outcome, "ListFunctions") == [("v2", "complete", 13, 260), ("v3", "complete", 6, 120)]
    assert lines(outcome, "ListTriggers") == [("v2", "failed", 0, 0), ("v3", "failed", 0, 0)]
    assert (outcome["status"], outcome["error"]["category"]) == ("partial", "list_denied")
    assert "fc:ListTriggers" in outcome["error"]["remedy"]
    assert set(known(outcome).values()) == {None}
    assert deployed.calls("ListTriggers") <= 16
    assert gaps(report) == [
        "ListTriggers of FC 2.0 is failed: what it did not list was not examined",
        "ListTriggers of FC 3.0 is failed: what it did not list was not examined",
        "the triggers of 380 functions are unknown",
    ]


def test_a_function_that_went_away_does_not_stop_the_others(deployed: Deployment) -> None:
    """Its triggers are unknown, those of all others known, and the coverage says that one is missing."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    gone = Fault(action="ListTriggers", times=1, status=404, code="FunctionNotFound", message="it went away")
    deployed.cloud.faults.add(gone)

    outcome = deployed.outcome()

    assert list(known(outcome).values()).count(None) == 1
    assert {extent for _, extent, _, _ in lines(outcome, "ListTriggers")} == {"complete", "partial"}


@pytest.mark.parametrize("status", [429, 503])
def test_triggers_are_asked_for_again(deployed: Deployment, status: int) -> None:
    """Throttling and failures of the service are retried as everywhere."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    deployed.cloud.faults.add(Fault(action="ListTriggers", times=2, status=status))

    outcome = deployed.outcome()

    assert outcome["status"] == "complete"
    assert lines(outcome, "ListTriggers") == [("v2", "complete", 1, 1), ("v3", "complete", 1, 2)]


def test_a_session_that_ends_between_triggers_is_renewed(deployed: Deployment) -> None:
    """The page under way is not lost."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    deployed.cloud.faults.add(Fault(action="ListTriggers", after=2, times=1, expire_token=True))

    outcome = deployed.outcome()

    assert outcome["status"] == "complete"


@pytest.fixture
def many_triggers(cloud: LocalCloud) -> Iterator[int]:
    """The function webhook with more triggers than a page has; gives their number."""
    function = cloud.world.accounts["1234567890123456"].inventories["cn-hangzhou"].functions["v3"].get("webhook")
    assert function is not None
    template = next(iter(function.triggers))
    names = [f"more-{number:03}" for number in range(150)]
    for name in names:
        given = replace(template.given, trigger_name=name, trigger_type="oss", trigger_config="{}")
        function.triggers.add(name, dataclasses.replace(template, given=given, config={}))
    yield len(function.triggers)
    for name in names:
        function.triggers.remove(name)


def test_the_triggers_of_a_single_account_are_asked_for_eight_at_once(tmp_path: Path) -> None:
    """Its three lists alone don't say how many calls there are to make at the same time."""
    with fleet_of(tmp_path, 1, services=1, functions=20, regions=("cn-hangzhou",)) as fleet:
        fleet.faults.add(Fault(action="ListTriggers", delay_seconds=0.2))
        scan = scan_of(fleet, targets_of(1, ("cn-hangzhou",)))
        began = time.monotonic()

        (ended,) = scan_targets(replace(scan, settings=replace(scan.settings, triggers=True)))

    assert ended.outcome.status == "complete"
    assert time.monotonic() - began < 20 * 0.2 / 4


def test_every_page_of_triggers_is_read(deployed: Deployment, many_triggers: int) -> None:
    """A function's triggers are known when its last page is."""
    deployed.configure(COMPANY_A, TRIGGERS="true")

    outcome = deployed.outcome()

    assert len({each["trigger_name"] for each in known(outcome)[None, "webhook"]}) == many_triggers
    assert lines(outcome, "ListTriggers")[1] == ("v3", "complete", 1, 1 + many_triggers)


def test_pages_of_triggers_that_lead_back_are_left(deployed: Deployment, many_triggers: int) -> None:
    """A loop ends, and its function's triggers stay unknown."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    deployed.cloud.faults.add(Fault(action="ListTriggers", repeat_next_token=True))

    outcome = deployed.outcome()

    assert many_triggers > 100
    assert known(outcome)[None, "webhook"] is None
    (line,) = [one for one in outcome["coverage"] if (one["api"], one["fc_version"]) == ("ListTriggers", "v3")]
    assert line["error"]["category"] == "repeated_token"


def test_functions_that_are_denied_have_no_triggers_to_ask_for(deployed: Deployment) -> None:
    """That is no second failure."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    denied = Fault(action="ListFunctions", fc_version="v3", status=403, code="AccessDenied", message="not authorized")
    deployed.cloud.faults.add(denied)

    outcome = deployed.outcome()

    (line,) = [one for one in outcome["coverage"] if (one["api"], one["fc_version"]) == ("ListTriggers", "v3")]
    assert (line["extent"], line["reason"]) == ("not_asked", "ListFunctions of FC 3.0 failed: no function is known")


def test_a_page_counts_only_with_its_triggers(deployed: Deployment) -> None:
    """What a deadline cuts is cut for both alike, so that whoever goes on begins with this page's functions."""
    deployed.configure(COMPANY_A, TRIGGERS="true")
    deployed.cloud.faults.add(Fault(action="ListTriggers", delay_seconds=6))

    outcome = deployed.outcome(timeout_seconds=3)

    by_version = {
        version: [(line["api"], line["extent"]) for line in outcome["coverage"] if line["fc_version"] == version]
        for version in ("v2", "v3")
    }
    assert by_version["v3"] == [("ListFunctions", "failed"), ("ListTriggers", "not_asked")]
    assert by_version["v2"][0] == ("ListServices", "complete")
    assert outcome["functions"] is None


@pytest.mark.parametrize(
    ("config", "understood"),
    [
        ('{"authType":"anonymous","methods":["GET"]}', ("anonymous", ("GET",), False)),
        ('{"methods":["GET"],"disableURLInternet":true}', ("function", ("GET",), True)),
        ('{"authType":"jwt","methods":[],"authConfig":"{}"}', ("jwt", (), False)),
        ('{"authType":7}', (None, None, None)),
        ("not JSON", (None, None, None)),
        ('{"authConfig":' + "[" * 100_000, (None, None, None)),
        ("", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_a_configuration_that_is_not_understood_is_unknown(config: str | None, understood: tuple[Any, ...]) -> None:
    """It is neither open nor closed; without an authType a signature is demanded."""
    wire = WireTrigger(trigger_name="t", trigger_type="http", trigger_config=config)

    trigger = read_trigger(wire)

    assert (trigger.auth_type, trigger.methods, trigger.disable_url_internet) == understood


# ---------------------------------------------------------------- merging

Pages = tuple[tuple[str, ...], ...]


def part(pages: Pages, first_page: int, *, is_end: bool) -> Outcome:
    """Return an outcome that read *pages* of FC 3.0's functions, each with one trigger, and nothing else."""
    extent: Extent = ("rest" if first_page > 1 else "complete") if is_end else "partial" if pages else "failed"
    functions = Coverage(
        api="ListFunctions",
        api_version=APIS[2].api_version,
        fc_version="v3",
        extent=extent,
        first_page=first_page,
        pages=len(pages),
        items=sum(map(len, pages)),
        error=None if is_end else LATE,
    )
    triggers = replace(functions, api="ListTriggers", api_version=TRIGGER_API_VERSIONS["v3"])
    if extent == "failed":
        reason = "ListFunctions of FC 3.0 failed: no function is known"
        triggers = replace(triggers, extent="not_asked", error=None, reason=reason)
    listed = tuple(
        Function(fc_version="v3", function_name=name, triggers=(Trigger(trigger_name=name, trigger_type="oss"),))
        for page in pages
        for name in page
    )
    coverage = (functions, triggers)
    return Outcome(
        target="alpha",
        account_id="1000000000000001",
        account_alias=None,
        tags={},
        region="cn-hangzhou",
        role_arn="acs:ram::1000000000000001:role/r",
        role_session_name="run",
        status=outcome_status(coverage),
        error=functions.error,
        coverage=coverage,
        services=None,
        functions=listed if pages else None,
    )


def report(*outcomes: Outcome) -> Any:
    return assemble_report(outcomes, request_id="r", generated_at="2026-11-24T12:00:00Z", duration_ms=1)


@st.composite
def a_chain(draw: st.DrawFn) -> tuple[Outcome, list[Outcome]]:
    """Draw one unhurried outcome, and the parts that a deadline left of it."""
    sizes = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    pages: Pages = tuple(tuple(f"f{page}{index}" for index in range(size)) for page, size in enumerate(sizes))
    cuts = sorted(draw(st.lists(st.integers(0, len(pages) - 1), max_size=3)))
    ends = [*cuts, len(pages)]
    parts = [
        part(pages[begin:end], begin + 1, is_end=end == len(pages)) for begin, end in zip([0, *cuts], ends, strict=True)
    ]
    return part(pages, 1, is_end=True), parts


@given(a_chain(), st.randoms(use_true_random=False))
def test_a_chain_of_parts_with_triggers_is_one_unhurried_run(chain: tuple[Outcome, list[Outcome]], random: Any) -> None:
    """Functions keep their triggers, and the coverage of both is whole again."""
    whole, parts = chain
    random.shuffle(parts)

    settled = settle(merge_reports([report(one) for one in [*parts, parts[0]]]))

    assert settled.outcomes == (whole,)


@given(a_chain(), a_chain(), a_chain())
def test_merging_triggers_needs_no_order(
    one: tuple[Outcome, list[Outcome]], two: tuple[Outcome, list[Outcome]], three: tuple[Outcome, list[Outcome]]
) -> None:
    """Whoever merges first, and however often: the same functions keep the same triggers."""
    a, b, c = (report(*chain[1][:1]) for chain in (one, two, three))

    left, right = merge_reports([merge_reports([a, b]), c]), merge_reports([a, merge_reports([c, b])])

    assert left == right
    assert merge_reports([left, left]) == left


def test_triggers_that_were_denied_in_one_part_stay_partial() -> None:
    """A part with all of its triggers does not hide the one without."""
    first = part((("a",), ("b",)), 1, is_end=False)
    denied = Coverage(
        api="ListTriggers", api_version="2023-03-30", fc_version="v3", extent="failed", error=LATE, first_page=1
    )
    first = replace(first, coverage=(first.coverage[0], denied))
    last = part((("c",),), 3, is_end=True)

    (settled,) = settle(merge_reports([report(first), report(last)])).outcomes

    told = {line.api: (line.extent, line.pages, line.items) for line in settled.coverage}
    assert told == {"ListFunctions": ("complete", 3, 3), "ListTriggers": ("partial", 0, 1)}


def test_the_session_may_list_triggers_only_where_they_are_asked_for(deployed: Deployment) -> None:
    """The session policy grows with the setting, and a kept session of the smaller one does not serve."""
    deployed.invoke()
    deployed.configure(COMPANY_A, TRIGGERS="true")

    assert deployed.outcome()["status"] == "complete"
    assert json.loads(deployed.invoke())["status"] == "complete"
