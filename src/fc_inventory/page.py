"""A report, or a refusal, as one HTML page that brings everything with it: style, script and data.

What is listed in account A is foreign text. It reaches the page in two ways only: as data in a JSON island that no
text can end (`island`), from which the script makes text nodes, never markup; and, for browsers without scripts, as
escaped text. Behind both stands a content security policy that runs nothing but this page's own script and lets
nothing be fetched. It stands in a header and, since a page may be saved and opened without its headers, in the page.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from fc_inventory.errors import Problem, RequestError
from fc_inventory.outcomes import Outcome
from fc_inventory.report import Report
from fc_inventory.retrospect import Retrospect

FILES = Path(__file__).with_name("browser")
SCRIPTS = (
    "words.js",
    "rows.js",
    "overview.js",
    "changes.js",
    "coverage.js",
    "findings.js",
    "chart.js",
    "details.js",
    "table.js",
    "start.js",
)

# The first three could begin or end a tag, a comment or a reference; the last two end a line in old JavaScript.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"}
_GAP = re.compile(r"\{\{([a-z]+)\}\}")


class Page(msgspec.Struct, frozen=True):
    """A page and the headers that it is to be sent with."""

    text: str
    headers: Mapping[str, str]


def report_page(report: Report, retrospect: Retrospect | None = None) -> Page:
    """Return *report* as a page, with what changed where *retrospect* is known.

    Without scripts it shows the counts and what failed, and why.
    """
    gaps = {
        "summary": _summary(report),
        "island": island({"report": report, "retrospect": retrospect}),
        "script": "\n".join(_file(name) for name in SCRIPTS),
    }
    return _page("report.html", gaps, title=f"Function Compute inventory: {report.status}")


def refusal_page(refusal: RequestError, request_id: str) -> Page:
    """Return what was wrong with a request as a page; it has no script."""
    shown = {
        "status": str(refusal.status),
        "field": refusal.field or "the request",
        "message": refusal.message,
        "request": request_id,
    }
    escaped = {name: html.escape(text) for name, text in shown.items()}
    return _page("refusal.html", escaped, title=f"Not answered: {refusal.status}")


def island(content: object) -> str:
    """Return *content* as JSON that can stand inside a script element, whatever text is in it.

    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    return msgspec.json.encode(content).decode().translate(_ESCAPES)


def _page(body: str, gaps: Mapping[str, str], *, title: str) -> Page:
    nonce = secrets.token_urlsafe(16)
    policy = _policy(nonce)
    frame = {
        "policy": html.escape(policy),
        "title": html.escape(title),
        "style": _file("page.css"),
        "body": _fill(_file(body), {**gaps, "nonce": nonce}),
        "nonce": nonce,
    }
    headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'", "referrer-policy": "no-referrer"}
    return Page(_fill(_file("frame.html"), frame), headers)


def _policy(nonce: str) -> str:
    """Return the policy without `frame-ancestors`, which counts only in a header (https://www.w3.org/TR/CSP3/)."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _summary(report: Report) -> str:
    """Return the counts, and a row for each place that is not complete, as HTML."""
    counts = msgspec.structs.asdict(report.summary)
    shown = "".join(f"<li>{name.replace('_', ' ')}: {count}</li>" for name, count in counts.items())
    rows = "".join(_row(outcome, outcome.error) for outcome in report.outcomes if outcome.error)
    head = "<tr><th>target</th><th>account</th><th>region</th><th>status</th><th>why</th><th>remedy</th></tr>"
    table = f"<h2>What is not complete</h2><table>{head}{rows}</table>" if rows else ""
    return f"<p>{report.generated_at}: <strong>{report.status}</strong></p><ul>{shown}</ul>{table}"


def _row(outcome: Outcome, error: Problem) -> str:
    why = f"{error.operation}: {error.category} ({error.side}): {error.message}"
    cells = (outcome.target, outcome.account_id, outcome.region, outcome.status, why, error.remedy)
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def _fill(template: str, gaps: Mapping[str, str]) -> str:
    """Return *template* with each `{{name}}` replaced; what is put in is not looked at again."""
    return _GAP.sub(lambda gap: gaps[gap[1]], template)


def _file(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")
