"""The whole way: event in, account A's inventory out, over real HTTP to the local cloud."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fc_inventory import report as report_module
from fc_inventory.errors import EveryTargetFailed, RequestError
from local.cloud import Fault
from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_D, COMPANY_E, Deployment

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.schema.json").read_text(encoding="utf-8"))


def names(items: list[dict[str, Any]] | None, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(item[field] for field in fields) for item in items or []]


def test_the_published_schema_is_the_reports_shape() -> None:
    """schemas/report.schema.json is what the code answers."""
    assert report_module.json_schema() == SCHEMA


def test_services_and_functions_of_account_a_are_listed(deployed: Deployment) -> None:
    """Services come with FC 2.0's functions tied to them, and FC 3.0's functions told apart."""
    report = deployed.report()

    jsonschema.validate(report, SCHEMA)
    (outcome,) = report["outcomes"]
    assert (report["status"], outcome["status"], outcome["error"]) == ("complete", "complete", None)
    assert (outcome["target"], outcome["account_id"]) == ("company-a", "1234567890123456")
    services = {service["service_name"] for service in outcome["services"]}
    assert len(services) == 3
    assert {function["service_name"] for function in outcome["functions"] if function["fc_version"] == "v2"} <= services
    assert {function["service_name"] for function in outcome["functions"] if function["fc_version"] == "v3"} == {None}


def test_every_page_is_read(deployed: Deployment) -> None:
    """230 services and 260 + 120 functions need three, three and two pages of a hundred."""
    deployed.configure(COMPANY_C)

    outcome = deployed.outcome()

    coverage = [
        (line["api"], line["fc_version"], line["extent"], line["pages"], line["items"]) for line in outcome["coverage"]
    ]
    assert coverage == [
        ("ListServices", "v2", "complete", 3, 230),
        ("ListFunctions", "v2", "complete", 3, 260),
        ("ListFunctions", "v3", "complete", 2, 120),
    ]
    assert len(set(names(outcome["services"], "service_name"))) == 230
    assert len(set(names(outcome["functions"], "fc_version", "service_name", "function_name"))) == 380


def test_an_account_with_only_fc3_has_no_services_and_says_so(deployed: Deployment) -> None:
    """No services is a complete answer, told apart from an unknown one by an empty list, not null."""
    deployed.configure(COMPANY_D)

    outcome = deployed.outcome()

    assert (outcome["status"], outcome["services"]) == ("complete", [])
    assert outcome["functions"]
    assert {function["fc_version"] for function in outcome["functions"]} == {"v3"}


def test_a_revoked_trust_is_a_failure_with_a_remedy(deployed: Deployment) -> None:
    """A denied target has unknown services, never none; code, request id and remedy are there."""
    deployed.configure(COMPANY_E)

    report = deployed.report()

    jsonschema.validate(report, SCHEMA)
    (outcome,) = report["outcomes"]
    assert (report["status"], outcome["status"], outcome["services"], outcome["functions"]) == (
        "failed",
        "failed",
        None,
        None,
    )
    error = outcome["error"]
    assert (error["operation"], error["category"], error["code"], error["http_status"]) == (
        "AssumeRole",
        "trust_denied",
        "NoPermission",
        403,
    )
    assert (error["side"], error["denied_by"], bool(error["request_id"])) == ("account_a", "AssumeRolePolicy", True)
    assert COMPANY_E["role_arn"] in error["remedy"]


def test_one_failed_target_hides_no_other(deployed: Deployment) -> None:
    """Every target and region has its outcome, in configured order, and the report is partial."""
    deployed.configure({**COMPANY_A, "regions": ["cn-shanghai", "cn-hangzhou"]}, COMPANY_E, COMPANY_D)

    report = deployed.report()

    jsonschema.validate(report, SCHEMA)
    assert report["status"] == "partial"
    assert names(report["outcomes"], "target", "region", "status") == [
        ("company-a", "cn-shanghai", "complete"),
        ("company-a", "cn-hangzhou", "complete"),
        ("company-e", "cn-hangzhou", "failed"),
        ("company-d", "cn-hangzhou", "complete"),
    ]
    summary = report["summary"]
    assert (summary["targets"], summary["outcomes"], summary["complete"], summary["partial"], summary["failed"]) == (
        3,
        4,
        3,
        0,
        1,
    )
    assert summary["services"] == sum(len(outcome["services"] or []) for outcome in report["outcomes"])


def test_a_wrong_external_id_is_a_denied_trust(deployed: Deployment) -> None:
    """The customer's condition on sts:ExternalId holds."""
    deployed.configure({**COMPANY_C, "external_id": "wrong-id"})

    assert deployed.outcome()["error"]["category"] == "trust_denied"


def test_a_request_narrows_to_targets_and_regions(deployed: Deployment) -> None:
    """Only what is selected is asked for."""
    deployed.configure({**COMPANY_A, "regions": ["cn-hangzhou", "cn-shanghai"]}, COMPANY_C)

    report = deployed.report({"targets": "company-a", "regions": ["cn-shanghai"]})

    assert names(report["outcomes"], "target", "region") == [("company-a", "cn-shanghai")]


