"""From the facts of one failed call to a `Problem`: what it was, whose side it is on and what to do. Pure.

Only codes decide, texts never do alone, but for two denials of Function Compute that share the code `AccessDenied` with
every other one. Sources of codes: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-errorcodes,
https://www.alibabacloud.com/help/en/functioncompute/error-codes. Which code Function Compute gives for an expired
session is unverified, so every code about a security token or a key counts as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fc_inventory.errors import Category, CloudError, Problem, Side
from fc_inventory.redaction import one_line

Transport = Literal[
    "timed_out", "name_not_resolved", "connection_failed", "tls_failed", "redirected", "malformed_answer"
]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What is known of a call that did not end well; `transport` is None where the cloud answered with an error of its own."""

    operation: str
    host: str
    role_arn: str
    transport: Transport | None = None
    http_status: int | None = None
    code: str | None = None
    message: str = ""
    request_id: str | None = None
    denied_by: str | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class _Cause:
    side: Side
    remedy: str
    retryable: bool = False


_CAUSES: dict[Category, _Cause] = {
    "no_credentials": _Cause(
        "account_b",
        "Give the function an execution role that trusts fc.aliyuncs.com (`role:` in s.yaml). On Function Compute the runtime then injects"
        " ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.",
    ),
    "caller_credentials_rejected": _Cause(
        "account_b", "The function's own keys are expired, disabled or incomplete. Invoke again on a new instance; check that the execution role still exists."
    ),
    "caller_denied": _Cause(
        "account_b", "Attach to the function's execution role a policy that allows sts:AssumeRole on {role_arn} (AliyunSTSAssumeRoleAccess allows all roles)."
    ),
    "caller_is_root": _Cause("account_b", "An Alibaba Cloud account's own key can't assume a role: use a RAM user or, on Function Compute, an execution role."),
    "trust_denied": _Cause(
        "account_a",
        "The trust policy of {role_arn} does not let this caller in, or demands another external ID. If access was revoked, remove the target; if not, the"
        " customer adds the function's execution role to the trust policy, and both sides compare the external ID.",
    ),
    "assume_role_denied": _Cause(
        "account_a",
        "STS does not say which: either {role_arn} does not trust the function's execution role (revoked, another account, another external ID), or the execution"
        " role lacks sts:AssumeRole on it. Check the customer's trust policy first, then account B's policy.",
    ),
    "role_not_found": _Cause("account_a", "Role {role_arn} does not exist: it was deleted, or the ARN is wrong. Ask the customer, then correct or remove the target."),
    "invalid_parameter": _Cause("account_b", "Correct the target's settings (role_arn, external_id, duration_seconds; the role's MaxSessionDuration bounds the last)."),
    "session_rejected": _Cause("account_a", "The assumed session was refused and so was a new one. Check that {role_arn} still exists and is enabled."),
    "list_denied": _Cause(
        "account_a", "Attach to {role_arn} a policy that allows fc:ListServices and fc:ListFunctions on * (AliyunFCReadOnlyAccess does), and look for an explicit deny."
    ),
    "not_activated": _Cause("account_a", "Function Compute is not activated in this account: there is nothing to list until it is. Remove the target or activate the service."),
    "wrong_account": _Cause("account_b", "The host names another account than the role belongs to. Correct role_arn."),
    "clock_skew": _Cause("account_b", "The clock of this machine differs from the cloud's by more than 15 minutes: correct it."),
    "signature_rejected": _Cause("account_b", "The secret does not belong to the key, or something between changed the request (a proxy that rewrites headers)."),
    "throttled": _Cause("cloud", "Too many requests a second for this account. Invoke again later, or with fewer targets at once.", retryable=True),
    "unavailable": _Cause("cloud", "The service failed. Invoke again; if it lasts, give Alibaba Cloud the request id.", retryable=True),
    "timed_out": _Cause("network", "No answer in time. Invoke again; check the function's network (VPC, internetAccess) and the region.", retryable=True),
    "network": _Cause("network", "The host could not be reached. Check the function's network (VPC, DNS, internetAccess) and the region.", retryable=True),
    "redirected": _Cause("network", "The host answered with a redirect, which is never followed, since the session token would travel along. Look for a proxy in between."),
    "malformed_answer": _Cause("cloud", "The answer was not what the API promises, so nothing is concluded from it. Invoke again; look for a proxy in between.", retryable=True),
    "repeated_token": _Cause("cloud", "The cloud returned the same nextToken twice, so the listing would never end. What came before is kept. Invoke again."),
    "deadline": _Cause("account_b", "The invocation's time was used up. Raise the function's timeout, or ask for fewer targets or regions at once."),
    "unexpected": _Cause("cloud", "An error that this function does not know. Look the code up, with the request id at hand."),
}  # fmt: skip

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


def diagnose(failure: Failure) -> CloudError:
    """Return the error that *failure* means; nothing secret and nothing multi-line of it survives."""
    return _error(failure, _category(failure))


def local_problem(category: Category, *, operation: str, role_arn: str, message: str) -> CloudError:
    """Return an error that was found on our side, without a call: no credentials, no time left, a repeated token."""
    return _error(Failure(operation=operation, host="", role_arn=role_arn, message=message), category)


def _error(failure: Failure, category: Category) -> CloudError:
    cause = _CAUSES[category]
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
    )
    return CloudError(problem, retryable=cause.retryable, retry_after_seconds=failure.retry_after_seconds)


def _short(text: str | None) -> str | None:
    return one_line(text, 100) if text else None


def _category(failure: Failure) -> Category:
    if failure.transport == "malformed_answer" and (failure.http_status or 0) >= _SERVER_ERROR:
        return "unavailable"
    if failure.transport is not None:
        return _TRANSPORT[failure.transport]
    return (
        _shared_category(failure)
        or (_sts_category(failure) if failure.operation == "AssumeRole" else _fc_category(failure))
        or "unexpected"
    )


def _shared_category(failure: Failure) -> Category | None:
    """Recognise what every product answers alike: throttling, keys, clock, signature, breakdown."""
    code, status = failure.code or "", failure.http_status or 0
    if code.startswith(("Throttling", "ResourceThrottled", "ResourceExhausted")) or status == _TOO_MANY_REQUESTS:
        return "throttled"
    if code.startswith(_KEY_CODES) or ("SecurityToken" in code):
        return "caller_credentials_rejected" if failure.operation == "AssumeRole" else "session_rejected"
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
