"""What is worth a look, rule by rule, and the laws that hold for every rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.findings import Finding, Gap
from fc_inventory.inspection import examine, left_out
from fc_inventory.listing import APIS, Function, Service
from fc_inventory.merge import merge_reports, settle
from fc_inventory.outcomes import Coverage, Extent, Outcome, outcome_status
from fc_inventory.report import Report, assemble_report
from fc_inventory.rules import RULES, Rule
from fc_inventory.runtimes import DEPRECATED, SUPPORT
from tests.function.deployment import COMPANY_A, COMPANY_E, Deployment

TODAY = date(2026, 11, 24)
ALL_COMPLETE: tuple[Extent, ...] = ("complete", "complete", "complete")
ROLE = "acs:ram::1234567890123456:role/r"


def service(name: str, **fields: Any) -> Service:
    return Service(**{"service_name": name, "role": ROLE, "last_modified_time": "2026-11-01T00:00:00Z", **fields})


def function(name: str, **fields: Any) -> Function:
    plain = {"fc_version": "v3", "role": ROLE, "runtime": "python3.12", "last_modified_time": "2026-11-01T00:00:00Z"}
    return Function(**{**plain, "function_name": name, **fields})


def outcome(*items: Service | Function, extents: tuple[Extent, ...] = ALL_COMPLETE, target: str = "alpha") -> Outcome:
    coverage = tuple(
        Coverage(api=api.action, api_version=api.api_version, fc_version=api.fc_version, extent=extent)
        for api, extent in zip(APIS, extents, strict=True)
    )
    return Outcome(
        target=target,
        account_id="1234567890123456",
        account_alias=None,
        tags={},
        region="cn-hangzhou",
        role_arn="acs:ram::1234567890123456:role/reader",
        role_session_name="run",
        status=outcome_status(coverage),
        error=None,
        coverage=coverage,
        services=tuple(item for item in items if isinstance(item, Service)),
        functions=tuple(item for item in items if isinstance(item, Function)),
    )


def found_by(rule: Rule, *items: Service | Function, extents: tuple[Extent, ...] = ALL_COMPLETE) -> list[Finding]:
    return list(examine(outcome(*items, extents=extents), [rule], TODAY)[0])


def gaps_of(rule: Rule, *items: Service | Function, extents: tuple[Extent, ...] = ALL_COMPLETE) -> list[str]:
    return [gap.reason for gap in examine(outcome(*items, extents=extents), [rule], TODAY)[1]]


def test_a_runtime_past_its_end_is_found_with_its_evidence() -> None:
    """A finding says where, what was listed, why it matters, what to do, and where that is written."""
    old = function("send", fc_version="v2", service_name="billing", runtime="nodejs16")

    findings = found_by("runtime_end_of_life", old)

    assert findings == [
        Finding(
            rule="runtime_end_of_life",
            target="alpha",
            account_id="1234567890123456",
            region="cn-hangzhou",
            fc_version="v2",
            service_name="billing",
            function_name="send",
            evidence={"runtime": "nodejs16"},
            why="Node.js 16, on which it runs, has had no security updates since 2023-09-11.",
            remedy="Move the function to a newer runtime.",
            source="https://github.com/nodejs/Release",
        )
    ]


@pytest.mark.parametrize(
    ("days_before", "told"),
    [
        (181, []),
        (180, ["gets no security updates after 2028-10-31."]),
        (0, ["gets no security updates after 2028-10-31."]),
    ],
)
def test_a_runtime_near_its_end_is_found_half_a_year_before(days_before: int, told: list[str]) -> None:
    """180 days before the end, and on the last day still as something to come."""
    day = date(2028, 10, 31) - timedelta(days=days_before)

    findings, _ = examine(outcome(function("f")), ["runtime_end_of_life"], day)

    assert [finding.why.partition("it runs, ")[2] for finding in findings] == told


def test_a_runtime_that_alibaba_takes_for_deprecated_is_found_once() -> None:
    """Its makers' end, which was earlier still, is not told beside."""
    findings, _ = examine(outcome(function("f", runtime="nodejs12")), RULES, TODAY)

    assert [finding.rule for finding in findings] == ["runtime_deprecated"]


@pytest.mark.parametrize("runtime", ["java11", "go1", "custom-container", "python9", None])
def test_nothing_is_said_of_a_runtime_that_the_table_does_not_know(runtime: str | None) -> None:
    """No date is made up."""
    assert not found_by("runtime_end_of_life", function("f", runtime=runtime))


def test_an_empty_role_is_found_where_roles_are() -> None:
    """Services have them in FC 2.0, functions in FC 3.0."""
    items: list[Service | Function] = [
        service("s", role=""),
        function("f", fc_version="v2", service_name="s", role=""),
        function("g", role=""),
    ]

    findings = found_by("role_missing", *items)

    assert [(one.service_name, one.function_name, one.evidence) for one in findings] == [
        ("s", None, {"role": ""}),
        (None, "g", {"role": ""}),
    ]


