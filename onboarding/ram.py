"""RAM's API through the vendor's SDK: one function calls any action, under the action's own name.

https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from alibabacloud_ram20150501 import models
from alibabacloud_ram20150501.client import Client
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions
from Tea.exceptions import TeaException

from fc_inventory.diagnosis import diagnose
from fc_inventory.errors import CloudError, Problem
from fc_inventory.refusals import read_refusal
from fc_inventory.retries import call_with_retries
from fc_inventory.transport import exchange
from onboarding.administrator import Administrator

HOST = "ram.aliyuncs.com"
TIMEOUT_MS = 10_000
READS = ("Get", "List")


def call(action: str, parameters: dict[str, Any], administrator: Administrator) -> dict[str, Any]:
    """Call *action* and return its answer as on the wire. Raises CloudError.

    What only reads is asked again after a breakdown; a change is not, since it may have happened: then a second run of
    the command sees what there is.
    """
    return call_with_retries(lambda: _attempt(action, parameters, administrator), administrator.line.budget)


def find(action: str, parameters: dict[str, Any], administrator: Administrator) -> dict[str, Any] | None:
    """Call a reading *action*; None where what it names doesn't exist. Raises CloudError."""
    try:
        return call(action, parameters, administrator)
    except CloudError as error:
        if (error.problem.code or "").startswith("EntityNotExist"):
            return None
        raise


def _attempt(action: str, parameters: dict[str, Any], administrator: Administrator) -> dict[str, Any]:
    request = getattr(models, f"{action}Request")(**{_snake(name): value for name, value in parameters.items()})
    runtime = RuntimeOptions(connect_timeout=TIMEOUT_MS, read_timeout=TIMEOUT_MS)
    exchange.begin(administrator.line.endpoint, administrator.line.budget)
    try:
        body = getattr(_client(administrator), f"{_snake(action)}_with_options")(request, runtime).body
    except TeaException as error:
        answer = error.data if isinstance(error.data, dict) else {}
        raise _error(action, administrator, answer) from None
    except (AttributeError, TypeError, ValueError):  # how the SDK's models fail on JSON of another shape
        raise _error(action, administrator, {}) from None
    if body is None:  # the SDK's model of an answer that is not JSON
        raise _error(action, administrator, {})
    told: dict[str, Any] = body.to_map()
    return told


def _client(administrator: Administrator) -> Client:
    return Client(
        Config(
            access_key_id=administrator.keys.access_key_id,
            access_key_secret=administrator.keys.access_key_secret,
            security_token=administrator.keys.security_token,
            endpoint=HOST,
            protocol="https",
            user_agent="fc-inventory-onboarding",
        )
    )


def _error(action: str, administrator: Administrator, answer: dict[str, Any]) -> CloudError:
    """Return the error of this thread's last call; *answer* is empty where none arrived that is the API's."""
    found = diagnose(read_refusal(answer, action, HOST, ""))
    is_safe_to_repeat = action.startswith(READS) or found.problem.category == "throttled"
    return CloudError(
        _for_administrators(found.problem, administrator),
        retryable=found.retryable and is_safe_to_repeat,
        retry_after_seconds=found.retry_after_seconds,
        diagnostic=found.diagnostic,
    )


def _for_administrators(problem: Problem, administrator: Administrator) -> Problem:
    """Return *problem* with the remedy that fits RAM: the function's own speaks of listing."""
    if (problem.code or "").startswith("NoPermission"):
        remedy = (
            f"{administrator.arn} may not call ram:{problem.operation}. An administrator of account "
            f"{administrator.account_id} attaches AliyunRAMFullAccess to it, or a policy with this action, and looks "
            "for an explicit deny."
        )
        return msgspec.structs.replace(problem, category="caller_denied", remedy=remedy)
    if problem.code == "MalformedPolicyDocument" and "principal" in problem.message.lower():
        remedy = (
            "A role or user can only be trusted once it is there. Where its ARN is right, the other company makes it "
            "first (account B's function role: grant-b); then run the command again."
        )
        return msgspec.structs.replace(problem, category="invalid_parameter", remedy=remedy)
    if problem.category in ("session_rejected", "unexpected", "invalid_parameter", "list_denied"):
        return msgspec.structs.replace(
            problem, remedy="Correct what the message says, then run the command again: it goes on where it stopped."
        )
    return problem


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
