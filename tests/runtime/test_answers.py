"""What a handler returns becomes bytes as on Function Compute."""

import json

import pytest

from tests.runtime.running import Start, call_of


@pytest.mark.parametrize(
    ("handler", "body"),
    [
        ("a_dict", b'{\n    "a": [\n        "\\u00e9"\n    ],\n    "b": 1\n}'),
        ("text", "plain é".encode()),
        ("some_bytes", b"\xff\x00"),
        ("nothing", b"null"),
    ],
)
def test_text_and_bytes_stay_and_all_else_is_indented_json_with_sorted_keys(
    start: Start, handler: str, body: bytes
) -> None:
    """Strings and bytes are sent as they are; anything else as JSON of four spaces and sorted keys."""
    invocation = start("returns", handler=f"index.{handler}").invoke(call_of())

    assert (invocation.body, invocation.error_type) == (body, None)


def test_decimals_dates_and_described_objects_have_a_json_form(start: Start) -> None:
    """Decimals become numbers, dates ISO 8601, objects what ``to_json()`` returns."""
    invocation = start("returns", handler="index.rich_values").invoke(call_of())

    assert json.loads(invocation.body) == [1.5, "2026-01-02", "2026-01-02T03:04:00", {"described": True}]


@pytest.mark.parametrize(("handler", "error_type"), [("a_set", "TypeError"), ("lone_surrogate", "UnicodeEncodeError")])
def test_a_value_without_a_form_is_a_function_error(start: Start, handler: str, error_type: str) -> None:
    """A value that can't be sent fails the invocation, not the instance."""
    instance = start("returns", handler=f"index.{handler}")

    invocation = instance.invoke(call_of())

    assert invocation.error_type == "UnhandledInvocationError"
    assert json.loads(invocation.body)["errorType"] == error_type
    assert instance.alive


@pytest.mark.parametrize("event", [b"", b"\xff not text", b"x" * 5_000_000])
def test_events_arrive_byte_for_byte(start: Start, event: bytes) -> None:
    """The handler gets the very bytes that were sent: none, no text, or many."""
    invocation = start("returns", handler="index.echo").invoke(call_of(event))

    assert invocation.body == event
