"""The forms of the answer, and the envelope of the HTTP trigger."""

import csv
import io
import json
from typing import Any

import pytest

from tests.function.deployment import COMPANY_A, COMPANY_E, Deployment
from tests.function.test_events import http_event

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}


def over_http(deployed: Deployment, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(deployed.invoke(event))
    return answer


def test_an_http_answer_is_a_full_envelope(deployed: Deployment) -> None:
    """Status, headers and body are told apart; the body is the report."""
    answer = over_http(deployed, http_event())

    report = json.loads(answer["body"])
    assert {**answer, "body": None} == {
        "statusCode": 200,
        "headers": {
            "content-type": "application/json; charset=utf-8",
            "x-request-id": report["request_id"],
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "x-inventory-status": "complete",
        },
        "isBase64Encoded": False,
        "body": None,
    }
    assert report["status"] == "complete"


@pytest.mark.parametrize(
    ("targets", "status", "inventory_status"),
    [([COMPANY_A], 200, "complete"), ([COMPANY_A, COMPANY_E], 207, "partial"), ([COMPANY_E], 502, "failed")],
)
def test_the_http_status_tells_the_reports(
    deployed: Deployment, targets: list[dict[str, Any]], status: int, inventory_status: str
) -> None:
    """200 is complete, 207 partial, 502 failed: a script need not parse the body to know."""
    deployed.configure(*targets)

    answer = over_http(deployed, http_event())

    assert (answer["statusCode"], answer["headers"]["x-inventory-status"]) == (status, inventory_status)
    assert json.loads(answer["body"])["status"] == inventory_status


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [({}, {}, 200), ({"targets": "nobody"}, {}, 404), ({}, BROWSER, 200), ({"targets": "nobody"}, BROWSER, 404)],
)
def test_head_is_answered_as_get(
    deployed: Deployment, query: dict[str, str], headers: dict[str, str], status: int
) -> None:
    """Whole, also a refusal or a page, so that the length that is sent for the body is the one that GET would have."""
    get, head = (over_http(deployed, http_event(method, headers=headers, query=query)) for method in ("GET", "HEAD"))

    assert (head["statusCode"], set(head["headers"])) == (status, set(get["headers"]))
    assert head["headers"]["content-type"] == get["headers"]["content-type"]
    assert head["body"][:15] == get["body"][:15] != ""


@pytest.mark.parametrize(
    ("event", "status", "field"),
    [
        (http_event("DELETE"), 405, None),
        (http_event(headers={"accept": "image/png"}), 406, None),
        (http_event(query={"targets": "nobody"}), 404, "targets"),
        (http_event("POST", body="{"), 400, "body"),
        (http_event("POST", body="x" * 10_000_000), 413, "body"),
        (http_event(query={"role_arn": "acs:ram::1:role/x"}), 400, "role_arn"),
    ],
)
def test_a_refusal_is_an_answer(deployed: Deployment, event: dict[str, Any], status: int, field: str | None) -> None:
    """A wrong request gets its status, the field and a message; nothing is asked of the cloud."""
    answer = over_http(deployed, event)

    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["status"], body["error"]["status"], body["error"]["field"]) == (
        status,
        "refused",
        status,
        field,
    )
    assert answer["headers"]["x-request-id"] == body["request_id"]
    assert deployed.cloud.requests == []


def test_another_method_is_told_the_right_ones(deployed: Deployment) -> None:
    """405 comes with Allow."""
    answer = over_http(deployed, http_event("DELETE"))

    assert answer["headers"]["allow"] == "GET, HEAD, POST"


def test_a_plain_refusal_is_an_answer(deployed: Deployment) -> None:
    """A plain invocation reads what was wrong with it."""
    answer = deployed.report(b"not json")

    assert answer == {
        "request_id": answer["request_id"],
        "status": "refused",
        "error": {
            "status": 400,
            "field": None,
            "message": "expected an empty event or a JSON object, found text that is not JSON (JSON is malformed: invalid character (byte 4))",
        },
    }


