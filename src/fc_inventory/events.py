"""What invoked the function, and what is asked: three kinds of event, one `Request`. Pure.

An event is told apart by its shape alone, and one that fits two shapes or none is refused:
- HTTP trigger of FC 3.0: `version` is `v1` and `requestContext.http` is there
  (https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function);
- timer trigger: `triggerName` and `triggerTime`, with the selection as JSON text in `payload`
  (https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/time-triggers);
- plain invocation (`s invoke`, console, SDK): empty, or a JSON object that is the selection itself.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec

from fc_inventory.errors import RequestError
from fc_inventory.media import MEDIA_TYPES, negotiate
from fc_inventory.redaction import one_line
from fc_inventory.selectors import Kind, Request, make_request

MAX_SELECTION_BYTES = 64 * 1024
METHODS = ("GET", "HEAD", "POST")
STEPS = ("plan", "shard", "merge")


def kind_of(event: bytes) -> tuple[Kind, dict[str, Any]]:
    """Return which way *event* came in, and its JSON object ({} for an empty event). Raises RequestError otherwise."""
    if not event.strip():
        return "invoke", {}
    try:
        content = msgspec.json.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"expected an empty event or a JSON object, found {_broken(event, error)}") from None
    if not isinstance(content, dict):
        raise RequestError(f"expected an empty event or a JSON object, found a JSON {type(content).__name__}")
    is_http = (
        content.get("version") == "v1"
        and isinstance(content.get("requestContext"), dict)
        and "http" in content["requestContext"]
    )
    is_timer = "triggerName" in content and "triggerTime" in content
    if is_http and is_timer:
        raise RequestError(
            "expected an HTTP event, a timer event or a selection, found an event that looks like the first two at once"
        )
    return ("http" if is_http else "timer" if is_timer else "invoke"), content


def is_step(kind: Kind, content: dict[str, Any]) -> bool:
    """Tell whether an event is a step of a flow; like a check, a step comes only by a plain invocation."""
    return kind == "invoke" and not content.keys().isdisjoint(STEPS)


def wants_page(content: dict[str, Any]) -> bool:
    """Tell whether an event of kind `http` asks for HTML, as a browser does, be it otherwise right or wrong."""
    try:
        query = _text_map(content, "queryParameters")
        return bool(_http_form(content, query if query.get("format") in MEDIA_TYPES else {}) == "html")
    except RequestError:
        return False


def parse_request(kind: Kind, content: dict[str, Any]) -> Request:
    """Return what is asked by an event of *kind*. Raises RequestError naming the field that is wrong."""
    if kind == "http":
        return _parse_http(content)
    if kind == "timer":
        payload = content.get("payload") or ""
        if not isinstance(payload, str):
            raise RequestError(f"expected JSON text or nothing, found {type(payload).__name__}", field="payload")
        return make_request(kind, _json_selection(payload.encode(errors="replace"), "payload"), awaited=False)
    return make_request(kind, content)


def _parse_http(event: dict[str, Any]) -> Request:
    http = event["requestContext"]["http"]
    method = http.get("method") if isinstance(http, dict) else None
    if method not in METHODS:
        raise RequestError(
            f"expected {', '.join(METHODS)}, found {one_line(str(method), 20)}",
            status=405,
            headers={"allow": ", ".join(METHODS)},
        )
    path = str(event.get("rawPath") or "/")
    if path != "/":
        raise RequestError(f"nothing is at {one_line(path, 100)}; the inventory is at /", status=404)
    query = _text_map(event, "queryParameters")
    body = _json_selection(_body(event), "body") if method == "POST" else {}
    twice = sorted(query.keys() & body.keys())
    if twice:
        raise RequestError("expected it in the query or in the body, found it in both", field=twice[0])
    chosen = {**query, **body}
    chosen["format"] = _http_form(event, chosen)
    asynchronous = _headers(event).get("x-fc-invocation-type", "").lower() == "async"
    return make_request("http", chosen, awaited=not asynchronous)


def _http_form(event: dict[str, Any], chosen: Mapping[str, Any]) -> Any:
    """Return the form that is chosen by name, be it one that there is or not, else the one that `Accept` likes best."""
    return chosen["format"] if "format" in chosen else negotiate(_headers(event).get("accept", ""))


def _headers(event: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in _text_map(event, "headers").items()}


def _body(event: dict[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not isinstance(body, str):
        raise RequestError(f"expected text, found {type(body).__name__}", field="body")
    if len(body) > MAX_SELECTION_BYTES * 2:
        raise RequestError(f"expected at most {MAX_SELECTION_BYTES} bytes, found more", status=413, field="body")
    if not event.get("isBase64Encoded"):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise RequestError("expected base64, as isBase64Encoded says, found something else", field="body") from None


def _json_selection(text: bytes, field: str) -> dict[str, Any]:
    if len(text) > MAX_SELECTION_BYTES:
        raise RequestError(f"expected at most {MAX_SELECTION_BYTES} bytes, found {len(text)}", status=413, field=field)
    if not text.strip():
        return {}
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"expected a JSON object, found {_broken(text, error)}", field=field) from None
    if not isinstance(content, dict):
        raise RequestError(f"expected a JSON object, found a JSON {type(content).__name__}", field=field)
    return content


def _broken(text: bytes, error: Exception) -> str:
    try:
        text.decode()
    except UnicodeDecodeError as undecodable:
        return f"bytes that are not UTF-8 (at {undecodable.start})"
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    return f"text that is not JSON ({one_line(str(error), 100)})"


def _text_map(event: dict[str, Any], field: str) -> dict[str, str]:
    value = event.get(field) or {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise RequestError("expected an object of texts", field=field)
    return value
