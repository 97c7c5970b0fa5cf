"""From a request to an answer: route, authenticate, find the account, strike a fault, act. Does no I/O."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from local.cloud.authentication import UsedNonces, authenticate
from local.cloud.calls import Call
from local.cloud.errors import Dialect, Reason, Refusal, Unauthentic
from local.cloud.faults import Fault, Faults, Scope
from local.cloud.http_request import HttpRequest
from local.cloud.parameters import read_parameters
from local.cloud.recording import RecordedRequest, record, without_secrets
from local.cloud.router import FC_VERSIONS, Route, find_dialect, find_route
from local.cloud.signatures import read_claim
from local.cloud.world import Account, Caller, World

MAXIMUM_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `fault` says what still has to happen to it on the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None = None


@dataclass
class Trace:
    """What is known so far about a request, for its answer's envelope and for the record."""

    dialect: Dialect
    request_id: str
    action: str = ""
    version: str = ""
    access_key_id: str = ""
    account_id: str = ""
    code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None


@dataclass
class Gateway:
    """The one entry to all products. `clock` gives aware times."""

    world: World
    clock: Callable[[], datetime]
    faults: Faults = field(default_factory=Faults)
    requests: list[RecordedRequest] = field(default_factory=list)
    nonces: UsedNonces = field(default_factory=UsedNonces)

    def answer(self, request: HttpRequest) -> Answer:
        """Return the answer to *request*, and record both."""
        dialect = find_dialect(request)
        trace = Trace(dialect, _new_request_id(dialect))
        try:
            answer = self._carry_out(request, trace)
        except Refusal as refusal:
            trace.code = refusal.code
            envelope = refusal.envelope(dialect, trace.request_id, request.host)
            answer = _json_answer(refusal.status, envelope, trace)
        self._record(request, trace, answer)
        return answer

    def _carry_out(self, request: HttpRequest, trace: Trace) -> Answer:
        route = find_route(request, self.world.default_region)
        trace.action, trace.version = route.action.name, route.action.version
        _check_size(request, trace.dialect)
        caller = self._identify(request, trace)
        trace.parameters = read_parameters(request, trace.dialect)
        account = _owner(request, route, caller)
        trace.account_id = account.account_id if route.action.version in FC_VERSIONS else _role_owner(trace, caller)
        trace.fault = self.faults.strike(_scope(trace))
        return self._act(
            Call(
                world=self.world,
                caller=caller,
                account=account,
                region=route.region,
                names=route.names,
                parameters=trace.parameters,
                now=self.clock(),
                client_ip=request.client_ip,
                request_id=trace.request_id,
            ),
            route,
            trace,
        )

    def _act(self, call: Call, route: Route, trace: Trace) -> Answer:
        fault = trace.fault or Fault()
        if fault.expire_token and call.caller.session:
            call.caller.session.expires = call.now
            raise Unauthentic(Reason.TOKEN_EXPIRED).refusal(trace.dialect)
        if fault.reset:
            return Answer(0, {}, b"", fault)
        if fault.status is not None:
            location = {"location": fault.location} if fault.location else {}
            return Answer(fault.status, {**fault.headers, **location}, fault.body, fault)
        body = route.action.act(call)
        if fault.repeat_next_token and call.parameters.get("nextToken"):
            body["nextToken"] = call.parameters["nextToken"]
        return _json_answer(200, body, trace)

    def _identify(self, request: HttpRequest, trace: Trace) -> Caller:
        try:
            claim = read_claim(request)
            trace.access_key_id = claim.access_key_id
            return authenticate(self.world, claim, self.nonces, self.clock())
        except Unauthentic as error:
            raise error.refusal(trace.dialect) from error

    def _record(self, request: HttpRequest, trace: Trace, answer: Answer) -> None:
        recorded = RecordedRequest(
            time=self.clock(),
            host=request.host,
            method=request.method,
            path=request.path,
            query=without_secrets(trace.parameters),
            action=trace.action,
            version=trace.version,
            access_key_id=trace.access_key_id,
            account_id=trace.account_id,
            status=answer.status or None,
            code=trace.code,
        )
        record(self.requests, recorded)


def _check_size(request: HttpRequest, dialect: Dialect) -> None:
    """Raise Refusal for a body over the limit.

    Function Compute publishes 400 for it; the gateway's answer is unverified.
    """
    if len(request.body) > MAXIMUM_BODY_BYTES:
        message = f"payload size exceeds maximum allowed size ({MAXIMUM_BODY_BYTES} bytes)"
        raise Refusal(413 if dialect is Dialect.POP else 400, "EntityTooLarge", message)


def _owner(request: HttpRequest, route: Route, caller: Caller) -> Account:
    """Return the caller's account; raises Refusal where the host or a header names another one."""
    named = {route.account_id, request.header("x-fc-account-id")} - {"", caller.account.account_id}
    if named:
        raise Refusal(403, "AccessDenied", "The service or function doesn't belong to you.")
    return caller.account


def _role_owner(trace: Trace, caller: Caller) -> str:
    arn = trace.parameters.get("RoleArn", "")
    return arn.removeprefix("acs:ram::").partition(":")[0] or caller.account.account_id


def _scope(trace: Trace) -> Scope:
    return Scope(trace.action, trace.account_id, trace.parameters.get("fcVersion", ""))


def _json_answer(status: int, body: dict[str, Any], trace: Trace) -> Answer:
    header = "x-acs-request-id" if trace.dialect is Dialect.POP else "x-fc-request-id"
    headers = {"content-type": "application/json", header: trace.request_id}
    return Answer(status, headers, msgspec.json.encode(body), trace.fault)


def _new_request_id(dialect: Dialect) -> str:
    if dialect is Dialect.FC3:
        return f"1-{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"
    return str(uuid.uuid4()).upper() if dialect is Dialect.POP else str(uuid.uuid4())