def test_csv_has_a_row_for_each_outcome_and_each_item(deployed: Deployment) -> None:
    """A failed target has its row with the error: it never looks like an empty account."""
    deployed.configure(COMPANY_A, COMPANY_E)
    report = deployed.report()

    rows = list(csv.DictReader(io.StringIO(deployed.invoke({"format": "csv"}))))

    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in ("outcome", "service", "function")}
    summary = report["summary"]
    assert counts == {
        "outcome": 2,
        "service": summary["services"],
        "function": summary["functions_v2"] + summary["functions_v3"],
    }
    (failed,) = [row for row in rows if row["status"] == "failed"]
    assert (failed["target"], failed["kind"], failed["error_category"], failed["error_code"]) == (
        "company-e",
        "outcome",
        "trust_denied",
        "NoPermission",
    )


def test_csv_runs_no_formula(deployed: Deployment) -> None:
    """Descriptions are foreign input: what a spreadsheet would run is quoted."""
    rows = list(csv.DictReader(io.StringIO(deployed.invoke({"format": "csv"}))))

    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert [cell for cell in cells if cell.startswith("'=")]


def test_ndjson_has_a_line_for_each_record(deployed: Deployment) -> None:
    """The report first, then each outcome followed by its items, then what is worth a look."""
    report = deployed.report()

    lines = [json.loads(line) for line in deployed.invoke({"format": "ndjson"}).splitlines()]

    outcome = report["outcomes"][0]
    expected = ["report", "outcome", *["service"] * len(outcome["services"]), *["function"] * len(outcome["functions"])]
    expected += ["finding"] * len(report["findings"])
    assert [line["kind"] for line in lines] == expected
    assert lines[0]["summary"] == report["summary"]
    assert all(line["target"] == "company-a" for line in lines[1:])


@pytest.mark.parametrize(("form", "media_type"), [("csv", "text/csv"), ("ndjson", "application/x-ndjson")])
def test_http_tells_the_form(deployed: Deployment, form: str, media_type: str) -> None:
    """The content type follows ?format=."""
    answer = over_http(deployed, http_event(query={"format": form}))

    assert answer["headers"]["content-type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize(
    ("event", "page"),
    [
        (http_event(headers=BROWSER), True),
        (http_event(query={"format": "html"}), True),
        (http_event("POST", body='{"format": "html"}'), True),
        (http_event(headers={"accept": "*/*"}), False),
        (http_event(headers={"accept": "application/json, text/html;q=0.5"}), False),
        (http_event(headers=BROWSER, query={"format": "json"}), False),
        (http_event(), False),
    ],
)
def test_a_browser_gets_a_page_and_nobody_else(deployed: Deployment, event: dict[str, Any], page: bool) -> None:
    """HTML goes to who likes it best or names it; JSON stays what programs get."""
    answer = over_http(deployed, event)

    assert answer["body"].startswith("<!doctype html>") is page
    assert answer["headers"]["content-type"] == f"{'text/html' if page else 'application/json'}; charset=utf-8"
    assert ("content-security-policy" in answer["headers"]) is page


@pytest.mark.parametrize(
    ("targets", "event", "status"),
    [
        ([COMPANY_E], http_event(headers=BROWSER), 502),
        ([COMPANY_A], http_event(query={"targets": "nobody"}, headers=BROWSER), 404),
        ([COMPANY_A], http_event("DELETE", headers=BROWSER), 405),
        ([COMPANY_A], http_event(query={"format": "html", "regions": "nowhere"}), 404),
    ],
)
def test_failures_are_pages_for_a_browser(
    deployed: Deployment, targets: list[dict[str, Any]], event: dict[str, Any], status: int
) -> None:
    """A person reads a page, whatever the status; its headers are as strict."""
    deployed.configure(*targets)

    answer = over_http(deployed, event)

    assert (answer["statusCode"], answer["body"][:15]) == (status, "<!doctype html>")
    assert answer["headers"]["content-security-policy"].startswith("default-src 'none'; ")
    assert answer["headers"]["x-content-type-options"] == "nosniff"


def test_a_plain_invocation_can_ask_for_the_page(deployed: Deployment) -> None:
    """`s invoke -e '{"format": "html"}'` gives a file to open; a refusal stays JSON, for nobody looks at it with a browser."""
    page = deployed.invoke({"format": "html"})
    refusal = deployed.report({"format": "html", "targets": "nobody"})

    assert page.startswith("<!doctype html>")
    assert refusal["status"] == "refused"
