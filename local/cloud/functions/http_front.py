"""The URLs of HTTP triggers, `/_local/http/ACCOUNT/REGION/FUNCTION/…`, which stand for the `fcapp.run` domains.

Sources: https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function,
https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/configure-signature-authentication-for-http-triggers
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from local.cloud.authentication import authenticate
from local.cloud.authorization import find_denial
from local.cloud.calls import condition_keys
from local.cloud.envelopes import make_envelope
from local.cloud.errors import Dialect, Refusal
from local.cloud.functions.asynchronous import start_async
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.host import HttpAnswer
from local.cloud.functions.invoke import ACCEPTED, MAXIMUM_ASYNC_EVENT_BYTES
from local.cloud.functions.settings import invalid
from local.cloud.functions.triggers import HttpConfig
from local.cloud.gateway import Answer, Gateway
from local.cloud.http_request import HttpRequest
from local.cloud.policy import Question
from local.cloud.recording import RecordedRequest, record
from local.cloud.regions import FC3_VERSION
from local.cloud.signatures.trigger import read_trigger_claim
from local.cloud.unauthentic import Unauthentic

PREFIX = "/_local/http/"
MAXIMUM_BODY_BYTES = 32 * 1024 * 1024
_PATH = re.compile(
    rf"{PREFIX}(?P<account>\d{{16}})/(?P<region>[a-z0-9-]+)/(?P<function>[\w-]+)(?P<rest>/.*)?", re.ASCII
)
_MAXIMUM_HEADERS_BYTES = 8 * 1024
_MAXIMUM_TARGET_BYTES = 4 * 1024
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Target:
    """The function whose trigger is asked, and the path behind the trigger's URL."""

    account_id: str
    region: str
    deployment: Deployment
    config: HttpConfig
    rest: str


def body_limit_bytes(_head: HttpRequest) -> int:
    """Return how large the body of a request for an HTTP trigger may be."""
    return MAXIMUM_BODY_BYTES


async def answer_http_trigger(gateway: Gateway, request: HttpRequest) -> Answer:
    """Return the answer to a request for an HTTP trigger, and record both."""
    envelope = make_envelope(request, Dialect.FC3, "")
    found = _PATH.fullmatch(request.path)
    code = ""
    try:
        answer = await _carry_out(gateway, request, envelope.request_id)
        answer = replace(answer, headers={**answer.headers, **envelope.headers()})
    except Refusal as refusal:
        code = refusal.code
        answer = Answer(refusal.status, *envelope.refuse(refusal))
    recorded = RecordedRequest(
        time=gateway.clock(),
        host=request.host,
        method=request.method,
        path=request.path,
        query={},
        action="HttpTrigger",
        version=FC3_VERSION,
        access_key_id="",
        account_id=found["account"] if found else "",
        status=answer.status,
        code=code,
    )
    record(gateway.requests, recorded)
    return answer


async def _carry_out(gateway: Gateway, request: HttpRequest, request_id: str) -> Answer:
    target = _find_target(gateway, request)
    _check_request(request, target.config)
    if target.config.auth_type == "function":
        _check_caller(gateway, request, target)
    platform = gateway.platform
    where = (target.account_id, target.region)
    work = platform.work(where, target.deployment, b"", request_id)
    event = platform.host.http_event(work.function, replace(request, path=target.rest), request_id)
    work = replace(work, event=event)
    if request.header("x-fc-invocation-type") == "Async":
        if len(request.body) > MAXIMUM_ASYNC_EVENT_BYTES:
            raise invalid(f"the body exceeds {MAXIMUM_ASYNC_EVENT_BYTES} bytes")
        start_async(platform, work)
        return Answer(ACCEPTED, {}, b"")
    outcome = await platform.deliver(work)
    if outcome.error_type:
        headers = {"content-type": "application/json", "x-fc-error-type": outcome.error_type}
        return Answer(502, headers, outcome.body)
    return _sent(platform.host.http_answer(outcome.body))


def _find_target(gateway: Gateway, request: HttpRequest) -> Target:
    if not request.is_for_loopback:  # a web page of another host must not reach in by DNS rebinding
        raise Refusal(403, "AccessDenied", "the URLs of HTTP triggers answer only to the hosts 127.0.0.1 and localhost")
    found = _PATH.fullmatch(request.path)
    deployment = gateway.platform.find(found["account"], found["region"], found["function"]) if found else None
    triggers = deployment.triggers if deployment else ()
    config = next((one.config for one in triggers if isinstance(one.config, HttpConfig)), None)
    if found is None or deployment is None or config is None:
        raise Refusal(404, "TriggerNotFound", "there is no HTTP trigger at this URL")
    return Target(found["account"], found["region"], deployment, config, found["rest"] or "/")


def _check_request(request: HttpRequest, config: HttpConfig) -> None:
    """Raise Refusal for what the trigger doesn't take."""
    if request.method not in config.methods:
        message = f"method '{request.method}' is not one of {', '.join(config.methods)}"
        raise Refusal(405, "MethodNotAllowed", message)
    if sum(len(name) + len(value) for name, value in request.headers) > _MAXIMUM_HEADERS_BYTES:
        raise invalid(f"headers exceed {_MAXIMUM_HEADERS_BYTES} bytes")
    if len(request.path) + len(request.query) > _MAXIMUM_TARGET_BYTES:
        raise invalid(f"path and query exceed {_MAXIMUM_TARGET_BYTES} bytes")
    if len(request.body) > MAXIMUM_BODY_BYTES:
        raise invalid(f"the body exceeds {MAXIMUM_BODY_BYTES} bytes")


def _check_caller(gateway: Gateway, request: HttpRequest, target: Target) -> None:
    """Raise Refusal unless the request is signed by somebody of the account who may invoke the function."""
    now = gateway.clock()
    try:
        caller = authenticate(gateway.world, read_trigger_claim(request), gateway.nonces, now)
    except Unauthentic as error:
        raise error.refusal(Dialect.FC3) from error
    if caller.account.account_id != target.account_id:
        raise Refusal(403, "AccessDenied", "The service or function doesn't belong to you.")
    arn = f"acs:fc:{target.region}:{target.account_id}:functions/{target.deployment.name}"
    denial = find_denial(caller, Question("fc:InvokeFunction", arn, condition_keys(now, request.client_ip)))
    if denial is not None:
        message = f"the caller is not authorized to perform 'fc:InvokeFunction' on resource '{arn}'"
        raise Refusal(403, "AccessDenied", message, denial)


def _sent(answer: HttpAnswer) -> Answer:
    """Return what is sent of *answer*; to HEAD, the server leaves the body out and tells its length."""
    return Answer(answer.status, answer.headers, b"" if answer.status in _NO_BODY else answer.body)
