"""From the facts of one failed call to a `Problem`: what it was, whose side it is on and what to do. Pure.

Codes decide; texts only where denials share one code. Sources of codes: https://help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-errorcodes,
https://www.alibabacloud.com/help/en/functioncompute/error-codes. Which code Function Compute gives for an expired
session is unverified, so every code about a security token or a key counts as one.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from fc_inventory.causes import CAUSES
from fc_inventory.errors import Category, CloudError, Problem
from fc_inventory.redaction import one_line

Transport = Literal[
    "timed_out", "name_not_resolved", "connection_failed", "tls_failed", "redirected", "malformed_answer"
]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a call that failed; `transport` is None where the cloud answered with an error of its own."""

    operation: str
    host: str
    role_arn: str
    transport: Transport | None = None
    http_status: int | None = None
    code: str | None = None
    message: str = ""
    request_id: str | None = None
    denied_by: str | None = None
    no_permission_type: str | None = None
    retry_after_seconds: float | None = None
    diagnostic: str | None = None


_TRANSPORT: dict[Transport, Category] = {
    "timed_out": "timed_out",
    "name_not_resolved": "network",
    "connection_failed": "network",
    "tls_failed": "network",
    "redirected": "redirected",
    "malformed_answer": "malformed_answer",
}

_KEY_CODES = (
    "InvalidSecurityToken",
    "MissingSecurityToken",
    "InvalidAccessKeyId",
    "InvalidAccessKeyID",
    "Forbidden.AccessKeyDisabled",
)
_LAYERS: dict[str | None, Category] = {
    "AssumeRolePolicy": "trust_denied",
    "AccountLevelIdentityBasedPolicy": "caller_denied",
    "ResourceGroupLevelIdentityBasedPolicy": "caller_denied",
    "ControlPolicy": "caller_denied",
    "SessionPolicy": "caller_denied",
}
_SERVER_ERROR, _TOO_MANY_REQUESTS = 500, 429
_OF_STS = ("AssumeRole", "GetCallerIdentity")


def diagnose(failure: Failure) -> CloudError:
    """Return the error that *failure* means; nothing secret and nothing multi-line of it survives."""
    return _error(failure, _category(failure))


def local_problem(category: Category, *, operation: str, role_arn: str, message: str) -> CloudError:
    """Return an error that was found on our side, without a call: no credentials, no time left, a repeated token."""
    return _error(Failure(operation=operation, host="", role_arn=role_arn, message=message), category)


def _error(failure: Failure, category: Category) -> CloudError:
    cause = CAUSES[category]
    problem = Problem(
        category=category,
        side=cause.side,
        operation=failure.operation,
        message=one_line(failure.message) or "no message",
        remedy=cause.remedy.format(role_arn=failure.role_arn),
        code=_short(failure.code),
        http_status=failure.http_status,
        request_id=_short(failure.request_id),
        host=failure.host or None,
        denied_by=_short(failure.denied_by),
        no_permission_type=_short(failure.no_permission_type),
    )
    return CloudError(
        problem,
        retryable=cause.retryable,
        retry_after_seconds=failure.retry_after_seconds,
        diagnostic=failure.diagnostic,
    )


def _short(text: str | None) -> str | None:
    return one_line(text, 100) if text else None


def _category(failure: Failure) -> Category:
    if failure.transport == "malformed_answer" and (failure.http_status or 0) >= _SERVER_ERROR:
        return "unavailable"
    if failure.transport is not None:
        return _TRANSPORT[failure.transport]
    return (
        _shared_category(failure)
        or (_sts_category(failure) if failure.operation in _OF_STS else _fc_category(failure))
        or "unexpected"
    )


def _shared_category(failure: Failure) -> Category | None:
    """Recognise what every product answers alike: throttling, keys, clock, signature, breakdown."""
    code, status = failure.code or "", failure.http_status or 0
    if code.startswith(("Throttling", "ResourceThrottled", "ResourceExhausted")) or status == _TOO_MANY_REQUESTS:
        return "throttled"
    if code.startswith(_KEY_CODES) or ("SecurityToken" in code):
        return "caller_credentials_rejected" if failure.operation in _OF_STS else "session_rejected"
    if code.startswith("InvalidTimeStamp"):
        return "clock_skew"
    if code in {"SignatureDoesNotMatch", "SignatureNotMatch", "IncompleteSignature"}:
        return "signature_rejected"
    return "unavailable" if status >= _SERVER_ERROR or code == "ServiceUnavailable" else None


def _sts_category(failure: Failure) -> Category | None:
    code = failure.code or ""
    if code == "NoPermission" and "root account" in failure.message:
        return "caller_is_root"
    if code == "NoPermission":
        return _LAYERS.get(failure.denied_by, "assume_role_denied")
    if code == "EntityNotExist.Role":
        return "role_not_found"
    return "invalid_parameter" if code.startswith(("InvalidParameter", "Missing")) else None


def _fc_category(failure: Failure) -> Category | None:
    code, text = failure.code or "", failure.message.lower()
    if code not in {"AccessDenied", "NoPermission"}:
        return "invalid_parameter" if code == "InvalidArgument" else None
    if "is not enabled for current user" in text:
        return "not_activated"
    if "belong to you" in text:
        return "wrong_account"
    return "session_rejected" if "token" in text and "expired" in text else "list_denied"
