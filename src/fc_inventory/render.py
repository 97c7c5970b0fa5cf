"""A report, or a refusal, in the form that was asked for and in the envelope of the kind of invocation. Pure."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from fc_inventory.errors import RequestError
from fc_inventory.findings import Subject
from fc_inventory.listing import Function, Service
from fc_inventory.media import MEDIA_TYPES, Format
from fc_inventory.outcomes import Outcome, Status
from fc_inventory.report import Report
from fc_inventory.selectors import Kind, Request

if TYPE_CHECKING:  # imported by whoever has one
    from fc_inventory.check.shape import CheckReport
    from fc_inventory.retrospect import Retrospect

HTTP_STATUS: dict[Status, int] = {"complete": 200, "partial": 207, "failed": 502}

# What an item takes once the listing has ended, findings and an HTTP trigger's envelope included: measured for 63,000
# items, each with a finding, on one core of an AMD EPYC.
ITEM_SECONDS: dict[Format, float] = {"json": 5e-6, "ndjson": 8e-6, "html": 10e-6, "csv": 16e-6}

CSV_COLUMNS = [
    "target",
    "account_id",
    "account_alias",
    "region",
    "status",
    "kind",
    "fc_version",
    "service_name",
    "function_name",
    "runtime",
    "handler",
    "memory_size",
    "timeout",
    "role",
    "internet_access",
    "environment_variable_names",
    "description",
    "created_time",
    "last_modified_time",
    "error_operation",
    "error_category",
    "error_code",
    "error_request_id",
    "error_message",
    "error_remedy",
    "findings",
]


def render_report(report: Report, request: Request, retrospect: Retrospect | None = None) -> str:
    """Return the answer to *request*: the report itself, or for an HTTP trigger the envelope that holds it.

    HEAD is answered as GET: what is in front of the function sends the body's length in place of the body, and only it
    may (https://www.rfc-editor.org/rfc/rfc9110#section-8.6; a function's own `content-length` is dropped).
    What changed, *retrospect*, is for the page alone.
    """
    text, headers = (
        _report_page(report, retrospect) if request.format == "html" else (_FORMS[request.format](report), {})
    )
    if request.kind != "http":
        return text
    return _envelope(
        HTTP_STATUS[report.status],
        text,
        report.request_id,
        form=request.format,
        headers={"x-inventory-status": report.status, **headers},
    )


def render_check(report: CheckReport) -> str:
    """Return the answer to a plain invocation that asked for a check."""
    return _text(report)


def render_refusal(refusal: RequestError, kind: Kind, request_id: str, *, page: bool = False) -> str:
    """Return the answer to a request that cannot be served: what was wrong, and where; to a browser a *page*."""
    if page and kind == "http":
        text, headers = _refusal_page(refusal, request_id)
        headers = {**headers, **refusal.headers}
        return _envelope(refusal.status, text, request_id, form="html", headers=headers)
    error = {"status": refusal.status, "field": refusal.field, "message": refusal.message}
    text = _text({"request_id": request_id, "status": "refused", "error": error})
    if kind != "http":
        return text
    return _envelope(refusal.status, text, request_id, form="json", headers=refusal.headers)


def _report_page(report: Report, retrospect: Retrospect | None) -> tuple[str, Mapping[str, str]]:
    from fc_inventory.page import report_page  # noqa: PLC0415 - the cold start of who wants no page doesn't pay for it

    page = report_page(report, retrospect)
    return page.text, page.headers


def _refusal_page(refusal: RequestError, request_id: str) -> tuple[str, Mapping[str, str]]:
    from fc_inventory.page import refusal_page  # noqa: PLC0415 - as above

    page = refusal_page(refusal, request_id)
    return page.text, page.headers


def _envelope(status: int, body: str, request_id: str, *, form: Format, headers: Mapping[str, str]) -> str:
    """Return the answer of an HTTP trigger.

    https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
    """
    fixed = {
        "content-type": f"{MEDIA_TYPES[form]}; charset=utf-8",
        "x-request-id": request_id,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return _text({"statusCode": status, "headers": {**fixed, **headers}, "isBase64Encoded": False, "body": body})


def _text(content: Any) -> str:
    return msgspec.json.encode(content).decode()


def _json(report: Report) -> str:
    return _text(report)


def _ndjson(report: Report) -> str:
    """One line for the report, then for each outcome one line and one for each of its items, then one a finding."""
    return "".join(f"{_text(record)}\n" for record in _records(report))


def _records(report: Report) -> Iterator[dict[str, Any]]:
    yield {"kind": "report", **_without(report, "outcomes", "findings")}
    for outcome in report.outcomes:
        yield {"kind": "outcome", **_without(outcome, "services", "functions")}
        place = {"target": outcome.target, "account_id": outcome.account_id, "region": outcome.region}
        for kind, item in _items(outcome):
            yield {"kind": kind, **place, **msgspec.structs.asdict(item)}
    for finding in report.findings:
        yield {"kind": "finding", **msgspec.structs.asdict(finding)}


def _csv(report: Report) -> str:
    """One row for each outcome, with its error where it has one, and one for each of its items, with its findings."""
    import csv  # noqa: PLC0415 - a millisecond of a cold start, for one format

    found: dict[Subject, list[str]] = defaultdict(list)
    for finding in report.findings:
        found[finding.subject].append(finding.rule)
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, restval="")
    writer.writeheader()
    for outcome in report.outcomes:
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in _rows(outcome, found))
    return out.getvalue()


def _rows(outcome: Outcome, found: Mapping[Subject, list[str]]) -> Iterator[dict[str, Any]]:
    place = {name: getattr(outcome, name) for name in ("target", "account_id", "account_alias", "region", "status")}
    error = outcome.error
    told = ("operation", "category", "code", "request_id", "message", "remedy")
    yield {**place, "kind": "outcome", **({f"error_{name}": getattr(error, name) for name in told} if error else {})}
    for kind, item in _items(outcome):
        fields = {"fc_version": "v2", "function_name": None, **msgspec.structs.asdict(item)}
        subject = (
            outcome.target,
            outcome.region,
            fields["fc_version"],
            fields["service_name"],
            fields["function_name"],
        )
        yield {
            **place,
            "kind": kind,
            **{name: fields[name] for name in CSV_COLUMNS if name in fields},
            "findings": tuple(dict.fromkeys(found.get(subject, ()))),
        }


def _items(outcome: Outcome) -> Iterator[tuple[str, Service | Function]]:
    yield from (("service", service) for service in outcome.services or ())
    yield from (("function", function) for function in outcome.functions or ())


def _cell(value: object) -> object:
    """Return *value* for a CSV cell; text that a spreadsheet would run as a formula gets a quote before it.

    NUL, which CSV has no way to say, becomes U+FFFD. https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, bool):
        return str(value).lower()
    text = " ".join(value) if isinstance(value, tuple) else value
    if not isinstance(text, str):
        return text
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _without(struct: msgspec.Struct, *names: str) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if name not in names}


_FORMS: dict[Format, Callable[[Report], str]] = {"json": _json, "csv": _csv, "ndjson": _ndjson}
