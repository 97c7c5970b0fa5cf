"""From an error of the cloud to its cause, its side and its remedy."""

from typing import Any, get_args

import pytest

from fc_inventory.causes import CAUSES
from fc_inventory.diagnosis import Failure, diagnose
from fc_inventory.errors import Category, Problem

ROLE_ARN = "acs:ram::1234567890123456:role/fc-admin"
UNAUTHORIZED = "You are not authorized to do this action. You should be authorized by RAM."


def category_of(operation: str, **facts: Any) -> str:
    return diagnose(Failure(operation=operation, host="h", role_arn=ROLE_ARN, **facts)).problem.category


def test_a_problem_carries_what_the_cloud_said_and_what_to_do() -> None:
    """Operation, code, message, status, request id, host and layer arrive; the remedy names the role."""
    failure = Failure(
        operation="AssumeRole",
        host="sts.cn-hangzhou.aliyuncs.com",
        role_arn=ROLE_ARN,
        http_status=403,
        code="NoPermission",
        message=UNAUTHORIZED,
        request_id="A57FBFD7-FC9A-54FE-A876-4D5E19577186",
        denied_by="AccountLevelIdentityBasedPolicy",
    )

    assert diagnose(failure).problem == Problem(
        category="caller_denied",
        side="account_b",
        operation="AssumeRole",
        message=UNAUTHORIZED,
        remedy=f"Attach to the function's execution role a policy that allows sts:AssumeRole on {ROLE_ARN}"
        " (AliyunSTSAssumeRoleAccess allows all roles).",
        code="NoPermission",
        http_status=403,
        request_id="A57FBFD7-FC9A-54FE-A876-4D5E19577186",
        host="sts.cn-hangzhou.aliyuncs.com",
        denied_by="AccountLevelIdentityBasedPolicy",
    )


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"http_status": 403, "code": "NoPermission", "message": UNAUTHORIZED}, "assume_role_denied"),
        ({"http_status": 403, "code": "NoPermission", "denied_by": "AssumeRolePolicy"}, "trust_denied"),
        ({"http_status": 403, "code": "NoPermission", "denied_by": "ControlPolicy"}, "caller_denied"),
        (
            {"http_status": 403, "code": "NoPermission", "message": "Roles may not be assumed by root accounts."},
            "caller_is_root",
        ),
        ({"http_status": 404, "code": "EntityNotExist.Role"}, "role_not_found"),
        ({"http_status": 400, "code": "InvalidParameter.DurationSeconds"}, "invalid_parameter"),
        ({"http_status": 400, "code": "MissingRoleArn"}, "invalid_parameter"),
        ({"http_status": 400, "code": "InvalidSecurityToken.Expired"}, "caller_credentials_rejected"),
        ({"http_status": 403, "code": "InvalidSecurityToken.Expired"}, "caller_credentials_rejected"),
        ({"http_status": 400, "code": "MissingSecurityToken"}, "caller_credentials_rejected"),
        ({"http_status": 404, "code": "InvalidAccessKeyId.NotFound"}, "caller_credentials_rejected"),
        ({"http_status": 400, "code": "SignatureDoesNotMatch"}, "signature_rejected"),
        ({"http_status": 400, "code": "InvalidTimeStamp.Expired"}, "clock_skew"),
        ({"http_status": 400, "code": "Throttling.User"}, "throttled"),
        ({"http_status": 429, "code": None}, "throttled"),
        ({"http_status": 500, "code": "InternalError"}, "unavailable"),
        ({"http_status": 418, "code": "Teapot"}, "unexpected"),
    ],
)
def test_sts_errors_have_causes(facts: dict[str, Any], category: str) -> None:
    """The code decides; the policy layer, where STS tells it, separates the denials."""
    assert category_of("AssumeRole", **facts) == category


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"http_status": 403, "code": "AccessDenied", "message": "the caller is not authorized to perform 'fc:ListServices'"}, "list_denied"),
        ({"http_status": 403, "code": "AccessDenied", "message": "FC service is not enabled for current user."}, "not_activated"),
        ({"http_status": 403, "code": "AccessDenied", "message": "The service or function doesn't belong to you."}, "wrong_account"),
        ({"http_status": 403, "code": "AccessDenied", "message": "the security token has expired"}, "session_rejected"),
        ({"http_status": 403, "code": "InvalidAccessKeyID"}, "session_rejected"),
        ({"http_status": 403, "code": "InvalidSecurityToken.Expired"}, "session_rejected"),
        ({"http_status": 403, "code": "SignatureNotMatch"}, "signature_rejected"),
        ({"http_status": 400, "code": "InvalidArgument"}, "invalid_parameter"),
        ({"http_status": 429, "code": "ResourceExhausted"}, "throttled"),
        ({"http_status": 503, "code": "ResourceThrottled"}, "throttled"),
        ({"http_status": 503, "transport": "malformed_answer"}, "unavailable"),
        ({"http_status": 200, "transport": "malformed_answer"}, "malformed_answer"),
        ({"transport": "timed_out"}, "timed_out"),
        ({"transport": "name_not_resolved"}, "network"),
        ({"transport": "tls_failed"}, "network"),
        ({"http_status": 302, "transport": "redirected"}, "redirected"),
    ],
)  # fmt: skip
def test_function_compute_errors_have_causes(facts: dict[str, Any], category: str) -> None:
    """Denials that share a code are told apart; what is no answer of the API is never one."""
    assert category_of("ListServices", **facts) == category


def test_only_what_may_pass_is_asked_again() -> None:
    """A denial is final; throttling, breakdown and network are not."""
    retryable = {category for category, cause in CAUSES.items() if cause.retryable}

    assert retryable == {"throttled", "unavailable", "timed_out", "network", "malformed_answer"}


def test_every_category_has_a_cause() -> None:
    """No category is without side and remedy."""
    assert set(CAUSES) == set(get_args(Category))


def test_a_message_can_carry_no_secret_and_no_line_break() -> None:
    """STS returns the string to sign with SignatureDoesNotMatch; the token in it is masked."""
    message = (
        "Specified signature is not matched. server CanonicalRequest is [POST\n/\nx-acs-security-token:CAISabcdef\n]"
    )
    failure = Failure(
        operation="AssumeRole", host="h", role_arn=ROLE_ARN, code="SignatureDoesNotMatch", message=message
    )

    assert diagnose(failure).problem.message == (
        "Specified signature is not matched. server CanonicalRequest is [POST / x-acs-security-token:*** ]"
    )
