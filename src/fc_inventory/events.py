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
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fc_inventory.errors import RequestError
from fc_inventory.media import MEDIA_TYPES, Format, negotiate
from fc_inventory.redaction import one_line

Kind = Literal["http", "timer", "invoke"]

MAX_SELECTION_BYTES = 64 * 1024
METHODS = ("GET", "HEAD", "POST")
STEPS = ("plan", "shard", "merge")
# Who may read the inventory need not see how accounts trust each other, nor make entries in the customers' audit logs.
NO_CHECK_HERE = "a check answers only plain invocations, such as s invoke -e '{\"check\": true}'"

Names = str | list[str]


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request may choose among the configured targets, as JSON object or query string.

    Attributes:
        targets: names of targets, a list or one text separated by commas; all when left out.
        tags: tags that a target must carry, all of them.
        regions: regions, a list or one text separated by commas; all of the target's when left out.
        service_prefix: list only services whose name begins so, with their functions.
        format: form of the answer.
        invocation_type: `Async` tells that nobody waits for the answer (FC does not tell a function so).
        check: examine the way to each target link by link, instead of listing it.
        cursor: go on where an earlier answer stopped; it brings its own selection.
    """

    targets: Names = ""
    tags: dict[str, str] | str = ""
    regions: Names = ""
    service_prefix: Annotated[str, Meta(max_length=128)] = ""
    format: Format = "json"
    invocation_type: Literal["Sync", "Async"] = "Sync"
    check: bool = False
    cursor: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One invocation, understood.

    Attributes:
        kind: which way it came in, which decides the shape of the answer.
        targets: names of the wanted targets; empty for all.
        tags: (key, value) pairs that a target must carry.
        regions: the wanted regions; empty for all.
        service_prefix: how the wanted services' names begin; empty for all.
        format: form of the answer.
        awaited: False where nobody waits for the answer, so that total failure must be raised to be noticed.
        head: True for an HTTP HEAD, whose answer has no body.
        check: True where the way to the targets is to be examined, instead of listing them.
        cursor: where to go on; empty for a beginning.
    """

    kind: Kind
    targets: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    regions: tuple[str, ...] = ()
    service_prefix: str = ""
    format: Format = "json"
    awaited: bool = True
    head: bool = False
    check: bool = False
    cursor: str = ""


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


def is_head(content: dict[str, Any]) -> bool:
    """Tell whether an event of kind `http` is a HEAD request, whose answer has no body, not even of a refusal."""
    around = content.get("requestContext")
    http = around.get("http") if isinstance(around, dict) else None
    return isinstance(http, dict) and http.get("method") == "HEAD"


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
        return _request(kind, _json_selection(payload.encode(errors="replace"), "payload"), awaited=False)
    return _request(kind, content)


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
    return _request("http", chosen, awaited=not asynchronous, head=method == "HEAD")


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


def _selection(content: dict[str, Any]) -> Selection:
    for name in ("role_arn", "external_id", "policy", "endpoint"):
        if name in content:
            raise RequestError(
                "a request selects among the configured targets; it can't bring a role, a policy or a host", field=name
            )
    known = Selection.__struct_fields__
    for name in content:
        if name not in known:
            raise RequestError(f"unknown selector; known are {', '.join(known)}", field=one_line(name, 60))
    try:
        return msgspec.convert(content, Selection)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$.")
        raise RequestError(
            one_line(what[:1].lower() + what[1:], 200), field=one_line(at.rstrip("`"), 60) or None
        ) from None


def _request(kind: Kind, chosen: dict[str, Any], *, awaited: bool = True, head: bool = False) -> Request:
    if kind != "invoke" and "check" in chosen:
        raise RequestError(NO_CHECK_HERE, field="check")
    selection = _selection(chosen)
    _refuse_what_a_check_ignores(selection)
    _refuse_what_a_cursor_brings(selection)
    return Request(
        kind=kind,
        targets=_names(selection.targets),
        tags=_tags(selection.tags),
        regions=_names(selection.regions),
        service_prefix=selection.service_prefix,
        format=selection.format,
        awaited=awaited and selection.invocation_type == "Sync",
        head=head,
        check=selection.check,
        cursor=selection.cursor,
    )


def _refuse_what_a_check_ignores(selection: Selection) -> None:
    """Raise RequestError: a selector that changes nothing would look as if it had."""
    for field, chosen in (("service_prefix", selection.service_prefix), ("format", selection.format != "json")):
        if selection.check and chosen:
            raise RequestError("a check looks at whole targets and answers as JSON", field=field)


def _refuse_what_a_cursor_brings(selection: Selection) -> None:
    """Raise RequestError for a selector beside a cursor: which of the two counts would be anybody's guess."""
    for field in ("targets", "tags", "regions", "service_prefix", "check"):
        if selection.cursor and getattr(selection, field):
            raise RequestError("a cursor goes on with the selection that it began with", field=field)


def _names(value: Names) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _tags(value: dict[str, str] | str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return tuple(value.items())
    pairs = [part.partition(":") for part in _names(value)]
    if any(not colon or not key for key, colon, _ in pairs):
        raise RequestError("expected KEY:VALUE pairs, separated by commas", field="tags")
    return tuple((key, tag) for key, _, tag in pairs)


def _text_map(event: dict[str, Any], field: str) -> dict[str, str]:
    value = event.get(field) or {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise RequestError("expected an object of texts", field=field)
    return value
