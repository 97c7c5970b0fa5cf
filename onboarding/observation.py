"""What is there now: RAM's answers about a role, its policies and users, as `plan` takes them."""

from __future__ import annotations

from typing import Any

from fc_inventory.errors import SettingsError
from onboarding import ram
from onboarding.administrator import Administrator
from onboarding.plan import Found, PolicyKey, Wanted, read_document


def observe(wanted: Wanted, administrator: Administrator) -> Found:
    """Ask RAM about all that *wanted* names. Raises CloudError, and SettingsError for a user that isn't there."""
    role = find_role(wanted.role_name, administrator)
    is_custom = wanted.policy.document is not None
    policy = find_policy(wanted.policy.name, administrator) if is_custom else None
    return Found(
        trust=read_document(role["AssumeRolePolicyDocument"]) if role else None,
        max_session_seconds=role["MaxSessionDuration"] if role else 0,
        document=read_document(policy["DefaultPolicyVersion"]["PolicyDocument"]) if policy else None,
        attached=policies_of_role(wanted.role_name, administrator) if role else (),
        user_policies={user: _policies_of_user(user, administrator) for user in wanted.users},
    )


def find_role(name: str, administrator: Administrator) -> dict[str, Any] | None:
    """Return GetRole's `Role`, None where there is none."""
    answer = ram.find("GetRole", {"RoleName": name}, administrator)
    role: dict[str, Any] | None = answer["Role"] if answer else None
    return role


def role_names(administrator: Administrator) -> list[str]:
    """Return the names of the account's roles. Raises CloudError."""
    names: list[str] = []
    more: dict[str, Any] = {"MaxItems": 1000}
    while more:
        answer = ram.call("ListRoles", more, administrator)
        names += [role["RoleName"] for role in answer["Roles"]["Role"]]
        more = {"MaxItems": 1000, "Marker": answer["Marker"]} if answer.get("IsTruncated") else {}
    return names


def find_policy(name: str, administrator: Administrator) -> dict[str, Any] | None:
    """Return GetPolicy's answer about a custom policy, None where there is none."""
    return ram.find("GetPolicy", {"PolicyName": name, "PolicyType": "Custom"}, administrator)


def policies_of_role(name: str, administrator: Administrator) -> tuple[PolicyKey, ...]:
    """Return the policies that are attached to a role, in their order."""
    return _keys(ram.call("ListPoliciesForRole", {"RoleName": name}, administrator))


def _policies_of_user(name: str, administrator: Administrator) -> tuple[PolicyKey, ...]:
    answer = ram.find("ListPoliciesForUser", {"UserName": name}, administrator)
    if answer is None:
        raise SettingsError("--user", expected=f"a RAM user of account {administrator.account_id}", found=repr(name))
    return _keys(answer)


def _keys(answer: dict[str, Any]) -> tuple[PolicyKey, ...]:
    listed = (answer.get("Policies") or {}).get("Policy") or []
    return tuple((policy["PolicyType"], policy["PolicyName"]) for policy in listed)
