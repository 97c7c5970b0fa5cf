"""The instances of one function as it is now: each answers one event at a time, so events that come together need many.

An instance that answered is kept warm; it ends when it fails, when it was idle for long, or when the pool is retired.
"""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import HarnessError
from .instance import Call, Instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from .function import Function
    from .invocation import Invocation


class NoInstanceError(HarnessError):
    """As many events are being answered as there may be instances."""


class InstancePool:
    """Up to *limit* instances of the function that *prepare* returns when the first is needed.

    The function's code directory belongs to the pool and goes with it.
    """

    def __init__(self, prepare: Callable[[], Function], *, limit: int, log_sink: Callable[[bytes], None]) -> None:
        self._prepare = prepare
        self._preparing = threading.Lock()
        self._function: Function | None = None
        self._limit = limit
        self._log_sink = log_sink
        self._lock = threading.Lock()
        self._idle: list[tuple[Instance, float]] = []
        self._busy: set[Instance] = set()
        self._taken = 0
        self._retired = False

    def invoke(self, call: Call) -> Invocation:
        """Deliver an event to a warm instance, or to a new one.

        Raises:
            NoInstanceError: all instances that there may be are busy.
            HarnessError: no process can be started, or the pool was retired; and what *prepare* raises.
        """
        instance = self._take()
        try:
            if instance is None:
                instance = self._start(call)
                failure = instance.initialize(replace(call, event=b""))
                if failure:
                    return failure
            return instance.invoke(call)
        finally:
            self._give_back(instance)

    def end_idle(self, idle_seconds: float) -> None:
        """End the instances that were idle for *idle_seconds*."""
        oldest = time.monotonic() - idle_seconds
        with self._lock:
            ended = [instance for instance, since in self._idle if since <= oldest]
            self._idle = [(instance, since) for instance, since in self._idle if since > oldest]
        for instance in ended:
            instance.close()

    def retire(self) -> None:
        """End idle instances now, busy ones when their event ends; nothing new is started."""
        with self._lock:
            self._retired = True
        self.end_idle(0)
        self._remove_code()

    def kill(self) -> None:
        """End all instances at once, in the middle of an event if need be."""
        self.retire()
        with self._lock:
            busy = list(self._busy)
        for instance in busy:
            instance.kill()

    def _take(self) -> Instance | None:
        """Return a warm instance, or None where one has to be started."""
        with self._lock:
            if self._retired:
                raise HarnessError("the function was changed or deleted, or the cloud is ending")
            if self._taken >= self._limit:
                raise NoInstanceError(f"all {self._limit} instances of the function are busy")
            self._taken += 1
            while self._idle:
                instance, _ = self._idle.pop()
                if instance.alive:
                    self._busy.add(instance)
                    return instance
            return None

    def _start(self, call: Call) -> Instance:
        with self._preparing:
            if self._function is None:
                self._function = self._prepare()
        instance = Instance(self._function, call.credentials, self._log_sink)
        with self._lock:
            self._busy.add(instance)
            retired = self._retired
        if retired:
            instance.kill()
        return instance

    def _give_back(self, instance: Instance | None) -> None:
        with self._lock:
            self._taken -= 1
            if instance:
                self._busy.discard(instance)
            kept = instance is not None and instance.alive and not self._retired
            if instance and kept:
                self._idle.append((instance, time.monotonic()))
        if instance and not kept:
            instance.close()
        self._remove_code()

    def _remove_code(self) -> None:
        """Remove the code directory of a retired pool once nobody needs it."""
        with self._lock:
            unused = self._retired and not self._taken
        if unused and self._function:
            shutil.rmtree(self._function.code_directory, ignore_errors=True)
