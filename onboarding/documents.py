"""The policies that accounts A and B sign, as ordered mappings. Pure; the templates hold the same documents.

Policy language: https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements. Why an external ID:
https://www.alibabacloud.com/help/en/ram/use-cases/use-externalid-to-prevent-the-confused-deputy-problem
Actions and resources of Function Compute: https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/policies-and-sample-policies
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

Document = dict[str, Any]
Level = Literal["list", "read", "manage"]

LEVELS: tuple[Level, ...] = ("list", "read", "manage")
READ_POLICY = "AliyunFCReadOnlyAccess"  # fc:Get* and fc:List* on everything, code included: the guide's choice
ASSUME_ANY_POLICY = "AliyunSTSAssumeRoleAccess"  # sts:AssumeRole on every role anywhere: the guide's choice

_LIST_ACTIONS = ("fc:ListServices", "fc:ListFunctions")
_TRIGGER_ACTIONS = ("fc:ListTriggers",)
_SERVICE_ACTIONS = ("fc:GetService", "fc:UpdateService", "fc:DeleteService")
_FUNCTION_ACTIONS = ("fc:GetFunction", "fc:UpdateFunction", "fc:DeleteFunction")


def trust_policy(principals: Sequence[str], external_id: str) -> Document:
    """Return the trust policy of account A's role: who may assume it, and only with *external_id*.

    *principals* are ARNs: `acs:ram::ACCOUNT_B:role/NAME` for B's function alone, `acs:ram::ACCOUNT_B:root` for every
    user and role that account B lets.
    """
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": list(principals)},
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return _document(statement)


def closed_trust_policy(account_id: str) -> Document:
    """Return the trust policy of a role of *account_id* that has been revoked: nobody outside of the account.

    A trust policy needs a principal; the account's own users and roles still need a permission of their own.
    """
    return _document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{account_id}:root"]}}
    )


def list_policy(*, triggers: bool = False) -> Document:
    """Return the least that listing needs, with *triggers* theirs, too. No action knows a resource but all."""
    return _document(_allow(_list_actions(triggers=triggers), "*"))


def manage_policy(account_id: str, prefix: str, *, triggers: bool = False) -> Document:
    """Return what also creates, changes and deletes services and functions of *account_id* whose names begin so.

    A service is created on `services/*`, which knows no name: new services may be called anything, but only those
    under *prefix* can then be changed, filled or deleted. Giving a function a role needs ram:PassRole, which is not in.
    """
    services = f"acs:fc:*:{account_id}:services"
    return _document(
        _allow(_list_actions(triggers=triggers), "*"),
        _allow(("fc:CreateService",), f"{services}/*"),
        _allow(_SERVICE_ACTIONS, f"{services}/{prefix}*"),
        _allow(("fc:CreateFunction", *_FUNCTION_ACTIONS), f"{services}/{prefix}*/functions/*"),
        _allow(("fc:CreateFunction", *_FUNCTION_ACTIONS), f"acs:fc:*:{account_id}:functions/{prefix}*"),
    )


def permission_policy(level: Level, account_id: str, prefix: str, *, triggers: bool = False) -> Document | None:
    """Return the policy of A's role at *level*; None at `read`, where `AliyunFCReadOnlyAccess` is attached instead.

    *triggers* also lets B list the triggers of functions, which `read` does anyway.
    """
    if level == "read":
        return None
    return list_policy(triggers=triggers) if level == "list" else manage_policy(account_id, prefix, triggers=triggers)


def execution_trust_policy() -> Document:
    """Return the trust policy of B's execution role: Function Compute may give it to functions."""
    return _document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}},
    )


def assume_policy(role_arns: Sequence[str]) -> Document:
    """Return what lets B's function and users assume exactly *role_arns* (`acs:ram::ACCOUNT:role/NAME`).

    As a resource a role is written `acs:ram:*:ACCOUNT:role/NAME`.
    https://www.alibabacloud.com/help/en/ram/support/faq-about-ram-roles-and-sts-tokens
    """
    resources = [arn.replace("acs:ram::", "acs:ram:*:", 1) for arn in role_arns]
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resources})


def to_text(document: Document) -> str:
    """Return *document* as it is sent, without a superfluous character: RAM counts them."""
    return json.dumps(document, separators=(",", ":"))


def _list_actions(*, triggers: bool) -> tuple[str, ...]:
    return _LIST_ACTIONS + _TRIGGER_ACTIONS if triggers else _LIST_ACTIONS


def _document(*statements: Document) -> Document:
    return {"Version": "1", "Statement": list(statements)}


def _allow(actions: Sequence[str], resource: str) -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
