"""One instance: a process that holds the function's code and answers one event at a time.

Function Compute's built-in runtimes have no instance concurrency, so neither has this.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

from .environment import process_environment
from .errors import HarnessError
from .identifiers import new_instance_id
from .inside.memory import peak_memory_bytes
from .invocation import INITIALIZATION, UNHANDLED, Invocation, exit_error, timeout_error
from .log import InstanceLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import Credentials
    from .function import Function

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
GRACE_SECONDS = 2
REPLY_BYTES = 4096


@dataclass(frozen=True)
class Call:
    """One delivery of an event, with the keys of the moment; *retry_count* failed deliveries came before it."""

    request_id: str
    credentials: Credentials
    event: bytes = b""
    retry_count: int = 0


class Instance:
    """A process of *function*, started with *credentials* in its environment; *log_sink* gets what it writes."""

    def __init__(self, function: Function, credentials: Credentials, log_sink: Callable[[bytes], None]) -> None:
        self.instance_id = new_instance_id()
        self.alive = True
        self._function = function
        self._control, theirs = Pipe()
        log_read, log_write = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - running the user's function is the purpose
                [function.python, "-u", str(BOOTSTRAP), str(theirs.fileno()), function.runtime],
                stdin=subprocess.DEVNULL,
                stdout=log_write,
                stderr=log_write,
                cwd=function.code_directory,
                env=process_environment(function, credentials, self.instance_id, os.environ),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            os.close(log_read)
            self._control.close()
            raise HarnessError(f"can't start {function.python} in {function.code_directory}: {error}") from error
        finally:
            theirs.close()
            os.close(log_write)
        self._log = InstanceLog(log_read, log_sink)

    def initialize(self, call: Call) -> Invocation | None:
        """Call the initializer, if any; return its failure, which ends the instance, or None."""
        if self._function.initializer is None:
            return None
        invocation = self._deliver(
            "Initialize", self._function.initializer, call, self._function.initializer_timeout_seconds
        )
        if invocation.error_type is None:
            return None
        self.close()
        return invocation

    def invoke(self, call: Call) -> Invocation:
        """Call the handler with ``call.event``; an instance that times out or exits is dead afterwards."""
        return self._deliver("Invoke", self._function.handler, call, self._function.timeout_seconds)

    def kill(self) -> None:
        """Kill the process and everything it started; an event that it is working on then ends as an exit."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process and everything it started."""
        if self.alive:
            self._reap()

    def _deliver(self, phase: str, handler: str, call: Call, timeout_seconds: float) -> Invocation:
        self._log.begin(f"FC {phase} End RequestId: {call.request_id}".encode())
        started = time.monotonic()
        # Should the process stop in the middle of an answer, or write something else there, it ends as by itself.
        watchdog = threading.Timer(timeout_seconds + GRACE_SECONDS, self.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._send(phase, handler, call)
            if self._control.poll(timeout_seconds):
                reply, body = json.loads(self._control.recv_bytes(REPLY_BYTES)), self._control.recv_bytes()
                return self._finish(phase, call, started, (body, reply["succeeded"], reply["max_memory_bytes"] / 2**20))
        except (EOFError, OSError, ValueError, TypeError, KeyError):
            return self._finish_dead(phase, call, started, None)
        finally:
            watchdog.cancel()
        return self._finish_dead(phase, call, started, timeout_seconds)

    def _send(self, phase: str, handler: str, call: Call) -> None:
        function = self._function
        context = {
            "request_id": call.request_id,
            "credentials": asdict(call.credentials),
            "function": {
                "name": function.name,
                "handler": handler,
                "memory_megabytes": function.memory_megabytes,
                "timeout_seconds": f"{function.timeout_seconds:g}",
            },
            "region": function.region,
            "account_id": function.account_id,
            "retry_count": str(call.retry_count) if call.retry_count else None,
        }
        self._control.send_bytes(json.dumps({"phase": phase, "handler": handler, "context": context}).encode())
        self._control.send_bytes(call.event)

    def _finish_dead(self, phase: str, call: Call, started: float, timeout_seconds: float | None) -> Invocation:
        """Answer for a process that exited (no *timeout_seconds*) or must be killed, with the platform's own error."""
        duration_milliseconds = round((time.monotonic() - started) * 1000)
        memory = self._reap()
        if timeout_seconds is None:
            body = exit_error(duration_milliseconds, memory)
        else:
            body = timeout_error(timeout_seconds, memory, phase)
        self._log.finish()
        # That the platform's error ends this line, as "Unhandled function error" does, is unverified.
        self._log.add(f"FC {phase} End RequestId: {call.request_id}, Error: {json.loads(body)['errorMessage']}")
        return self._finish(phase, call, started, (body, False, memory))

    def _finish(self, phase: str, call: Call, started: float, reply: tuple[bytes, bool, float]) -> Invocation:
        body, succeeded, memory = reply
        error_type = INITIALIZATION if phase == "Initialize" else UNHANDLED
        return Invocation(
            call.request_id,
            self.instance_id,
            body,
            None if succeeded else error_type,
            self._log.finish(),
            round((time.monotonic() - started) * 1000),
            memory,
        )

    def _reap(self) -> float:
        """Kill the process group, wait for its leader and return the most memory that it held, in MB."""
        held = peak_memory_bytes(self._process.pid)
        self.kill()
        self.alive = False
        self._control.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return (held or usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)) / 2**20
