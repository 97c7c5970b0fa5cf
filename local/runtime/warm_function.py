"""A function kept warm: one instance, started when it is needed, replaced when it died or when its code changed."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from .identifiers import new_request_id
from .instance import Call, Instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import Credentials
    from .function import Function
    from .invocation import Invocation


class WarmFunction:
    """Invoke *function*, one event at a time: requests that come together wait for each other.

    *assume_role* is called with the request id for every event and returns fresh keys, so that the context's keys are
    always newer than those in the environment of a warm process. *log_sink* gets the function's log while it is
    written.
    """

    def __init__(
        self, function: Function, assume_role: Callable[[str], Credentials], log_sink: Callable[[bytes], None]
    ) -> None:
        self.function = function
        self._assume_role = assume_role
        self._log_sink = log_sink
        self._lock = threading.Lock()
        self._instance: Instance | None = None
        self._running_code = ""

    @property
    def code_checksum(self) -> str:
        """A number that changes with the code. On FC it is the CRC-64 of the uploaded archive; here there is none."""
        return str(int(self._running_code[:16] or "0", 16))

    def invoke(self, event: bytes, *, request_id: str | None = None) -> Invocation:
        """Deliver *event*; the function's failures are in the `Invocation`.

        Raises:
            HarnessError: the execution role can't be assumed, or no process can be started.
        """
        with self._lock:
            request_id = request_id or new_request_id()
            call = Call(request_id, self._assume_role(request_id), event)
            instance, failure = self._warm_instance(call)
            return failure or instance.invoke(call)

    def close(self) -> None:
        """End the instance, in the middle of an event if need be."""
        if self._instance:
            self._instance.kill()
        with self._lock:
            if self._instance:
                self._instance.close()

    def _warm_instance(self, call: Call) -> tuple[Instance, Invocation | None]:
        """Return a live instance of the code as it is now; or one that failed to initialize, and its failure."""
        code = fingerprint(self.function)
        if self._instance and self._instance.alive and code == self._running_code:
            return self._instance, None
        if self._instance:
            self._instance.close()
        self._instance = Instance(self.function, call.credentials, self._log_sink)
        self._running_code = code
        return self._instance, self._instance.initialize(replace(call, event=b""))


def fingerprint(function: Function) -> str:
    """Return a hexadecimal digest over names, sizes and times of the function's files, byte code left out."""
    digest = hashlib.sha256()
    for path in (*sorted(function.code_directory.rglob("*")), *function.watched_files):
        if path.is_file() and path.suffix != ".pyc":
            status = path.stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
