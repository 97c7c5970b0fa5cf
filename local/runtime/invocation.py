"""The result of one invocation, and the errors that the platform writes when the process can't."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

UNHANDLED = "UnhandledInvocationError"
INITIALIZATION = "InitializationError"
LOG_TAIL_BYTES = 4 * 1024


@dataclass(frozen=True)
class Invocation:
    """What became of one event: the answer's bytes, or FC's error body and its type (``x-fc-error-type``)."""

    request_id: str
    instance_id: str
    body: bytes = field(repr=False)
    error_type: str | None
    log: bytes = field(repr=False)
    duration_milliseconds: int
    max_memory_megabytes: float

    @property
    def log_tail(self) -> bytes:
        """The last 4 KB of the log, as ``x-fc-log-result`` carries them."""
        return self.log[-LOG_TAIL_BYTES:]


def timeout_error(seconds: float, max_memory_megabytes: float, phase: str) -> bytes:
    """Return the body for a function that was killed: FC's text for handlers; that for initializers is unverified."""
    subject = "Function" if phase == "Invoke" else "Function initialization"
    return _error(f"{subject} timed out after {seconds:g} seconds (maxMemoryUsage: {max_memory_megabytes:.2f}MB)")


def exit_error(duration_milliseconds: int, max_memory_megabytes: float) -> bytes:
    """Return the body for a process that ended by itself; seen at https://github.com/aliyun/fc-go-sdk/issues/5 ."""
    usage = f"duration: {duration_milliseconds}ms, maxMemoryUsage: {max_memory_megabytes:.2f}MB"
    return _error(f"Process exited unexpectedly before completing request ({usage})")


def _error(message: str) -> bytes:
    return json.dumps({"errorMessage": message}).encode()
