"""May this caller do that? The policy layers in the order in which RAM asks them.

Session policy, then identity policies; AssumeRole asks the role's trust policy as well.
Sources: https://www.alibabacloud.com/help/en/ram/policy-evaluation-process,
https://www.alibabacloud.com/help/en/ram/policy-evaluation-process-of-assuming-a-ram-role
"""

from __future__ import annotations

from collections.abc import Mapping

from local.cloud.policy import Question, Verdict, evaluate
from local.cloud.world import Caller, Role, User

Denial = Mapping[str, str]
"""The `AccessDeniedDetail` of an answer: string values under the keys of the wire."""


def find_denial(caller: Caller, question: Question) -> Denial | None:
    """Return the first layer of *caller*'s own policies that doesn't allow *question*, or None.

    The account itself may do everything.
    """
    if caller.identity is None:
        return None
    if caller.session and caller.session.policy:
        verdict = evaluate([caller.session.policy], question)
        if verdict is not Verdict.ALLOW:
            return _denial(caller, question, verdict, "SessionPolicy")
    verdict = evaluate(caller.account.attached_policies(caller.identity).values(), question)
    return None if verdict is Verdict.ALLOW else _denial(caller, question, verdict, "AccountLevelIdentityBasedPolicy")


def find_assume_role_denial(caller: Caller, role: Role, question: Question) -> Denial | None:
    """Return what keeps *caller* from assuming *role*, or None.

    Its own policies and the trust policy must both allow it.     Where both deny, an explicit denial is reported rather
    than an implicit one, and else the caller's own.
    """
    own = find_denial(caller, question)
    verdict = evaluate([role.trust], question)
    trust = None if verdict is Verdict.ALLOW else _denial(caller, question, verdict, "AssumeRolePolicy")
    denials = [denial for denial in (own, trust) if denial is not None]
    explicit = [denial for denial in denials if denial["NoPermissionType"] == Verdict.EXPLICIT_DENY.value]
    return next(iter(explicit + denials), None)


def principal_detail(caller: Caller) -> dict[str, str]:
    """Return the part of `AccessDeniedDetail` that says who was denied."""
    if caller.identity is None:
        kind, name = "RootUser", caller.account.account_id
    elif isinstance(caller.identity, User):
        kind, name = "SubUser", caller.identity.user_id
    else:
        kind, name = "AssumedRoleUser", f"{caller.identity.name}:{caller.session.name if caller.session else ''}"
    return {
        "AuthPrincipalType": kind,
        "AuthPrincipalOwnerId": caller.account.account_id,
        "AuthPrincipalDisplayName": name,
    }


def _denial(caller: Caller, question: Question, verdict: Verdict, policy_type: str) -> Denial:
    return {
        "AuthAction": question.action,
        **principal_detail(caller),
        "NoPermissionType": verdict.value,
        "PolicyType": policy_type,
    }
