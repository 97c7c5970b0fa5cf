"""Serve an application on a loopback port until the user ends it."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from .errors import HarnessError

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"


def open_port(port: int) -> socket.socket:
    """Return a socket that listens on loopback; port 0 takes a free one.

    Raises:
        HarnessError: the port is taken or not allowed.
    """
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise HarnessError(f"--port {port}: {error}; choose another one, or 0 for any free one") from error


def serve_until_stopped(app: Starlette, listener: socket.socket) -> None:
    """Answer requests until Ctrl-C or SIGTERM; both then unwind the caller's ``with`` blocks."""
    config = uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False, timeout_graceful_shutdown=1)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
