"""What the page is made of, before any browser sees it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.errors import RequestError
from fc_inventory.page import FILES, SCRIPTS, Page, island, refusal_page, report_page
from fc_inventory.report import Report
from fc_inventory.rules import RULES
from tests.page.worlds import HOSTILE

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HOSTILE)
ERROR = {
    "category": "trust_denied",
    "side": "account_a",
    "operation": "AssumeRole",
    "message": "no",
    "remedy": "Ask the customer.",
}


class Parts(HTMLParser):
    """Counts the start tags of a page, and keeps what stands in its scripts and what is plain text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; no element of the page has a handler or a style of its own."""
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        """Note the text, that of scripts apart."""
        (self.scripts if self.tags and self.tags[-1] == "script" else self.texts).append(data)


def report_of(foreign: str, *, failed: bool = False) -> Report:
    """Return a report in which every text that can be foreign is *foreign*."""
    error = {**ERROR, "message": foreign, "code": foreign, "remedy": foreign} if failed else None
    function = {
        "fc_version": "v3",
        "function_name": foreign,
        "runtime": foreign,
        "description": foreign,
        "tags": {foreign: foreign},
    }
    outcome: dict[str, Any] = {
        "target": foreign,
        "account_id": "1234567890123456",
        "account_alias": foreign,
        "tags": {foreign: foreign},
        "region": "cn-hangzhou",
        "role_arn": "acs:ram::1234567890123456:role/r",
        "role_session_name": "s",
        "status": "failed" if failed else "complete",
        "error": error,
        "coverage": [],
        "services": None if failed else [{"service_name": foreign, "description": foreign}],
        "functions": None if failed else [function],
    }
    summary = dict.fromkeys(
        ("targets", "outcomes", "complete", "partial", "failed", "services", "functions_v2", "functions_v3"), 1
    )
    head = {"request_id": "1-1", "generated_at": "2026-11-24T12:00:00Z", "duration_ms": 1, "status": outcome["status"]}
    finding = {**dict.fromkeys(("target", "account_id", "region", "service_name", "function_name"), foreign)}
    told = {
        "rule": "role_missing",
        "fc_version": "v2",
        "evidence": {foreign: foreign},
        "why": foreign,
        "remedy": foreign,
    }
    findings = [{**finding, **told, "source": foreign}]
    gaps = [{"rules": ["role_missing"], "reason": foreign, "target": foreign, "region": foreign}]
    parts = {"summary": summary, "outcomes": [outcome], "findings": findings, "not_evaluated": gaps}
    return msgspec.convert({**head, **parts}, Report)


@given(st.recursive(TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=8))
def test_no_text_leaves_the_island(content: object) -> None:
    """Whatever is in the data, the island has none of the characters that mean something to HTML, and is the data."""
    text = island(content)

    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == content


@given(TEXT, st.booleans())
def test_no_foreign_text_is_markup(foreign: str, failed: bool) -> None:
    """Names, descriptions, messages and remedies add no tag and no attribute to the page, and end no element."""
    harmless = Parts(report_page(report_of("x", failed=failed)).text)

    page = Parts(report_page(report_of(foreign, failed=failed)).text)

    assert page.tags == harmless.tags
    (data,) = [script for script in page.scripts if script.startswith("{")]
    assert msgspec.convert(json.loads(data)["report"], Report) == report_of(foreign, failed=failed)


@given(TEXT)
def test_no_refused_text_is_markup(foreign: str) -> None:
    """What was wrong with a request is shown as text."""
    page = Parts(refusal_page(RequestError(foreign, field=foreign or None), foreign).text)

    assert page.tags == Parts(refusal_page(RequestError("x"), "y").text).tags
    assert page.scripts == []


@pytest.mark.parametrize("page", [report_page(report_of("x")), refusal_page(RequestError("x"), "y")], ids=["report", "refusal"])  # fmt: skip
def test_the_policy_lets_only_this_pages_own_script_and_style_run(page: Page) -> None:
    """Header and page carry the same policy; every script and style has its nonce, and nothing comes from elsewhere."""
    policy = page.headers["content-security-policy"]
    nonce = re.findall(r"script-src 'nonce-([\w-]{22})'", policy)[0]

    assert policy == (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'"
    )
    assert policy.removesuffix("; frame-ancestors 'none'").replace("'", "&#x27;") in page.text
    assert re.findall(r"<(?:style|script)(?! type=\"application/json\")[^>]*>", page.text) == [
        tag.format(nonce)
        for tag in ('<style nonce="{}">', '<script type="module" nonce="{}">')
        if tag.startswith("<style") or "module" in page.text
    ]
    assert re.findall(r"(?:src|href)=\"(?!data:|\?|#|/\")[^\"]*\"|url\(|@import|{{", page.text) == []
    assert page.headers["referrer-policy"] == "no-referrer"


def test_every_answer_has_a_nonce_of_its_own() -> None:
    """A nonce that is used twice could be known before."""
    first, second = (report_page(report_of("x")).headers["content-security-policy"] for _ in range(2))

    assert first != second


def test_the_scripts_make_no_markup() -> None:
    """Nothing in them turns text into markup or code, loads anything, or keeps anything."""
    source = "\n".join((FILES / name).read_text(encoding="utf-8") for name in SCRIPTS)

    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|eval\(|Function\(|</script", source)
        == []
    )
    assert re.findall(r"fetch\(|XMLHttp|WebSocket|import\(|Storage|cookie|setTimeout\(\s*[\"'`]", source) == []


def test_every_rule_has_a_name_for_readers() -> None:
    """What the rules are called in the report stands in words on the page."""
    source = (FILES / "findings.js").read_text(encoding="utf-8")
    names = source.partition("const RULES = {")[2].partition("};")[0]

    assert re.findall(r"^  (\w+): \"", names, re.MULTILINE) == list(RULES)


def test_every_file_of_the_page_is_used() -> None:
    """What ships is what is shown."""
    assert {path.name for path in FILES.iterdir()} == {
        *SCRIPTS,
        "frame.html",
        "report.html",
        "refusal.html",
        "page.css",
    }
