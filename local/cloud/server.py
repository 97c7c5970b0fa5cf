"""The local cloud as an object: a server in a thread of its own, on loopback only."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from local.cloud.clock import utc_now
from local.cloud.faults import Faults
from local.cloud.functions.host import FunctionHost
from local.cloud.functions.timers import run_timers
from local.cloud.gateway import Gateway
from local.cloud.recording import RecordedRequest
from local.cloud.resetting import Reset
from local.cloud.serving import make_app, serve
from local.cloud.state_keeper import StateKeeper
from local.cloud.world import World

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from typing_extensions import Self

_LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_NOT_RUNNING = "the local cloud is not running"


class LocalCloud:
    """A running local Alibaba Cloud.

        with LocalCloud(load_world()) as cloud:
            ...  # clients talk to cloud.url; cloud.world, cloud.faults and cloud.requests are live

    `port` 0 takes a free one. `clock` gives aware times; dates of requests are checked against it. `host` runs
    functions; without one they can be deployed, not invoked. `state_file` is where the state is kept up to date for
    the next start (see `load_state`).
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        host: FunctionHost | None = None,
        state_file: Path | None = None,
    ) -> None:
        self._gateway = Gateway(world, clock, host=host)
        self._gateway.faults.begin(world.faults)
        self._keeper = StateKeeper(state_file, world) if state_file else None
        self._wanted_port = port
        self._listener: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    @property
    def world(self) -> World:
        """The state; changes take effect at the next request."""
        return self._gateway.world

    @property
    def faults(self) -> Faults:
        """The faults in force."""
        return self._gateway.faults

    @property
    def requests(self) -> list[RecordedRequest]:
        """All requests so far, oldest first; may be cleared."""
        return self._gateway.requests

    @property
    def url(self) -> str:
        """The base URL, `http://127.0.0.1:PORT`; raises RuntimeError before the start and after the stop."""
        if self._listener is None:
            raise RuntimeError(_NOT_RUNNING)
        return f"http://{_LOOPBACK}:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        """Listen and serve; connections are taken from the moment that this returns.

        Raises OSError where the port is taken or the state file can't be written.
        """
        self._reset = Reset(self._gateway)
        if self._keeper:
            self._keeper.save()
        self._listener = listen(self._wanted_port)
        self._ended = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._gateway.platform.open(self.url)
        running = self._run(self._listener)
        self._thread = Thread(target=self._loop.run_until_complete, args=(running,), name="local-cloud", daemon=True)
        self._thread.start()

    async def _run(self, listener: socket.socket) -> None:
        platform = self._gateway.platform
        platform.start(run_timers(platform))
        app: ASGIApp = make_app(self._gateway, self._reset)
        if self._keeper:
            platform.start(self._keeper.run())
            app = self._keeper.watch(app)
        await asyncio.gather(serve(app, listener, self._ended), platform.close_after(self._ended))

    def reset(self) -> None:
        """Go back to the state of the start: world, faults and keys; no request is recorded any more.

        Raises RuntimeError before the start and after the stop.
        """
        if self._loop is None:
            raise RuntimeError(_NOT_RUNNING)
        asyncio.run_coroutine_threadsafe(self._go_back(), self._loop).result()

    async def _go_back(self) -> None:
        self._reset()

    def stop(self) -> None:
        """Stop serving and free the port; calls that are still waiting are dropped. Stopping twice is no error.

        Raises OSError where the state can't be written any more.
        """
        if self._thread and self._loop and self._listener:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()
            self._loop.close()
            self._listener.close()
            self._thread = self._loop = self._listener = None
            if self._keeper:
                self._keeper.save()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def listen(port: int) -> socket.socket:
    """Return a socket that listens on *port* of loopback; raises OSError."""
    # asyncio turns Nagle's algorithm off only for sockets that name TCP; with it on, each answer would wait 40 ms for
    # an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