def test_a_role_that_is_not_listed_is_a_gap() -> None:
    """Not told is not empty."""
    items: list[Service | Function] = [service("s", role=None), function("f", role=None)]

    assert found_by("role_missing", *items) == []
    assert gaps_of("role_missing", *items) == ["the lists say nothing of the role of 2 services or functions"]


@pytest.mark.parametrize(
    ("internet_access", "vpc_id", "is_found"),
    [(True, "vpc-1", True), (False, "vpc-1", False), (None, "vpc-1", False), (True, None, False)],
)
def test_internet_access_is_found_beside_a_vpc(
    internet_access: bool | None, vpc_id: str | None, is_found: bool
) -> None:
    """Alone it is the default, and says nothing; what is said is that it may not be needed."""
    findings = found_by("internet_beside_vpc", function("f", internet_access=internet_access, vpc_id=vpc_id))

    assert [finding.evidence for finding in findings] == [{"internet_access": True, "vpc_id": "vpc-1"}] * is_found
    assert all("may not need" in finding.why for finding in findings)


def test_a_service_without_functions_is_found() -> None:
    """One that has a function is not."""
    items: list[Service | Function] = [
        service("empty"),
        service("full"),
        function("f", fc_version="v2", service_name="full"),
    ]

    assert [finding.service_name for finding in found_by("service_without_functions", *items)] == ["empty"]


@pytest.mark.parametrize(
    ("extents", "reason"),
    [
        (("complete", "partial", "complete"), "ListFunctions of FC 2.0 is partial"),
        (("complete", "rest", "complete"), "ListFunctions of FC 2.0 is rest"),
        (("complete", "failed", "complete"), "ListFunctions of FC 2.0 is failed"),
        (("partial", "complete", "complete"), "ListServices of FC 2.0 is partial"),
    ],
)
@pytest.mark.parametrize("rule", ["service_without_functions", "service_unused"])
def test_an_incomplete_list_proves_no_absence(rule: Rule, extents: tuple[Extent, ...], reason: str) -> None:
    """The function of the service may be on the page that is missing."""
    old = service("s", last_modified_time="2020-01-01T00:00:00Z")

    assert found_by(rule, old, extents=extents) == []
    assert gaps_of(rule, old, extents=extents) == [f"{reason}: which services have which functions is unknown"]


def test_names_that_are_not_understood_prove_no_absence() -> None:
    """Where a function's service is none of the listed ones, its name's form may be another than is taken for granted."""
    items: list[Service | Function] = [service("s"), function("s$f", fc_version="v2")]

    assert found_by("service_without_functions", *items) == []
    assert gaps_of("service_without_functions", *items)


def test_a_service_that_nobody_modified_for_a_year_is_found_and_not_called_unused() -> None:
    """Neither the service nor any function of it; that invocations are not listed is said."""
    old, newer = "2024-03-01T08:00:00Z", "2025-11-01T08:00:00Z"
    items: list[Service | Function] = [
        service("old", last_modified_time=old),
        function("f", fc_version="v2", service_name="old", last_modified_time=newer),
        service("touched", last_modified_time=old),
        function("g", fc_version="v2", service_name="touched"),
        service("unknown", last_modified_time=old),
        function("h", fc_version="v2", service_name="unknown", last_modified_time=None),
    ]

    (finding,) = found_by("service_unused", *items)

    assert (finding.service_name, finding.evidence) == (
        "old",
        {"last_modified_time": old, "functions": 1, "newest_last_modified_time": "2025-11-01"},
    )
    assert "invocations are not listed, so it may still be in use" in finding.why
    assert gaps_of("service_unused", *items) == [
        "the lists do not say when 1 services and their functions were last modified"
    ]


def test_a_region_without_fc2_has_no_gap_for_its_services() -> None:
    """Where there can be no services, none is missed."""
    extents: tuple[Extent, ...] = ("not_asked", "not_asked", "complete")

    assert gaps_of("service_unused", function("f"), extents=extents) == []


RUNTIMES = st.none() | st.sampled_from([*SUPPORT, *sorted(DEPRECATED), "java11"])
TIMES = st.sampled_from([None, "", "soon", "2020-01-01T00:00:00Z", "2026-11-01T00:00:00Z"])
NAMES = st.sampled_from("abc")
ROLES = st.sampled_from([None, "", ROLE])
VPCS = st.sampled_from([None, "vpc-1"])
SERVICES = st.builds(
    Service, service_name=NAMES, role=ROLES, internet_access=st.booleans(), vpc_id=VPCS, last_modified_time=TIMES
)
FUNCTIONS = st.builds(
    Function,
    fc_version=st.sampled_from(["v2", "v3"]),
    function_name=NAMES,
    service_name=st.none() | NAMES,
    runtime=RUNTIMES,
    role=ROLES,
    internet_access=st.booleans(),
    vpc_id=VPCS,
    last_modified_time=TIMES,
)
EXTENTS = st.tuples(*[st.sampled_from(["complete", "rest", "partial", "failed", "not_asked"])] * 3)
OUTCOMES = st.builds(
    lambda items, extents, target: outcome(*items, extents=extents, target=target),
    st.lists(SERVICES | FUNCTIONS, max_size=6),
    st.just(ALL_COMPLETE) | EXTENTS,
    st.sampled_from(["alpha", "beta"]),
)
SOME_RULES = st.sets(st.sampled_from(RULES))
DAYS = st.dates(date(2020, 1, 1), date(2032, 1, 1))


