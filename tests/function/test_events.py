"""What an event asks for, told by its shape."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.errors import RequestError
from fc_inventory.events import METHODS, kind_of, parse_request
from fc_inventory.selectors import Request


def request_of(event: bytes | dict[str, Any]) -> Request:
    kind, content = kind_of(event if isinstance(event, bytes) else json.dumps(event).encode())
    return parse_request(kind, content)


def refusal_of(event: bytes | dict[str, Any]) -> tuple[int, str | None, str]:
    with pytest.raises(RequestError) as refusal:
        request_of(event)
    return refusal.value.status, refusal.value.field, refusal.value.message


def http_event(
    method: str = "GET", *, query: dict[str, str] | None = None, body: str = "", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "version": "v1",
        "rawPath": "/",
        "body": body,
        "isBase64Encoded": False,
        "headers": headers or {},
        "queryParameters": query or {},
        "requestContext": {"http": {"method": method, "path": "/"}, "requestId": "1-64f6cd87-5cbef92ea8fc"},
    }


@pytest.mark.parametrize("event", [b"", b"  \n", b"{}"])
def test_an_empty_event_asks_for_everything(event: bytes) -> None:
    """An empty event and an empty object select every target, as JSON."""
    assert request_of(event) == Request(kind="invoke")


def test_a_plain_event_is_the_selection_itself() -> None:
    """Every selector of a plain event arrives in the request; lists and comma-separated text mean the same."""
    request = request_of(
        {
            "targets": ["company-a", "company-c"],
            "regions": "cn-hangzhou, cn-shanghai",
            "tags": {"tier": "gold"},
            "service_prefix": "pay-",
            "format": "ndjson",
            "invocation_type": "Async",
        }
    )

    assert request == Request(
        kind="invoke",
        targets=("company-a", "company-c"),
        regions=("cn-hangzhou", "cn-shanghai"),
        tags=(("tier", "gold"),),
        service_prefix="pay-",
        format="ndjson",
        awaited=False,
    )


def test_a_timer_payload_is_a_selection_that_nobody_waits_for() -> None:
    """A timer's payload is JSON text; its invocation is asynchronous."""
    event = {"triggerTime": "2026-11-24T12:00:00Z", "triggerName": "nightly", "payload": '{"tags": {"tier": "gold"}}'}

    assert request_of(event) == Request(kind="timer", tags=(("tier", "gold"),), awaited=False)


def test_a_timer_without_payload_asks_for_everything() -> None:
    """FC sends an empty payload where none is configured."""
    event = {"triggerTime": "2026-11-24T12:00:00Z", "triggerName": "nightly", "payload": ""}

    assert request_of(event) == Request(kind="timer", awaited=False)


def test_an_http_query_selects() -> None:
    """A GET selects by its query string."""
    query = {"targets": "company-a,company-c", "tags": "tier:gold,env:prod", "regions": "cn-hangzhou", "format": "csv"}

    assert request_of(http_event(query=query)) == Request(
        kind="http",
        targets=("company-a", "company-c"),
        tags=(("tier", "gold"), ("env", "prod")),
        regions=("cn-hangzhou",),
        format="csv",
    )


@pytest.mark.parametrize("encode", [False, True])
def test_an_http_body_selects(encode: bool) -> None:
    """A POST selects by a JSON body, base64 or not."""
    text = '{"targets": ["company-a"]}'
    event = http_event("POST", body=base64.b64encode(text.encode()).decode() if encode else text)
    event["isBase64Encoded"] = encode

    assert request_of(event) == Request(kind="http", targets=("company-a",))


def test_a_head_request_asks_what_get_asks() -> None:
    """That its answer goes without a body is for whoever sends it."""
    assert request_of(http_event("HEAD")) == request_of(http_event("GET"))


def test_an_asynchronous_http_request_is_not_awaited() -> None:
    """The header X-Fc-Invocation-Type: Async tells that FC has already answered 202."""
    assert not request_of(http_event(headers={"X-Fc-Invocation-Type": "Async"})).awaited


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("application/x-ndjson, application/json;q=0.5", "ndjson"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("application/json, text/html", "json"),
        ("text/html;q=0.5, */*", "json"),
        ("text/html;q=0, text/*", "csv"),
        ("application/json;q=0, text/csv;q=0.1", "csv"),
    ],
)
def test_the_accept_header_chooses_the_form(accept: str, form: str) -> None:
    """The best liked of our media types wins; q=0 excludes."""
    assert request_of(http_event(headers={"Accept": accept})).format == form


def test_the_query_wins_over_the_accept_header() -> None:
    """?format= is the stronger word: a browser's Accept can't be chosen."""
    event = http_event(query={"format": "csv"}, headers={"Accept": "text/html"})

    assert request_of(event).format == "csv"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "get", ""])
