"""The cloud's own endpoints under `/_local/`, which Alibaba Cloud doesn't have.

Only for clients that know they talk to this machine.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cloud.clock import to_wire
from local.cloud.gateway import Gateway
from local.cloud.http_request import LOOPBACK_NAMES, host_name
from local.cloud.policy import Question, Verdict, evaluate
from local.cloud.world import Account, Role, lasts_until


class ServiceSession(msgspec.Struct, forbid_unknown_fields=True):
    """What `/_local/service-sessions` takes.

    A cloud service assumes a role, as FC does with a function's execution role.
    """

    role_arn: str
    service: str
    session_name: str


def control_routes(gateway: Gateway) -> list[Route]:
    """Return the routes under `/_local/`."""

    async def health(request: Request) -> Response:
        return _foreign(request) or JSONResponse({"status": "ok"})

    async def service_sessions(request: Request) -> Response:
        return _foreign(request) or _issue(gateway, request.headers.get("content-type", ""), await request.body())

    return [
        Route("/_local/health", health, methods=["GET"]),
        Route("/_local/service-sessions", service_sessions, methods=["POST"]),
    ]


def _issue(gateway: Gateway, content_type: str, body: bytes) -> Response:
    """Issue a session as long as the role allows; 403 where its trust policy doesn't name the service."""
    if content_type.partition(";")[0].strip() != "application/json":
        return _refuse(415, "UnsupportedMediaType", "expected content-type application/json")
    try:
        wanted = msgspec.json.decode(body, type=ServiceSession)
    except msgspec.DecodeError as error:
        return _refuse(400, "InvalidArgument", str(error))
    found = gateway.world.find_role(wanted.role_arn)
    if found is None:
        return _refuse(403, "EntityNotExist.Role", f"there is no role {wanted.role_arn}")
    account, role = found
    question = Question("sts:AssumeRole", wanted.role_arn, {}, frozenset({f"Service:{wanted.service}"}))
    if evaluate([role.trust], question) is not Verdict.ALLOW:
        return _refuse(403, "NoPermission", f"role {wanted.role_arn} does not trust the service {wanted.service}")
    return _issued(gateway, account, role, wanted.session_name)


def _issued(gateway: Gateway, account: Account, role: Role, name: str) -> Response:
    expires = lasts_until(gateway.clock(), role.max_session_duration_seconds)
    session = gateway.world.issue_session(account, role, name, expires=expires)
    return JSONResponse(
        {
            "access_key_id": session.access_key_id,
            "access_key_secret": session.secret,
            "security_token": session.token,
            "expiration": to_wire(session.expires),
        }
    )


def _foreign(request: Request) -> Response | None:
    """Return a refusal for a request that was addressed to another host.

    A web page must not reach in by DNS rebinding.
    """
    if host_name(request.headers.get("host", "")) in LOOPBACK_NAMES:
        return None
    return _refuse(403, "Forbidden", "/_local/ answers only to the hosts 127.0.0.1 and localhost")


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
