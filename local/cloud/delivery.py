"""An answer on its way to the client, and what faults do to it and to the connection."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from email.utils import formatdate
from typing import cast

from starlette.types import Message, Receive, Scope, Send

from local.cloud.fault import Fault
from local.cloud.gateway import Answer

TRANSPORT = "local.transport"
_SLICES_PER_SECOND = 10


async def deliver(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send *answer*, with whatever its fault does to it; a client that leaves meanwhile ends it."""
    if answer.fault is None:
        await send(_start(answer))
        await send({"type": "http.response.body", "body": answer.body})
        return
    delay_seconds = _delay_seconds(answer.fault)
    if delay_seconds and await _has_left(receive, delay_seconds):
        return
    transport = cast("asyncio.Transport", scope["extensions"][TRANSPORT])
    if answer.status == 0:
        _reset(transport)
        await _has_left(receive)
        return
    await send(_start(answer))
    await _send_body(answer, answer.fault, receive, send)
    if answer.fault.truncate:
        transport.close()
        await _has_left(receive)


async def _send_body(answer: Answer, fault: Fault, receive: Receive, send: Send) -> None:
    body = answer.body[: len(answer.body) // 2] if fault.truncate else answer.body
    if fault.bytes_per_second:
        size = max(1, fault.bytes_per_second // _SLICES_PER_SECOND)
        for at in range(0, len(body), size):
            await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
            if await _has_left(receive, size / fault.bytes_per_second):
                return
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": fault.truncate})


def _delay_seconds(fault: Fault) -> float:
    if fault.delay_seconds_max is None:
        return fault.delay_seconds
    return random.uniform(fault.delay_seconds, fault.delay_seconds_max)  # noqa: S311 - no secret


def _start(answer: Answer) -> Message:
    headers = {"date": formatdate(usegmt=True), "content-length": str(len(answer.body)), **answer.headers}
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": pairs}


def _reset(transport: asyncio.Transport) -> None:
    """Close the connection so that the client sees a reset: without lingering, the kernel sends RST instead of FIN."""
    connection = cast("socket.socket", transport.get_extra_info("socket"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _has_left(receive: Receive, seconds: float | None = None) -> bool:
    """Wait until the connection is closed, *seconds* at most; tell whether it was."""
    try:
        message = await asyncio.wait_for(receive(), seconds)
    except asyncio.TimeoutError:
        return False
    return bool(message["type"] == "http.disconnect")
