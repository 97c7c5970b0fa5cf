"""The HTTP trigger's event and response are FC 3.0's."""

import base64
import json

import pytest

from local.runtime.http_trigger import BadResponseError, HttpRequest, HttpResponse, http_event, http_response
from tests.runtime.running import REQUEST_ID, function_of


def event_of(request: HttpRequest) -> dict[str, object]:
    """Return the event for *request*, parsed."""
    event: dict[str, object] = json.loads(http_event(request, function_of("http"), REQUEST_ID))
    return event


def test_the_event_has_every_field_of_version_v1() -> None:
    """All values are text but ``isBase64Encoded``; the raw path stays encoded, the path beside the method is decoded."""
    headers = [("user-agent", "curl/8"), ("accept-encoding", "gzip")]

    event = event_of(HttpRequest("GET", "/a%20b", "x=1&x=2&y=%C3%A9&z=", headers, b"", "10.0.0.1"))

    context = event.pop("requestContext")
    assert isinstance(context, dict)
    time, time_epoch = context.pop("time"), context.pop("timeEpoch")
    assert (len(time), time[-1], len(time_epoch)) == (20, "Z", 13)
    assert event == {
        "version": "v1",
        "rawPath": "/a%20b",
        "body": "",
        "isBase64Encoded": False,
        "headers": {"User-Agent": "curl/8", "Accept-Encoding": "gzip"},
        "queryParameters": {"x": "1,2", "y": "é", "z": ""},
    }
    assert context == {
        "accountId": "1345678901234567",
        "domainName": "tested-local.cn-hangzhou.fcapp.run",
        "domainPrefix": "tested-local",
        "http": {
            "method": "GET",
            "path": "/a b",
            "protocol": "HTTP/1.1",
            "sourceIp": "10.0.0.1",
            "userAgent": "curl/8",
        },
        "requestId": REQUEST_ID,
    }


def test_repeated_headers_are_joined_and_the_platforms_own_are_left_out() -> None:
    """``x-fc-*`` and connection headers don't reach a function."""
    headers = [("x-a", "1"), ("X-A", "2"), ("X-Fc-Request-Id", "forged"), ("connection", "close")]

    assert event_of(HttpRequest(headers=headers))["headers"] == {"X-A": "1,2"}


@pytest.mark.parametrize(
    ("content_type", "body", "is_base64"),
    [
        ("application/json; charset=utf-8", "é".encode(), False),
        ("application/problem+json", b"{}", False),
        ("text/plain", b"text", False),
        ("", b"text", False),
        ("image/png", b"text", True),
        ("application/octet-stream", b"text", True),
        ("text/plain", b"\xff", True),
    ],
)
def test_binary_bodies_are_base64(content_type: str, body: bytes, *, is_base64: bool) -> None:
    """A body is text when its type says so and it is UTF-8; else it is base64, and the event says so."""
    event = event_of(HttpRequest("POST", headers=[("Content-Type", content_type)], body=body))

    expected = base64.b64encode(body).decode() if is_base64 else body.decode()
    assert (event["body"], event["isBase64Encoded"]) == (expected, is_base64)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        (
            {"statusCode": 404, "headers": {"a": "b"}, "isBase64Encoded": False, "body": "é"},
            HttpResponse(404, {"a": "b"}, "é".encode()),
        ),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "/wA="}, HttpResponse(200, {}, b"\xff\x00")),
        ({"statusCode": 200}, HttpResponse(200, {}, b"")),
        ({"other": 1}, HttpResponse(200, {"content-type": "application/json"}, b'{"other": 1}')),
    ],
)
def test_an_answer_becomes_a_response(answer: dict[str, object], response: HttpResponse) -> None:
    """The envelope's parts are the response's; JSON without a status is the body."""
    assert http_response(json.dumps(answer).encode()) == response


def test_an_answer_that_is_no_json_is_the_body() -> None:
    """Text and bytes are sent as they are."""
    assert http_response(b"\xff") == HttpResponse(200, {"content-type": "application/octet-stream"}, b"\xff")


def test_headers_that_belong_to_the_platform_are_dropped() -> None:
    """A function can't set ``x-fc-*``, ``date``, ``server`` and the connection's headers."""
    dropped = ("X-Fc-Request-Id", "Date", "Server", "Connection", "Keep-Alive", "Upgrade", "Content-Length")
    headers = dict.fromkeys((*dropped, "X-Mine"), "1")

    assert http_response(json.dumps({"statusCode": 200, "headers": headers}).encode()).headers == {"X-Mine": "1"}


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "200"},
        {"statusCode": True},
        {"statusCode": 99},
        {"statusCode": 600},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"n": 1}},
        {"statusCode": 200, "headers": {"n": "x" * 9000}},
        {"statusCode": 200, "headers": {"n": "a\r\nSet-Cookie: b"}},
        {"statusCode": 200, "headers": {"n n": "a"}},
        {"statusCode": 200, "headers": {"n": "\u4e2d"}},
        {"statusCode": 200, "body": {}},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
    ],
)
def test_a_broken_envelope_is_a_bad_response(answer: dict[str, object]) -> None:
    """Wrong status, headers or body can't be sent."""
    with pytest.raises(BadResponseError):
        http_response(json.dumps(answer).encode())