def test_a_service_prefix_narrows_services_and_their_functions(deployed: Deployment) -> None:
    """FC 3.0's functions belong to no service: they are not asked for, and the coverage says so."""
    whole = deployed.outcome()
    prefix = whole["services"][0]["service_name"]

    outcome = deployed.outcome({"service_prefix": prefix})

    assert names(outcome["services"], "service_name") == [(prefix,)]
    assert {service for (service,) in names(outcome["functions"], "service_name")} <= {prefix}
    assert outcome["coverage"][2] == {
        "api": "ListFunctions",
        "api_version": "2023-03-30",
        "fc_version": "v3",
        "extent": "not_asked",
        "first_page": 1,
        "pages": 0,
        "items": 0,
        "error": None,
        "reason": "functions of FC 3.0 belong to no service, and the request selects services",
    }


def test_a_region_without_fc2_is_complete_without_services(deployed: Deployment) -> None:
    """Where FC 2.0 never was, services are unknown for a reason, not missing."""
    deployed.configure({**COMPANY_A, "regions": ["cn-wulanchabu"]})

    outcome = deployed.outcome()

    assert (outcome["status"], outcome["services"]) == ("complete", None)
    assert [line["extent"] for line in outcome["coverage"]] == ["not_asked", "not_asked", "complete"]


def test_a_place_where_nothing_is_to_be_asked_is_complete_and_unknown(deployed: Deployment) -> None:
    """Services are wanted in a region that never had any: each API says why it was not asked."""
    deployed.configure({**COMPANY_A, "regions": ["cn-wulanchabu"]})

    outcome = deployed.outcome({"service_prefix": "x"})

    assert (outcome["status"], outcome["services"], outcome["functions"]) == ("complete", None, None)
    assert all(line["reason"] for line in outcome["coverage"])


def test_values_of_environment_variables_stay_in_account_a(deployed: Deployment) -> None:
    """The names of a function's variables are listed, their values never."""
    values = environment_values()
    assert values

    answers = [deployed.invoke({"format": form}) for form in ("json", "csv", "ndjson")]

    assert not [value for value in values for answer in answers if value in answer]
    assert any(
        function["environment_variable_names"] for function in json.loads(answers[0])["outcomes"][0]["functions"]
    )


def test_a_timer_that_lists_nothing_is_raised(deployed: Deployment) -> None:
    """FC's retry and failure destination must see total failure; they receive the report."""
    deployed.configure(COMPANY_E)

    with pytest.raises(EveryTargetFailed) as failure:
        deployed.invoke({"triggerName": "nightly", "triggerTime": "2026-11-24T12:00:00Z", "payload": ""})

    report = json.loads(str(failure.value))
    jsonschema.validate(report, SCHEMA)
    assert report["status"] == "failed"


@pytest.mark.parametrize("marks", [{"event": {"invocation_type": "Async"}}, {"event": None, "retry_count": "1"}])
def test_an_asynchronous_invocation_that_lists_nothing_is_raised(deployed: Deployment, marks: dict[str, Any]) -> None:
    """The caller says so, or FC's own retry shows it."""
    deployed.configure(COMPANY_E)

    with pytest.raises(EveryTargetFailed):
        deployed.invoke(**marks)


def test_a_timer_with_a_partial_report_is_answered(deployed: Deployment) -> None:
    """What could be listed is worth more than a retry of everything."""
    deployed.configure(COMPANY_A, COMPANY_E)

    report = deployed.report({"triggerName": "nightly", "triggerTime": "2026-11-24T12:00:00Z", "payload": ""})

    assert report["status"] == "partial"


def test_a_wrong_timer_payload_is_raised(deployed: Deployment) -> None:
    """Nobody reads the answer to a timer."""
    with pytest.raises(RequestError, match="unknown selector"):
        deployed.invoke({"triggerName": "nightly", "triggerTime": "2026-11-24T12:00:00Z", "payload": '{"x": 1}'})


def environment_values() -> set[str]:
    """Return the values of all environment variables of company-a's functions in cn-hangzhou."""
    found: set[str] = set()
    for line in (
        (Path(__file__).parents[2] / "local" / "cloud" / "worlds" / "default.yaml")
        .read_text(encoding="utf-8")
        .splitlines()
    ):
        name, _, value = line.strip().partition(": ")
        if name.isupper() and len(value) > 5:
            found.add(value.strip("'\""))
    return found


def test_a_warm_call_asks_for_pages_and_nothing_else(deployed: Deployment) -> None:
    """A warm call of one target makes no STS call, and one round trip a page: three, three and two of a hundred."""
    deployed.configure(COMPANY_C)
    deployed.invoke()
    before = len(deployed.cloud.requests)

    report = deployed.report()

    asked = Counter(request.action for request in deployed.cloud.requests[before:])
    pages = sum(line["pages"] for line in report["outcomes"][0]["coverage"])
    assert asked == {"ListServices": 3, "ListFunctions": 5}
    assert pages == 8


def test_services_functions_and_regions_are_listed_at_the_same_time(deployed: Deployment) -> None:
    """Six listings, of three APIs in two regions, each 0.3 s late, take less than one after the other (1.8 s)."""
    deployed.configure({**COMPANY_A, "regions": ["cn-hangzhou", "cn-shanghai"]})
    deployed.invoke()
    deployed.cloud.faults.add(Fault(action="ListServices", delay_seconds=0.3))
    deployed.cloud.faults.add(Fault(action="ListFunctions", delay_seconds=0.3))

    report = deployed.report()

    assert report["status"] == "complete"
    assert 300 <= report["duration_ms"] < 1500
