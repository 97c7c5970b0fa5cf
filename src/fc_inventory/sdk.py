"""The vendor's SDKs, and nothing else knows them: one function a call, plain values in, plain values or an error out.

What the SDKs do by themselves, and is set right here: they follow redirects and send the security token along; they
turn a malformed answer into an empty one; they lose the status of an answer that is not JSON and the kind of a network
error; they do not retry; they keep a `requests.Session` for each host. All calls go through one of ours instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar
from urllib.parse import quote

import darabonba.core
import msgspec
from alibabacloud_fc20230330.client import Client as Fc3Client
from alibabacloud_fc_open20210406.client import Client as Fc2Client
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from Tea.exceptions import TeaException

from fc_inventory import logs
from fc_inventory.budget import Budget
from fc_inventory.calls import AssumedRole, Call, CallerIdentity, Line, RoleRequest
from fc_inventory.decoding import Decoder
from fc_inventory.diagnosis import Failure, diagnose, local_problem
from fc_inventory.redaction import Unprinted
from fc_inventory.refusals import read_refusal
from fc_inventory.retries import call_with_retries
from fc_inventory.settings import Keys
from fc_inventory.transport import Session, exchange
from fc_inventory.wire import FunctionPage, ServicePage, TriggerPage

T = TypeVar("T")

CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS = 5.0, 10.0
LEAST_USEFUL_SECONDS = 0.05
PAGE_LIMIT = 100  # the most that ListServices and ListFunctions give at once


class _WireCredentials(Unprinted, frozen=True):
    """The credentials as the SDK models them."""

    access_key_id: str
    access_key_secret: str
    security_token: str
    expiration: str


_CALLER_IDENTITY, _CREDENTIALS = Decoder(CallerIdentity), Decoder(_WireCredentials)
_SERVICES, _FUNCTIONS, _TRIGGERS = Decoder(ServicePage), Decoder(FunctionPage), Decoder(TriggerPage)


def get_caller_identity(call: Call) -> CallerIdentity:
    """Call GetCallerIdentity. Raises CloudError."""

    def send(runtime: RuntimeOptions) -> CallerIdentity:
        body = StsClient(_config(call)).get_caller_identity_with_options(runtime).body
        return _CALLER_IDENTITY.convert(body, from_attributes=True)

    return _with_retries(call, send)


def assume_role(call: Call, role: RoleRequest) -> AssumedRole:
    """Call AssumeRole. Raises CloudError."""
    request = sts_models.AssumeRoleRequest(
        role_arn=role.role_arn,
        role_session_name=role.role_session_name,
        policy=role.policy,
        duration_seconds=role.duration_seconds,
        external_id=role.external_id,
    )

    def send(runtime: RuntimeOptions) -> AssumedRole:
        body = StsClient(_config(call)).assume_role_with_options(request, runtime).body
        wire = _CREDENTIALS.convert(getattr(body, "credentials", None), from_attributes=True)
        keys = Keys(
            access_key_id=wire.access_key_id,
            access_key_secret=wire.access_key_secret,
            security_token=wire.security_token,
        )
        return AssumedRole(keys, wire.expiration)

    return _with_retries(call, send)


def list_services_page(
    call: Call, *, prefix: str = "", next_token: str | None = None, limit: int = PAGE_LIMIT
) -> ServicePage:
    """Call ListServices (2021-04-06) for one page. Raises CloudError."""
    query = {"limit": str(limit), "prefix": prefix, "nextToken": next_token or ""}

    def send(runtime: RuntimeOptions) -> ServicePage:
        return _SERVICES.decode(_get(call, Fc2Client, "2021-04-06/services", query, runtime))

    return _with_retries(call, send)


def list_functions_page(
    call: Call, *, fc_version: str, next_token: str | None = None, limit: int = PAGE_LIMIT
) -> FunctionPage:
    """Call ListFunctions (2023-03-30) for one page of functions of *fc_version* (`v2` or `v3`). Raises CloudError."""
    query = {"limit": str(limit), "fcVersion": fc_version, "nextToken": next_token or ""}

    def send(runtime: RuntimeOptions) -> FunctionPage:
        return _FUNCTIONS.decode(_get(call, Fc3Client, "2023-03-30/functions", query, runtime))

    return _with_retries(call, send)


def list_triggers_page(
    call: Call, *, service_name: str | None, function_name: str, next_token: str | None = None, limit: int = PAGE_LIMIT
) -> TriggerPage:
    """Call ListTriggers for one page: 2021-04-06 for a function of a service, 2023-03-30 without. Raises CloudError."""
    path = f"functions/{quote(function_name, safe='')}/triggers"
    client: type[Fc2Client | Fc3Client] = Fc3Client if service_name is None else Fc2Client
    path = (
        f"2023-03-30/{path}" if service_name is None else f"2021-04-06/services/{quote(service_name, safe='')}/{path}"
    )
    query = {"limit": str(limit), "nextToken": next_token or ""}

    def send(runtime: RuntimeOptions) -> TriggerPage:
        return _TRIGGERS.decode(_get(call, client, path, query, runtime))

    return _with_retries(call, send)


def list_async_invoke_configs(call: Call) -> None:
    """Call ListAsyncInvokeConfigs (2023-03-30) for one item: no session of this function may. Raises CloudError."""
    _with_retries(
        call, lambda runtime: _get(call, Fc3Client, "2023-03-30/async-invoke-configs", {"limit": "1"}, runtime)
    )


def prepare() -> None:
    """Make the SDK's calls ours and its debug log safe, before the first call; doing it again changes nothing."""
    _prepare_once()
    logs.adopt("darabonba-core")


