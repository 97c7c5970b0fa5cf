"""HTTP around the gateway: reads requests and hands their answers to delivery.

Starlette on uvicorn, h11.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from local.cloud.actions import BODY_LIMIT_BYTES
from local.cloud.control import Control
from local.cloud.delivery import TRANSPORT, deliver
from local.cloud.functions import http_front
from local.cloud.functions.http_front import answer_http_trigger
from local.cloud.gateway import Answer, Gateway
from local.cloud.http_request import HttpRequest
from local.cloud.request_target import in_origin_form
from local.cloud.resetting import Reset
from local.cloud.signin import answer_signin, is_for_signin

_HEAD_BYTES = 64 * 1024
_KEEP_ALIVE_SECONDS = 60
_PADDED_HOST = "local.padded_host"
_HOST_WITH_BLANKS = re.compile(rb"\r\nhost:[ \t]*([^\r\n]*[ \t])\r\n", re.IGNORECASE)


def make_app(gateway: Gateway, reset: Reset) -> Starlette:
    """Return the application: `/_local/…` is the cloud's own, everything else goes to the gateway."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        for_trigger = scope["path"].startswith(http_front.PREFIX)
        limit = http_front.body_limit_bytes if for_trigger else gateway.body_limit_bytes
        request = await _read_request(scope, receive, limit)
        if request is None:
            return
        await deliver(await _find_front(request)(gateway, request), scope, receive, send)

    app = Starlette(routes=Control(gateway, reset).routes(), exception_handlers={Exception: _fail})
    app.router.redirect_slashes = False
    app.router.default = answer
    return app


def _find_front(request: HttpRequest) -> Callable[[Gateway, HttpRequest], Awaitable[Answer]]:
    """Return what answers *request*: the API gateway, but for what no API is."""
    if request.path.startswith(http_front.PREFIX):
        return answer_http_trigger
    return answer_signin if is_for_signin(request) else Gateway.answer


async def serve(app: ASGIApp, listener: socket.socket, ended: asyncio.Event) -> None:
    """Serve connections from *listener* until *ended*; those that are still open then are dropped."""
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        proxy_headers=False,  # a client must not choose the address that `acs:SourceIp` sees
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        access_log=False,
        log_config=None,
        log_level="error",
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(config, state, {}, loop), sock=listener)
    await ended.wait()
    server.close()
    for connection in list(state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)  # lets the connections learn of it
    if state.tasks:
        await asyncio.wait(state.tasks)


async def _fail(_request: Request, _error: Exception) -> Response:
    """Answer as Function Compute does where the cloud itself is broken.

    Uvicorn logs the cause, the client doesn't learn it.
    """
    message = "an internal error has occurred. Please retry."
    return JSONResponse({"Code": "InternalServerError", "Message": message}, 500)


async def _read_request(scope: Scope, receive: Receive, find_limit: Callable[[HttpRequest], int]) -> HttpRequest | None:
    """Return the request with its whole body; None where the client leaves in the middle of it.

    Of a body over the limit only as much is kept as shows that it is over.
    """
    head = _make_request(scope, b"")
    limit_bytes = BODY_LIMIT_BYTES
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        if len(body) <= limit_bytes < len(body) + len(part):
            limit_bytes = max(limit_bytes, find_limit(head))
        if len(body) <= limit_bytes:
            body += part
        more = message.get("more_body", False)
    return replace(head, body=bytes(body)) if body else head


def _make_request(scope: Scope, body: bytes) -> HttpRequest:
    return HttpRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(_headers(scope)),
        body=body,
        client_ip=scope["client"][0] if scope["client"] else "",
    )


def _headers(scope: Scope) -> Iterator[tuple[str, str]]:
    padded_host = scope["extensions"][_PADDED_HOST]
    if padded_host:
        yield "host", padded_host
    for name, value in scope["headers"]:
        if not (padded_host and name == b"host"):
            yield name.decode("latin-1"), value.decode("latin-1")


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1 connection, which tells the application two more things.

    Its transport, which a fault may have to drop; and a `Host` that ends in blanks: h11 removes them as HTTP wants, but
    a host name with a tab behind it (one SDK has such a one) finds no real server, so it must find none here.
    """

    padded_host = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn declares no narrower one
        """Wrap the application for this connection."""
        super().connection_made(transport)
        app: ASGIApp = self.config.loaded_app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            found = in_origin_form(scope)
            padded_host = self.padded_host if found is scope else ""
            await app({**found, "extensions": {TRANSPORT: transport, _PADDED_HOST: padded_host}}, receive, send)

        self.app = with_transport

    def data_received(self, data: bytes) -> None:
        """Look at the head of a request before h11 does."""
        if self.conn.their_state is h11.IDLE:
            found = _HOST_WITH_BLANKS.search(data.partition(b"\r\n\r\n")[0] + b"\r\n")
            self.padded_host = found[1].decode("latin-1") if found else ""
        super().data_received(data)
