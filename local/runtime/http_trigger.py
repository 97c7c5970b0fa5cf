"""The HTTP trigger of FC 3.0's built-in runtimes: request → event, the handler's answer → response.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .function import Function

MAX_HEADERS_BYTES = 8 * 1024
MAX_TARGET_BYTES = 4 * 1024
_NOT_FOR_FUNCTIONS = {"connection", "keep-alive"}
_NOT_FROM_FUNCTIONS = _NOT_FOR_FUNCTIONS | {"content-length", "date", "server", "upgrade"}
_TEXT_TYPES = (
    "text/",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/xml",
    "application/javascript",
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MIN_STATUS, _MAX_STATUS = 200, 599


class BadResponseError(Exception):
    """The handler's answer can't be made an HTTP response; FC answers 502 ``BadResponse``."""


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire: *path* and *query* still URL-encoded, *headers* in order with repetitions."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class HttpResponse:
    """What the trigger sends back."""

    status: int
    headers: dict[str, str]
    body: bytes


def http_event(request: HttpRequest, function: Function, request_id: str) -> bytes:
    """Return the event, version ``v1``, that *function* gets for *request*."""
    headers = _join_repeated((_canonical(name), value) for name, value in request.headers if _may_enter(name))
    body, is_base64 = _event_body(request.body, headers.get("Content-Type", ""))
    now = datetime.now(timezone.utc)
    domain_prefix = f"{function.name}-local"
    event = {
        "version": "v1",
        "rawPath": request.path,
        "body": body,
        "isBase64Encoded": is_base64,
        "headers": headers,
        "queryParameters": _join_repeated(parse_qsl(request.query, keep_blank_values=True)),
        "requestContext": {
            "accountId": function.account_id,
            "domainName": f"{domain_prefix}.{function.region}.fcapp.run",
            "domainPrefix": domain_prefix,
            "http": {
                "method": request.method,
                "path": unquote(request.path),
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                "userAgent": headers.get("User-Agent", ""),
            },
            "requestId": request_id,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "timeEpoch": str(int(now.timestamp() * 1000)),
        },
    }
    return json.dumps(event).encode()


def http_response(answer: bytes) -> HttpResponse:
    """Return the response for what the handler answered: ``{"statusCode", "headers", "isBase64Encoded", "body"}``.

    Any other JSON is sent as it is with status 200, anything else as bytes (both unverified).

    Raises:
        BadResponseError: the envelope has a wrong status, wrong headers or a broken body.
    """
    try:
        envelope = json.loads(answer)
    except ValueError:
        return HttpResponse(200, {"content-type": "application/octet-stream"}, answer)
    if not isinstance(envelope, dict) or "statusCode" not in envelope:
        return HttpResponse(200, {"content-type": "application/json"}, answer)
    return HttpResponse(_status(envelope["statusCode"]), _response_headers(envelope), _response_body(envelope))


def _may_enter(name: str) -> bool:
    return name.lower() not in _NOT_FOR_FUNCTIONS and not name.lower().startswith("x-fc-")


def _canonical(name: str) -> str:
    """Return *name* as Go's net/http spells it: ``accept-encoding`` → ``Accept-Encoding``."""
    return "-".join(part.capitalize() for part in name.split("-"))


def _join_repeated(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _event_body(body: bytes, content_type: str) -> tuple[str, bool]:
    """Return the body as text, or as base64 when its type is binary; which types count as text is unverified."""
    kind = content_type.lower().partition(";")[0].strip()
    if not kind or kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml")):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _status(value: Any) -> int:
    if type(value) is not int or not _MIN_STATUS <= value <= _MAX_STATUS:
        raise BadResponseError(f"statusCode must be an integer from {_MIN_STATUS} to {_MAX_STATUS}, found {value!r}")
    return value


def _response_headers(envelope: dict[str, Any]) -> dict[str, str]:
    """Return the handler's headers without the platform's own (that it drops those is unverified)."""
    headers = envelope.get("headers")
    if headers is None:
        headers = {}
    if not isinstance(headers, dict) or not all(_is_header(name, value) for name, value in headers.items()):
        raise BadResponseError("headers must be an object of strings that HTTP allows")
    if sum(len(f"{name}{value}".encode()) for name, value in headers.items()) > MAX_HEADERS_BYTES:
        raise BadResponseError(f"headers have more than {MAX_HEADERS_BYTES} bytes")
    return {
        name: value for name, value in headers.items() if _may_enter(name) and name.lower() not in _NOT_FROM_FUNCTIONS
    }


def _is_header(name: str, value: Any) -> bool:
    return isinstance(value, str) and bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))


def _response_body(envelope: dict[str, Any]) -> bytes:
    body = envelope.get("body", "")
    if not isinstance(body, str):
        raise BadResponseError(f"body must be a string, found {type(body).__name__}")
    if not envelope.get("isBase64Encoded"):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise BadResponseError(f"body is not base64: {error}") from error
