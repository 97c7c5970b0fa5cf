"""Turn what was typed on the command line into the bytes of an event."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from .errors import HarnessError
from .http_trigger import HttpRequest, http_event
from .timer_trigger import timer_event

if TYPE_CHECKING:
    from pathlib import Path

    from .function import Function

KINDS = ("invoke", "http", "timer")
MAX_EVENT_BYTES = 32 * 1024 * 1024


def read_event(text: str | None, file: Path | None) -> bytes | None:
    """Return the event given as *text* or in *file* (``-``: standard input), None when there is neither.

    Raises:
        HarnessError: both are given, the file can't be read, standard input is empty, or the event is larger than FC
        takes.
    """
    if text is not None and file is not None:
        raise HarnessError("--event and --event-file exclude each other")
    if file is None:
        event = None if text is None else text.encode(errors="surrogateescape")
    else:
        event = _read_standard_input() if str(file) == "-" else _read_file(file)
    if event is not None and len(event) > MAX_EVENT_BYTES:
        raise HarnessError(f"the event has {len(event)} bytes, Function Compute takes {MAX_EVENT_BYTES}")
    return event


def build_event(kind: str, given: bytes | None, function: Function, *, query: str, request_id: str) -> bytes:
    """Return the event of *kind* around what was *given*, for the request with *request_id*.

    ``invoke`` passes it on as it is. ``timer`` makes it the payload and ``http`` the JSON body of a POST (no event: a
    GET with *query*); an event that already has the trigger's own shape is passed on as it is.

    Raises:
        HarnessError: *kind* is ``http`` or ``timer`` and the event can't be wrapped.
    """
    if kind == "invoke":
        return given or b""
    if kind == "timer":
        return given if given and _is_timer_event(given) else timer_event(_text(given or b""))
    if given is not None and _is_http_event(given):
        return given
    request = HttpRequest(query=query, headers=_HEADERS)
    if given is not None:
        json_type = ("Content-Type", "application/json")
        request = HttpRequest(method="POST", query=query, headers=(*_HEADERS, json_type), body=given)
    return http_event(request, function, request_id)


_HEADERS = (("Accept", "*/*"), ("User-Agent", "fc-inventory-local"))


def _read_standard_input() -> bytes:
    event = sys.stdin.buffer.read()
    if not event:
        raise HarnessError("--event-file -: nothing came on standard input")
    return event


def _read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise HarnessError(f"--event-file {file}: {error.strerror}") from error


def _text(event: bytes) -> str:
    try:
        return event.decode()
    except UnicodeDecodeError as error:
        raise HarnessError(f"the event is not UTF-8 text: byte {error.start}") from error


def _is_http_event(event: bytes) -> bool:
    value = _parse(event)
    return isinstance(value, dict) and value.get("version") == "v1" and "requestContext" in value


def _is_timer_event(event: bytes) -> bool:
    try:
        value = json.loads(event)
    except ValueError:
        return False
    return isinstance(value, dict) and {"triggerTime", "triggerName"} <= value.keys()


def _parse(event: bytes) -> Any:
    try:
        return json.loads(_text(event))
    except ValueError as error:
        raise HarnessError(
            f"the event is not JSON ({error}); --kind http takes a JSON body or a whole HTTP event"
        ) from error