def test_another_method_is_refused(method: str) -> None:
    """405 names the methods that are served."""
    with pytest.raises(RequestError) as refusal:
        request_of(http_event(method))

    assert refusal.value.status == 405
    assert refusal.value.headers == {"allow": ", ".join(METHODS)}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (b"{", (400, None, "expected an empty event or a JSON object, found text that is not JSON (Input data was truncated)")),
        (b"\xff\xfe", (400, None, "expected an empty event or a JSON object, found bytes that are not UTF-8 (at 0)")),
        (b'{"targets": "\xff"}', (400, None, "expected an empty event or a JSON object, found bytes that are not UTF-8 (at 13)")),
        (b"[]", (400, None, "expected an empty event or a JSON object, found a JSON list")),
        (b"null", (400, None, "expected an empty event or a JSON object, found a JSON NoneType")),
        (b"[" * 100_000, (400, None, "expected an empty event or a JSON object, found JSON nested too deeply")),
        ({"targets": 1}, (400, "targets", "expected `str | array`, got `int`")),
        ({"targets": ["a", 1]}, (400, "targets[1]", "expected `str`, got `int`")),
        ({"format": "xml"}, (400, "format", "expected json, csv, ndjson, html, found 'xml'")),
        ({"invocation_type": 1}, (400, "invocation_type", "expected Sync, Async, found 1")),
        ({"tags": "tier"}, (400, "tags", "expected KEY:VALUE pairs, separated by commas")),
        ({"service_prefix": "x" * 129}, (400, "service_prefix", "expected `str` of length <= 128")),
        (
            {"target": "company-a"},
            (400, "target", "unknown selector; known are targets, tags, regions, service_prefix, format, invocation_type, check, cursor"),
        ),
        (
            {"role_arn": "acs:ram::1:role/x"},
            (400, "role_arn", "a request selects among the configured targets; it can't bring a role, a policy or a host"),
        ),
        ({"version": "v1"}, (400, "version", "unknown selector; known are targets, tags, regions, service_prefix, format, invocation_type, check, cursor")),
        (
            {**http_event(), "triggerName": "x", "triggerTime": "y"},
            (400, None, "expected an HTTP event, a timer event or a selection, found an event that looks like the first two at once"),
        ),
        ({"triggerName": "x", "triggerTime": "y", "payload": [1]}, (400, "payload", "expected JSON text or nothing, found list")),
        ({"cursor": ""}, (400, "cursor", "expected the cursor of an earlier answer, found nothing: begin without it")),
        ({"triggerName": "x", "triggerTime": "y", "payload": "{"}, (400, "payload", "expected a JSON object, found text that is not JSON (Input data was truncated)")),
        ({**http_event("POST", body="eyJhIjoi/yJ9"), "isBase64Encoded": True}, (400, "body", "expected a JSON object, found bytes that are not UTF-8 (at 6)")),
        (http_event("POST", body="[]"), (400, "body", "expected a JSON object, found a JSON list")),
        (http_event("POST", body="x" * 70_000), (413, "body", "expected at most 65536 bytes, found 70000")),
        (http_event("POST", body="x" * 10_000_000), (413, "body", "expected at most 65536 bytes, found more")),
        ({**http_event("POST", body="%%%"), "isBase64Encoded": True}, (400, "body", "expected base64, as isBase64Encoded says, found something else")),
        ({**http_event("POST"), "body": 7}, (400, "body", "expected text, found int")),
        (http_event("POST", query={"targets": "a"}, body='{"targets": "b"}'), (400, "targets", "expected it in the query or in the body, found it in both")),
        ({**http_event(), "rawPath": "/favicon.ico"}, (404, None, "nothing is at /favicon.ico; the inventory is at /")),
        (http_event(headers={"Accept": "image/png"}), (406, None, "expected Accept to allow one of application/json, text/csv, application/x-ndjson, text/html, found image/png")),
        ({**http_event(), "queryParameters": {"targets": 1}}, (400, "queryParameters", "expected an object of texts")),
    ],
)  # fmt: skip
def test_a_wrong_event_is_refused_with_its_field(
    event: bytes | dict[str, Any], expected: tuple[int, str | None, str]
) -> None:
    """The refusal tells the status, the field, and what was expected and found."""
    assert refusal_of(event) == expected


EVENT_KEYS = [
    "version",
    "requestContext",
    "http",
    "method",
    "triggerName",
    "triggerTime",
    "payload",
    "body",
    "headers",
    "targets",
    "tags",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["v1", "GET", "POST"])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(EVENT_KEYS), inner), max_leaves=12
)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_event_is_a_request_or_a_refusal(event: bytes) -> None:
    """No event, however broken, raises anything but a refusal."""
    try:
        request = request_of(event)
    except RequestError as refusal:
        assert 400 <= refusal.status < 500
    else:
        assert request.format == "json"
