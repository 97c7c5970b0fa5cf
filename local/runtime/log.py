"""The log of an instance: everything its process writes to stdout and stderr."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024


class InstanceLog:
    """Read *descriptor* to its end in a thread of its own; all goes to *sink*, each request's last 1 MB is kept.

    A process that prints without end is therefore never blocked, and never fills this one's memory.
    """

    def __init__(self, descriptor: int, sink: Callable[[bytes], None]) -> None:
        self._descriptor = descriptor
        self._sink = sink
        self._kept = bytearray()
        self._marker = b""
        self._complete = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True, name="instance-log").start()

    def begin(self, end_marker: bytes) -> None:
        """Start a request whose last line will contain *end_marker*."""
        with self._lock:
            self._kept.clear()
            self._marker = end_marker
            self._complete.clear()

    def finish(self, *, timeout_seconds: float = 2) -> bytes:
        """Return the request's log once its last line has come, the process has ended, or the time is over."""
        self._complete.wait(timeout_seconds)
        with self._lock:
            return bytes(self._kept)

    def add(self, line: str) -> None:
        """Write a line of the platform's own."""
        self._take(f"{line}\n".encode())

    def _read(self) -> None:
        with os.fdopen(self._descriptor, "rb", buffering=0) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._take(chunk)
        self._complete.set()

    def _take(self, chunk: bytes) -> None:
        self._sink(chunk)
        with self._lock:
            searched_from = max(0, len(self._kept) - len(self._marker))
            self._kept += chunk
            if self._marker and self._kept.find(self._marker, searched_from) >= 0:
                self._complete.set()
            del self._kept[:-KEPT_BYTES]
