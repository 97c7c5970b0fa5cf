"""The ways into a served function over HTTP: its HTTP trigger, and Function Compute's own InvokeFunction.

Who may invoke is not imitated: neither the trigger's ``authType`` nor the signature of InvokeFunction is checked, and
whoever reaches the loopback port is let in. What the function itself may do is decided by the local cloud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from local.cloud.request_target import OriginForm

from .errors import HarnessError, RoleRefusedError
from .events import MAX_EVENT_BYTES
from .http_trigger import (
    MAX_HEADERS_BYTES,
    MAX_TARGET_BYTES,
    BadResponseError,
    HttpRequest,
    http_event,
    http_response,
)
from .identifiers import new_request_id
from .invoke_function import answer_invocation, refusal_of
from .refusals import refuse

if TYPE_CHECKING:
    from starlette.requests import Request

    from .invocation import Invocation
    from .warm_function import WarmFunction

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
_NO_BODY = {204, 304}


class FrontDoor:
    """Deliver requests to *warm*: one at a time, for a built-in runtime has no instance concurrency."""

    def __init__(self, warm: WarmFunction) -> None:
        self._warm = warm

    def app(self) -> Starlette:
        """Return the ASGI application: ``/2023-03-30/…`` is the API, every other path the HTTP trigger."""
        invocations = "/2023-03-30/functions/{name}/invocations"
        return Starlette(
            routes=[
                Route(invocations, self.invoke_function, methods=["POST"]),
                Route("/2023-03-30/{rest:path}", self.refuse_path, methods=METHODS),
                Route("/{path:path}", self.http_trigger, methods=METHODS),
            ],
            middleware=[Middleware(OriginForm)],
        )

    async def http_trigger(self, request: Request) -> Response:
        """Make the request an event and the handler's answer a response."""
        request_id = new_request_id()
        if refusal := _trigger_refusal(request, request_id):
            return refusal
        body = await _read_body(request)
        if body is None:
            return refuse(400, "InvalidArgument", _too_large(), request_id)
        event = http_event(_as_sent(request, body), self._warm.function, request_id)
        invocation = await self._invoke(event, request_id)
        return invocation if isinstance(invocation, Response) else _trigger_response(invocation)

    async def invoke_function(self, request: Request) -> Response:
        """Deliver the body as it is: ``InvokeFunction``, ``Sync``."""
        request_id = new_request_id()
        if refusal := refusal_of(request, self._warm.function.name, request_id):
            return refusal
        body = await _read_body(request)
        if body is None:
            return refuse(400, "EntityTooLarge", _too_large(), request_id)
        invocation = await self._invoke(body, request_id)
        if isinstance(invocation, Response):
            return invocation
        return answer_invocation(invocation, self._warm.code_checksum, log_type=request.headers.get("x-fc-log-type"))

    async def refuse_path(self, request: Request) -> Response:
        """Refuse the other calls of the API; they belong to the local cloud."""
        message = f"'{request.method}' against '{request.url.path}' is not supported"
        return refuse(400, "PathNotSupported", message, new_request_id())

    async def _invoke(self, event: bytes, request_id: str) -> Invocation | Response:
        try:
            return await run_in_threadpool(self._warm.invoke, event, request_id=request_id)
        except RoleRefusedError as error:
            return refuse(403, "AccessDenied", str(error), request_id)
        except HarnessError as error:
            return refuse(500, "InternalServerError", str(error), request_id)


def _trigger_refusal(request: Request, request_id: str) -> Response | None:
    if request.headers.get("x-fc-invocation-type", "Sync") != "Sync":
        message = "asynchronous invocations are not imitated yet: leave x-fc-invocation-type out"
        return refuse(400, "InvalidArgument", message, request_id)
    if sum(len(name) + len(value) for name, value in request.headers.raw) > MAX_HEADERS_BYTES:
        return refuse(400, "InvalidArgument", f"headers exceed {MAX_HEADERS_BYTES} bytes", request_id)
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MAX_TARGET_BYTES:
        return refuse(400, "InvalidArgument", f"path and query exceed {MAX_TARGET_BYTES} bytes", request_id)
    return None


def _as_sent(request: Request, body: bytes) -> HttpRequest:
    """Return the request as it came: raw path and query, headers with their repetitions."""
    return HttpRequest(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        query=request.scope["query_string"].decode("latin-1"),
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
        body=body,
        source_ip=request.client.host if request.client else "",
    )


async def _read_body(request: Request) -> bytes | None:
    """Return the body, chunked or not; None as soon as it is larger than FC takes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_EVENT_BYTES:
            return None
    return bytes(body)


def _too_large() -> str:
    return f"payload size exceeds maximum allowed size ({MAX_EVENT_BYTES} bytes)"


def _trigger_response(invocation: Invocation) -> Response:
    """Return the handler's own response; 502 for a function that failed (which 5xx it is on FC 3.0 is unverified)."""
    headers = {"x-fc-request-id": invocation.request_id}
    if invocation.error_type:
        headers |= {"x-fc-error-type": invocation.error_type, "content-type": "application/json"}
        return Response(invocation.body, 502, headers)
    try:
        response = http_response(invocation.body)
    except BadResponseError as error:
        return refuse(502, "BadResponse", str(error), invocation.request_id)
    body = b"" if response.status in _NO_BODY else response.body
    return Response(body, response.status, {**response.headers, **headers})
