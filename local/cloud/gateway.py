"""From a request to an answer: route, authenticate, find the account, strike a fault, act. Does no I/O."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local.cloud.actions import BODY_LIMIT_BYTES
from local.cloud.authentication import UsedNonces, authenticate
from local.cloud.calls import Call, Reply
from local.cloud.envelopes import Envelope, make_envelope
from local.cloud.errors import Dialect, Refusal
from local.cloud.fault import Fault
from local.cloud.fault_effects import repeat_token, replace_answer
from local.cloud.faults import Faults, Scope
from local.cloud.functions.host import FunctionHost
from local.cloud.functions.platform import Platform
from local.cloud.http_request import HttpRequest
from local.cloud.parameters import read_parameters
from local.cloud.recording import RecordedRequest, record, without_secrets
from local.cloud.regions import RPC_VERSIONS
from local.cloud.router import Route, find_dialect, find_product, find_route
from local.cloud.signatures import Claim, read_claim
from local.cloud.unauthentic import Unauthentic
from local.cloud.world import Account, Caller, World

if TYPE_CHECKING:
    from local.cloud.signin import SigninToken


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, status 0 a dropped connection; `fault` says what still has to happen on the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None = None


@dataclass
class Trace:
    """What is known so far about a request, for its answer and for the record."""

    dialect: Dialect
    envelope: Envelope
    claim: Claim | None = None
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
    signin_tokens: dict[str, SigninToken] = field(default_factory=dict, repr=False)
    host: FunctionHost | None = None
    platform: Platform = field(init=False)

    def __post_init__(self) -> None:
        """Give functions somewhere to run."""
        self.platform = Platform(self.world, self.clock, self.host)

    async def answer(self, request: HttpRequest) -> Answer:
        """Return the answer to *request*, and record both."""
        dialect = find_dialect(request)
        trace = Trace(dialect, make_envelope(request, dialect, find_product(request)))
        try:
            answer = await self._carry_out(request, trace)
        except Refusal as refusal:
            trace.code = refusal.code
            self.world.remember(refusal.denial)
            answer = Answer(refusal.status, *trace.envelope.refuse(refusal), trace.fault)
        self._record(request, trace, answer)
        return answer

    def body_limit_bytes(self, head: HttpRequest) -> int:
        """Return how large the body of the request that begins with *head* may be."""
        try:
            return find_route(head, self.world.default_region).action.body_limit_bytes
        except Refusal:
            return BODY_LIMIT_BYTES

    async def _carry_out(self, request: HttpRequest, trace: Trace) -> Answer:
        route = find_route(request, self.world.default_region)
        trace.action, trace.version = route.action.name, route.action.version
        _check_size(request, route, trace.dialect)
        caller = self._identify(request, trace)
        trace.parameters = read_parameters(request, trace.dialect)
        account = _owner(request, route, caller)
        trace.account_id = _role_owner(trace, caller) if route.action.version in RPC_VERSIONS else account.account_id
        now = self.clock()
        trace.fault = self.faults.strike(_scope(trace, caller, now))
        call = Call(
            world=self.world,
            caller=caller,
            account=account,
            region=route.region,
            names=route.names,
            parameters=trace.parameters,
            now=now + timedelta(seconds=trace.fault.clock_skew_seconds) if trace.fault else now,
            client_ip=request.client_ip,
            request_id=trace.envelope.request_id,
            request=request,
            platform=self.platform,
        )
        return await self._act(call, route, trace)

    async def _act(self, call: Call, route: Route, trace: Trace) -> Answer:
        fault = trace.fault
        canned = replace_answer(fault, call, trace.claim, trace.dialect) if fault and trace.claim else None
        if canned is not None:
            return Answer(*canned, fault)
        found = route.action.act(call)
        found = await found if isinstance(found, Awaitable) else found
        reply = found if isinstance(found, Reply) else Reply(body=found)
        if fault and fault.repeat_next_token:
            repeat_token(reply, call)
        return _make_answer(reply, trace)

    def _identify(self, request: HttpRequest, trace: Trace) -> Caller:
        try:
            trace.claim = read_claim(request, trace.dialect)
            trace.access_key_id = trace.claim.access_key_id
            return authenticate(self.world, trace.claim, self.nonces, self.clock())
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


def _check_size(request: HttpRequest, route: Route, dialect: Dialect) -> None:
    """Raise Refusal for a body over the limit.

    Function Compute publishes 400 for it; the gateway's answer is unverified.
    """
    limit_bytes = route.action.body_limit_bytes
    if len(request.body) > limit_bytes:
        message = f"payload size exceeds maximum allowed size ({limit_bytes} bytes)"
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


def _scope(trace: Trace, caller: Caller, now: datetime) -> Scope:
    return Scope(
        action=trace.action,
        account_id=trace.account_id,
        fc_version=trace.parameters.get("fcVersion", ""),
        session_key_id=caller.session.access_key_id if caller.session else "",
        seconds=now.timestamp(),
    )


def _make_answer(reply: Reply, trace: Trace) -> Answer:
    if isinstance(reply.body, bytes):
        headers, body = trace.envelope.headers(), reply.body
    else:
        headers, body = trace.envelope.wrap(reply.body, f"{trace.action}Response")
    return Answer(reply.status, {**headers, **reply.headers}, body, trace.fault)
