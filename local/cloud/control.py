"""The cloud's own endpoints under `/_local/`, which Alibaba Cloud doesn't have.

Only for clients that know they talk to this machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud.clock import to_wire
from local.cloud.control_bodies import (
    RequestFilter,
    ServiceSession,
    describe_force,
    describe_request,
    read_body,
    read_query,
)
from local.cloud.decoding import Decoder
from local.cloud.errors import Refusal
from local.cloud.fault import read_fault
from local.cloud.fault_actions import find_missing_action
from local.cloud.faults import ForceOfFault
from local.cloud.functions import code_url
from local.cloud.gateway import Gateway
from local.cloud.http_request import LOOPBACK_NAMES, host_name
from local.cloud.resetting import Reset
from local.cloud.service_sessions import issue_service_session

_NO_CONTENT = 204
_SERVICE_SESSION, _REQUEST_FILTER = Decoder(ServiceSession), Decoder(RequestFilter)


class Control:
    """What the endpoints do; each method answers one, and raises Refusal."""

    def __init__(self, gateway: Gateway, reset: Reset) -> None:
        self._gateway = gateway
        self._reset = reset

    def routes(self) -> list[Route]:
        """Return the routes under `/_local/`."""
        return [
            _route("GET", "/_local/health", self.health),
            _route("POST", "/_local/service-sessions", self.open_service_session),
            _route("POST", "/_local/faults", self.add_fault),
            _route("GET", "/_local/faults", self.list_faults),
            _route("DELETE", "/_local/faults", self.clear_faults),
            _route("GET", "/_local/faults/{id}", self.show_fault),
            _route("DELETE", "/_local/faults/{id}", self.remove_fault),
            _route("GET", "/_local/requests", self.list_requests),
            _route("DELETE", "/_local/requests", self.clear_requests),
            _route("GET", code_url.ROUTE, self.download_code),
            _route("POST", "/_local/reset", self.start_anew),
        ]

    async def health(self, _request: Request) -> Response:
        """Say that the cloud runs."""
        return JSONResponse({"status": "ok"})

    async def open_service_session(self, request: Request) -> Response:
        """Assume a role as a cloud service does, such as FC with a function's execution role."""
        wanted = await read_body(request, _SERVICE_SESSION.decode)
        session = issue_service_session(
            self._gateway.world,
            wanted.role_arn,
            service=wanted.service,
            session_name=wanted.session_name,
            now=self._gateway.clock(),
        )
        return JSONResponse(
            {
                "access_key_id": session.access_key_id,
                "access_key_secret": session.secret,
                "security_token": session.token,
                "expiration": to_wire(session.expires),
            }
        )

    async def add_fault(self, request: Request) -> Response:
        """Put a fault into force; answers its id."""
        fault = await read_body(request, read_fault)
        expected = find_missing_action(fault)
        if expected:
            raise Refusal(400, "InvalidArgument", f"action: found {fault.action!r}, expected {expected}")
        return JSONResponse({"id": self._gateway.faults.add(fault)}, 201)

    async def list_faults(self, _request: Request) -> Response:
        """Show the faults in force, and how often each has hit."""
        return JSONResponse({"faults": [describe_force(force) for force in self._gateway.faults]})

    async def show_fault(self, request: Request) -> Response:
        """Show one fault."""
        return JSONResponse(describe_force(self._find_fault(request)))

    async def remove_fault(self, request: Request) -> Response:
        """Put one fault out of force."""
        self._gateway.faults.remove(self._find_fault(request).fault_id)
        return Response(status_code=_NO_CONTENT)

    async def clear_faults(self, _request: Request) -> Response:
        """Put all faults out of force."""
        self._gateway.faults.clear()
        return Response(status_code=_NO_CONTENT)

    async def list_requests(self, request: Request) -> Response:
        """Show the recorded requests, oldest first."""
        wanted = read_query(request, _REQUEST_FILTER)
        found = [describe_request(recorded) for recorded in self._gateway.requests if wanted.wants(recorded)]
        return JSONResponse({"requests": found})

    async def clear_requests(self, _request: Request) -> Response:
        """Forget the recorded requests."""
        self._gateway.requests.clear()
        return Response(status_code=_NO_CONTENT)

    async def download_code(self, request: Request) -> Response:
        """Hand out the code of a function to whoever has the URL."""
        address = code_url.CodeAddress(*(request.path_params[name] for name in ("account", "region", "function")))
        query = request.query_params
        zipped = address.open(self._gateway.platform, query.get("Expires", ""), query.get("Signature", ""))
        return Response(zipped, media_type="application/zip")

    async def start_anew(self, _request: Request) -> Response:
        """Go back to the state of the start."""
        self._reset()
        return Response(status_code=_NO_CONTENT)

    def _find_fault(self, request: Request) -> ForceOfFault:
        fault_id = request.path_params["id"]
        found = self._gateway.faults.find(fault_id)
        if found is None:
            raise Refusal(404, "FaultNotFound", f"there is no fault {fault_id!r}")
        return found


Handler = Callable[[Request], Awaitable[Response]]


def _route(method: str, path: str, handler: Handler) -> Route:
    async def answer(request: Request) -> Response:
        try:
            _check_sender(request)
            return await handler(request)
        except Refusal as refusal:
            return JSONResponse({"code": refusal.code, "message": refusal.message}, refusal.status)

    return Route(path, answer, methods=[method])


def _check_sender(request: Request) -> None:
    """Raise Refusal for a request that was addressed to another host, or sent by a web page of another one.

    A web page must not reach in, by DNS rebinding or otherwise.
    """
    origin = request.headers.get("origin")
    named = host_name(origin.partition("://")[2]) if origin is not None else "localhost"
    if not {host_name(request.headers.get("host", "")), named} <= LOOPBACK_NAMES:
        raise Refusal(403, "Forbidden", "/_local/ answers only to the hosts 127.0.0.1 and localhost")
