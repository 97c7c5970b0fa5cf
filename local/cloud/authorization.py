"""May this caller do that? The policy layers in the order in which RAM asks them.

Session policy, then identity policies; AssumeRole asks the role's trust policy as well.
Sources: https://www.alibabacloud.com/help/en/ram/policy-evaluation-process,
https://www.alibabacloud.com/help/en/ram/policy-evaluation-process-of-assuming-a-ram-role
"""

from __future__ import annotations

from collections.abc import Mapping

from local.cloud.denial import Denial
from local.cloud.policy import Question, Verdict, evaluate
from local.cloud.world import Caller, Role, User


def find_denial(caller: Caller, question: Question) -> Denial | None:
    """Return the first layer of *caller*'s own policies that doesn't allow *question*, or None.

    The account itself may do everything.
    """
    if caller.identity is None:
        return None
    if caller.session and caller.session.policy:
        verdict = evaluate([caller.session.policy], question)
        if verdict is not Verdict.ALLOW:
            return Denial(question, principal_detail(caller), verdict, "SessionPolicy")
    attached = caller.account.attached_policies(caller.identity)
    verdict = evaluate(attached.values(), question)
    if verdict is Verdict.ALLOW:
        return None
    denying = [name for name in attached if evaluate([attached[name]], question) is Verdict.EXPLICIT_DENY]
    matched = tuple(_matched(caller, name) for name in denying)
    return Denial(question, principal_detail(caller), verdict, "AccountLevelIdentityBasedPolicy", matched)


def find_assume_role_denial(caller: Caller, role: Role, question: Question) -> Denial | None:
    """Return what keeps *caller* from assuming *role*, or None.

    Its own policies and the trust policy must both allow it. Where both deny, an explicit denial is reported rather
    than an implicit one, and else the caller's own.
    """
    own = find_denial(caller, question)
    verdict = evaluate([role.trust], question)
    trust = (
        None if verdict is Verdict.ALLOW else Denial(question, principal_detail(caller), verdict, "AssumeRolePolicy")
    )
    denials = [denial for denial in (own, trust) if denial is not None]
    return next(iter([denial for denial in denials if denial.is_explicit] + denials), None)


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


def _matched(caller: Caller, name: str) -> Mapping[str, str]:
    """Return the attached policy *name* as DecodeDiagnosticMessage tells of it; only custom policies have versions."""
    own = caller.account.policies.get(name)
    version = {"PolicyVersion": own.default_version_id} if own else {}
    return {
        "Effect": "Deny",
        "PolicyIdentifier": name,
        "PolicyType": "Custom" if own else "System",
        **version,
        "AttachedEntityType": "RamUser" if isinstance(caller.identity, User) else "RamRole",
        "AttachedScope": "Account",
    }
