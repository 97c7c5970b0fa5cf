"""The log is what the process writes, between the platform's own lines."""

import re

from local.runtime.instance import Instance
from tests.runtime.running import REQUEST_ID, Start, call_of, credentials_of, function_of

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_log_lines_carry_time_request_id_and_level(start: Start) -> None:
    """Records from INFO on are written as ``<UTC time> <request id> [LEVEL] text``."""
    lines = start("logs").invoke(call_of()).log.decode().splitlines()

    assert lines[0] == f"FC Invoke Start RequestId: {REQUEST_ID}"
    assert re.fullmatch(rf"{STAMP} {REQUEST_ID} \[INFO\] shown 1", lines[1])
    assert re.fullmatch(rf"{STAMP} {REQUEST_ID} \[WARNING\] two", lines[2])
    assert lines[3:] == ["lines", f"FC Invoke End RequestId: {REQUEST_ID}"]


def test_a_record_is_cut_at_128_kilobytes(start: Start) -> None:
    """Longer records lose their end."""
    log = start("logs", handler="index.long").invoke(call_of()).log

    assert len(log.splitlines()[1]) == 128 * 1024


def test_both_streams_are_the_log_and_keep_their_order(start: Start) -> None:
    """What is printed goes out as it is."""
    log = start("prints").invoke(call_of()).log.decode()

    assert log == (
        f"FC Invoke Start RequestId: {REQUEST_ID}\n"
        "to stdout\n"
        "to stderr\n"
        f"no newlineFC Invoke End RequestId: {REQUEST_ID}\n"
    )


def test_a_flood_is_passed_on_whole_but_kept_in_part() -> None:
    """The sink sees every byte, the invocation the last megabyte, the answer's header the last 4 KB."""
    seen = bytearray()
    instance = Instance(function_of("prints", handler="index.a_lot"), credentials_of("start"), seen.extend)

    invocation = instance.invoke(call_of())
    instance.close()

    assert seen.count(b"x") == 3_000_000
    assert len(invocation.log) == 1024 * 1024
    assert len(invocation.log_tail) == 4 * 1024
    assert invocation.log_tail.endswith(f"FC Invoke End RequestId: {REQUEST_ID}\n".encode())


def test_each_event_has_its_own_log(start: Start) -> None:
    """The log of one event isn't repeated with the next."""
    instance = start("prints")

    first, second = instance.invoke(call_of(request_id="1-1-1-1")), instance.invoke(call_of(request_id="1-2-2-2"))

    assert b"1-1-1-1" in first.log
    assert b"1-1-1-1" not in second.log