@given(OUTCOMES, SOME_RULES, DAYS)
def test_a_rule_that_is_left_out_changes_no_other(each: Outcome, rules: set[Rule], today: date) -> None:
    """The findings of some rules are those that all rules have, without the others'."""
    some, _ = examine(each, rules, today)
    every, _ = examine(each, RULES, today)

    assert some == tuple(finding for finding in every if finding.rule in rules)


@given(OUTCOMES, DAYS)
def test_a_finding_is_about_something_that_was_listed(each: Outcome, today: date) -> None:
    """And what it gives as a listed field's value is that field's value there."""
    for finding in examine(each, RULES, today)[0]:
        listed = [
            item
            for item in (each.functions if finding.function_name else each.services) or ()
            if item.service_name == finding.service_name
            and getattr(item, "function_name", None) == finding.function_name
            and getattr(item, "fc_version", "v2") == finding.fc_version
        ]
        told = {name: value for name, value in finding.evidence.items() if name in Function.__struct_fields__}
        assert any(all(getattr(item, name) == value for name, value in told.items()) for item in listed)


@given(OUTCOMES, DAYS)
def test_an_absence_is_found_only_in_complete_lists(each: Outcome, today: date) -> None:
    """Whatever else was seen."""
    findings, _ = examine(each, ["service_without_functions", "service_unused"], today)

    assert not findings or [line.extent for line in each.coverage[:2]] == ["complete", "complete"]


@given(OUTCOMES, DAYS)
def test_what_was_not_listed_is_a_gap_of_every_rule_about_it(each: Outcome, today: date) -> None:
    """No rule is silent about functions of which some, or all, are missing."""
    _, gaps = examine(each, RULES, today)

    is_open = any(line.extent in ("partial", "failed") for line in each.coverage[1:])
    assert not is_open or set(RULES[1:5]) <= {rule for gap in gaps for rule in gap.rules}


@given(OUTCOMES, DAYS, st.integers(0, 2000))
def test_what_is_too_old_stays_so(each: Outcome, today: date, days: int) -> None:
    """A later day only adds findings, as long as nothing changes."""
    aging: tuple[Rule, ...] = ("runtime_deprecated", "runtime_end_of_life", "service_unused")

    now, later = (
        {(finding.rule, finding.subject) for finding in examine(each, aging, day)[0]}
        for day in (today, today + timedelta(days=days))
    )

    assert now <= later


@given(SOME_RULES)
def test_a_rule_that_is_left_out_is_told(rules: set[Rule]) -> None:
    """Neither finding nor gap would look like nothing to find."""
    gaps = left_out(rules)

    missing = tuple(rule for rule in RULES if rule not in rules)
    assert gaps == ((Gap(rules=missing, reason="left out by FINDINGS"),) if missing else ())


def report(each: Outcome, rules: set[Rule]) -> Report:
    return assemble_report((each,), request_id="r", generated_at="2026-11-24T12:00:00Z", duration_ms=1, rules=rules)


@given(OUTCOMES, OUTCOMES, SOME_RULES, SOME_RULES)
def test_a_merge_looks_with_the_rules_of_any(
    first: Outcome, second: Outcome, some: set[Rule], others: set[Rule]
) -> None:
    """A rule is left out of a merged report where it was left out of all; settling changes no rules."""
    merged = merge_reports([report(first, some), report(second, others)])

    assert set(merged.rules) == some | others
    assert settle(merged).rules == merged.rules


def test_the_report_tells_what_is_worth_a_look(deployed: Deployment) -> None:
    """The default world's account A, over real HTTP."""
    report = deployed.report()

    told = {(one["rule"], one["service_name"], one["function_name"]) for one in report["findings"]}
    assert {
        ("runtime_end_of_life", "billing", "send-reminder"),
        ("service_unused", "web", None),
        ("role_missing", "web", None),
    } <= told
    assert {"http_trigger_anonymous"} <= {rule for gap in report["not_evaluated"] for rule in gap["rules"]}


def test_a_target_that_failed_has_gaps_and_no_findings(deployed: Deployment) -> None:
    """Nothing found where nothing was seen would be a lie."""
    deployed.configure(COMPANY_E)

    report = deployed.report()

    assert report["findings"] == []
    unknown = {rule for gap in report["not_evaluated"] if gap["target"] == "company-e" for rule in gap["rules"]}
    assert unknown == set(RULES)


def test_findings_can_be_switched_off(deployed: Deployment) -> None:
    """Then the report says so."""
    deployed.configure(COMPANY_A, FINDINGS="off")

    report = deployed.report()

    assert report["findings"] == []
    assert report["not_evaluated"] == [
        {"rules": list(RULES), "reason": "left out by FINDINGS", "target": None, "region": None}
    ]


def test_a_report_can_be_read_back(deployed: Deployment) -> None:
    """What is kept of a report is the report."""
    text = deployed.invoke()

    assert msgspec.json.encode(msgspec.json.decode(text, type=Report)).decode() == text
