"""What is typed on the command line becomes the event of the chosen trigger."""

import io
import json
import sys
from pathlib import Path

import pytest

from local.runtime.errors import HarnessError
from local.runtime.events import build_event, read_event
from tests.runtime.running import REQUEST_ID, function_of

EVENTS = Path(__file__).parents[2] / "events"


def build(kind: str, given: bytes | None, query: str = "") -> bytes:
    """Return the event of *kind* for the function of these tests."""
    return build_event(kind, given, function_of("http"), query=query, request_id=REQUEST_ID)


@pytest.mark.parametrize("given", [b"", b"not JSON", b'{"targets": ["a"]}', b"\xff"])
def test_a_plain_event_is_passed_on_as_it_is(given: bytes) -> None:
    """Function Compute takes any bytes; what they mean is the function's business."""
    assert build("invoke", given) == given


def test_no_plain_event_is_an_empty_one() -> None:
    """`s invoke` without an event sends no body."""
    assert build("invoke", None) == b""


def test_a_json_event_is_the_body_of_a_post() -> None:
    """``--kind http`` wraps what is given in FC 3.0's event, version v1."""
    event = json.loads(build("http", b'{"targets": "company-a"}'))

    assert event["body"] == '{"targets": "company-a"}'
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["headers"]["Content-Type"] == "application/json"
    assert event["requestContext"]["requestId"] == REQUEST_ID


def test_a_query_alone_is_a_get() -> None:
    """Without an event there is no body to post."""
    event = json.loads(build("http", None, "targets=company-a&format=csv"))

    assert event["queryParameters"] == {"targets": "company-a", "format": "csv"}
    assert (event["requestContext"]["http"]["method"], event["body"]) == ("GET", "")


@pytest.mark.parametrize("kind", ["http", "timer"])
def test_a_whole_event_is_passed_on_as_it_is(kind: str) -> None:
    """The sample events are recognised by their shape."""
    event = (EVENTS / f"{kind}.json").read_bytes()

    assert build(kind, event) == event


@pytest.mark.parametrize("given", [b'{"tags": {"tier": "gold"}}', b"any text", b"[1]"])
def test_an_event_for_a_timer_is_its_payload(given: bytes) -> None:
    """The payload is a string, JSON or not."""
    event = json.loads(build("timer", given))

    assert (event["payload"], event["triggerName"]) == (given.decode(), "timer")
    assert set(event) == {"triggerTime", "triggerName", "payload"}


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("http", b"{", "the event is not JSON (Expecting property name enclosed in double quotes: line 1 column 2"),
        ("http", b"\xff", "the event is not UTF-8 text: byte 0"),
        ("timer", b"\xff", "the event is not UTF-8 text: byte 0"),
    ],
)
def test_an_event_that_cannot_be_wrapped_is_refused(kind: str, given: bytes, message: str) -> None:
    """The message says what is wrong and where."""
    with pytest.raises(HarnessError) as refused:
        build(kind, given)

    assert str(refused.value).startswith(message)


def test_an_event_comes_from_text_file_or_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All three ways give the same bytes."""
    (tmp_path / "event").write_text("{}")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))

    events = [read_event("{}", None), read_event(None, tmp_path / "event"), read_event(None, Path("-"))]

    assert events == [b"{}"] * 3


def test_no_event_is_not_an_empty_event() -> None:
    """Nothing given stays apart from an empty text."""
    assert (read_event(None, None), read_event("", None)) == (None, b"")


@pytest.mark.parametrize(
    ("text", "file", "message"),
    [
        ("{}", "x.json", "--event and --event-file exclude each other"),
        (None, "no/such.json", "--event-file no/such.json: No such file or directory"),
        (None, "/", "--event-file /: Is a directory"),
        (None, "-", "--event-file -: nothing came on standard input"),
        ("x" * (32 * 1024 * 1024 + 1), None, "the event has 33554433 bytes, Function Compute takes 33554432"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str | None, file: str | None, message: str
) -> None:
    """Both ways at once, missing files, an empty standard input and oversized events each get one clear line."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))

    with pytest.raises(HarnessError) as refused:
        read_event(text, None if file is None else Path(file))

    assert str(refused.value) == message
