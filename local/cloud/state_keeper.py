"""Keeps the state file up to date while the cloud runs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from local.cloud.state_file import encode_state, write_state
from local.cloud.world import World

_SECONDS_BETWEEN_SAVES = 0.5


class StateKeeper:
    """Writes the state of *world* to the file at *path* when requests have changed it, twice a second at most."""

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._world = world
        self._written = b""
        self._touched = False

    def save(self) -> None:
        """Write the state if it is another one than last time; raises OSError."""
        self._touched = False
        state = encode_state(self._world)
        if state != self._written:
            write_state(self._path, state)
            self._written = state

    def watch(self, app: ASGIApp) -> ASGIApp:
        """Return *app* as one whose requests are followed by a look at the state."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            finally:
                self._touched = True

        return watched

    async def run(self) -> None:
        """Save when there was a request, until cancelled. A full disk is told, and tried again."""
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_SAVES)
            if self._touched:
                self._try_to_save()

    def _try_to_save(self) -> None:
        try:
            self.save()
        except OSError as error:
            self._touched = True
            sys.stderr.write(f"error: {self._path}: the state can't be written: {error.strerror}\n")
