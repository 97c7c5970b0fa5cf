"""Laws of the report and its forms, for any inventory."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.budget import Budget
from fc_inventory.diagnosis import local_problem
from fc_inventory.invocation import Invocation
from fc_inventory.listing import APIS, Function, Service
from fc_inventory.outcomes import Coverage, Outcome, Status
from fc_inventory.render import render_report
from fc_inventory.report import Report, build_report
from fc_inventory.selectors import Request

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
INVOCATION = Invocation(request_id="1-2-3", budget=Budget(0.0, 60.0, lambda: 1.5), is_retry=False, caller=None)
PROBLEM = local_problem("deadline", operation="ListServices", role_arn="r", message="late").problem

TEXT = st.text(max_size=12) | st.sampled_from(["=1+1", "+x", "-x", "@x", "\tx", 'a"b,c\nd', "<b>", "a\0b"])
SERVICES = st.builds(Service, service_name=TEXT, description=st.none() | TEXT)
FUNCTIONS = st.builds(
    Function,
    fc_version=st.sampled_from(["v2", "v3"]),
    function_name=TEXT,
    service_name=st.none() | TEXT,
    description=st.none() | TEXT,
    internet_access=st.none() | st.booleans(),
    memory_size=st.none() | st.integers(0, 32768),
    environment_variable_names=st.lists(TEXT, max_size=2).map(tuple),
)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    statuses: tuple[Status, ...] = ("complete", "partial", "failed")
    status = draw(st.sampled_from(statuses))
    known = status != "failed"
    error = None if status == "complete" else PROBLEM
    return Outcome(
        target=draw(st.sampled_from(["alpha", "beta"])),
        account_id="1234567890123456",
        account_alias=draw(st.none() | TEXT),
        tags={},
        region="cn-hangzhou",
        role_arn="acs:ram::1234567890123456:role/r",
        role_session_name="fc-inventory-1-2-3",
        status=status,
        error=error,
        coverage=tuple(
            Coverage(api=a.action, api_version=a.api_version, fc_version=a.fc_version, extent=status, error=error)
            for a in APIS
        ),
        services=tuple(draw(st.lists(SERVICES, max_size=3))) if known else None,
        functions=tuple(draw(st.lists(FUNCTIONS, max_size=3))) if known else None,
    )


REPORTS = st.lists(outcomes(), min_size=1, max_size=4).map(lambda drawn: build_report(tuple(drawn), INVOCATION))


def rendered(report: Report, form: Any) -> str:
    return render_report(report, Request(kind="invoke", format=form))


@given(REPORTS)
def test_the_status_is_that_of_all_or_partial(report: Report) -> None:
    """`complete` and `failed` mean every outcome; anything mixed is `partial`."""
    statuses = {outcome.status for outcome in report.outcomes}

    assert report.status == (statuses.pop() if len(statuses) == 1 else "partial")


@given(REPORTS)
def test_the_summary_adds_up(report: Report) -> None:
    """Every outcome and every item is counted once."""
    summary = report.summary

    assert summary.complete + summary.partial + summary.failed == summary.outcomes == len(report.outcomes)
    assert summary.services == sum(len(outcome.services or ()) for outcome in report.outcomes)
    assert summary.functions_v2 + summary.functions_v3 == sum(
        len(outcome.functions or ()) for outcome in report.outcomes
    )


@given(REPORTS)
def test_json_fits_the_published_schema(report: Report) -> None:
    """Whatever names and descriptions account A has."""
    jsonschema.validate(json.loads(rendered(report, "json")), SCHEMA)


@given(REPORTS)
def test_ndjson_says_what_json_says(report: Report) -> None:
    """The lines put together are the report: nothing is lost or doubled between the forms."""
    whole = json.loads(rendered(report, "json"))
    header, *lines = [json.loads(line) for line in rendered(report, "ndjson").strip("\n").split("\n")]

    expected = [{key: value for key, value in whole.items() if key not in {"outcomes", "findings"}}]
    for outcome in whole["outcomes"]:
        expected.append({key: value for key, value in outcome.items() if key not in {"services", "functions"}})
        place = {key: outcome[key] for key in ("target", "account_id", "region")}
        expected += [{**place, **item} for item in [*(outcome["services"] or []), *(outcome["functions"] or [])]]
    expected += whole["findings"]
    assert [{key: value for key, value in line.items() if key != "kind"} for line in (header, *lines)] == expected


@given(REPORTS)
def test_csv_has_every_row_and_runs_no_formula(report: Report) -> None:
    """A row for each outcome and item with the rules that found it, and no cell that a spreadsheet would run."""
    rows = list(csv.DictReader(io.StringIO(rendered(report, "csv"), newline="")))

    summary = report.summary
    assert len(rows) == summary.outcomes + summary.services + summary.functions_v2 + summary.functions_v3
    assert {rule for row in rows for rule in row["findings"].split()} == {one.rule for one in report.findings}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