@cache
def _prepare_once() -> None:
    """Let all hosts share one session: the SDK would keep one, with pools and a TLS context of its own, for each.

    Function Compute has a host for each account and region: thousands of sessions, that nothing ever closes.
    """
    session = Session()
    darabonba.core.DaraCore._get_session = lambda *_, **__: session  # noqa: SLF001 - there is no public way
    _import_models()


def _import_models() -> None:
    """Import what the artefact's packages leave until a call: its models, and the source of given credentials."""
    nobody = Keys(access_key_id="-", access_key_secret="-", security_token="-")  # noqa: S106 - no secret
    line = Line(budget=Budget(0.0, 0.0))
    StsClient(_config(Call(operation="", host="sts.aliyuncs.com", keys=nobody, role_arn="", line=line)))
    sts_models.AssumeRoleRequest().validate()
    sts_models.AssumeRoleResponse().from_map({"body": {"Credentials": {}, "AssumedRoleUser": {}}})


def _config(call: Call) -> Config:
    return Config(
        access_key_id=call.keys.access_key_id,
        access_key_secret=call.keys.access_key_secret,
        security_token=call.keys.security_token,
        endpoint=call.host,
        protocol="https",
        user_agent="fc-inventory",
    )


def _get(
    call: Call,
    client: type[Fc2Client | Fc3Client],
    path: str,
    query: Mapping[str, str],
    runtime: RuntimeOptions,
) -> bytes:
    """Return the body that *path*, which begins with the API's version, answers; of *query* what is not empty counts.

    This is what the clients' own methods do (`call_api`), but for the models that these make of each answer: they
    take longer than everything else in a call, make an empty list of a missing one, and none at all of a broken answer.
    https://www.alibabacloud.com/help/en/sdk/developer-reference/generalized-call-python
    """
    params = Params(
        action=call.operation,
        version=path.partition("/")[0],
        protocol="HTTPS",
        pathname=f"/{path}",
        method="GET",
        auth_type="AK",
        style="ROA",
        req_body_type="json",
        body_type="byte",
    )
    request = OpenApiRequest(headers={}, query={name: value for name, value in query.items() if value})
    body: bytes = client(_config(call)).call_api(params, request, runtime)["body"]
    return body


def _with_retries(call: Call, send: Callable[[RuntimeOptions], T]) -> T:
    return call_with_retries(lambda: _attempt(call, send), call.line.budget, call.line.max_attempts)


def _attempt(call: Call, send: Callable[[RuntimeOptions], T]) -> T:
    left = call.line.budget.remaining_seconds
    if left < LEAST_USEFUL_SECONDS:
        raise local_problem(
            "deadline", operation=call.operation, role_arn=call.role_arn, message="the time ran out before this call"
        )
    runtime = RuntimeOptions(
        connect_timeout=int(min(CONNECT_TIMEOUT_SECONDS, left) * 1000),
        read_timeout=int(min(READ_TIMEOUT_SECONDS, left) * 1000),
    )
    exchange.begin(call.line.endpoint, call.line.budget)
    try:
        return send(runtime)
    except TeaException as error:
        raise diagnose(_failure(call, error)) from None
    except msgspec.ValidationError as error:
        raise diagnose(_failure(call, None, f"status {exchange.status}, but {error}")) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise diagnose(_failure(call, None)) from None


def _failure(call: Call, error: TeaException | None, message: str = "") -> Failure:
    """Return what the SDK's error tells, and what it lost on the way."""
    data, wait_ms = getattr(error, "data", None), getattr(error, "retry_after", None)
    failure = read_refusal(data if isinstance(data, dict) else {}, call.operation, call.host, call.role_arn)
    wait_seconds = wait_ms / 1000 if isinstance(wait_ms, int) else failure.retry_after_seconds
    return msgspec.structs.replace(failure, message=message or failure.message, retry_after_seconds=wait_seconds)
