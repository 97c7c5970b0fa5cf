"""Which policies users and roles have, one function for each action. The next call of the holder meets the change.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-attachpolicytorole and its
neighbours; the permission for them is asked on the holder and on the policy.
"""

from __future__ import annotations

from typing import Any

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.ram_entities import (
    CUSTOM,
    SYSTEM,
    authorise,
    find_policy,
    find_role,
    find_user,
    now,
    policy_resource,
    ram_action,
    read_policy,
)
from local.cloud.ram_parameters import read_name
from local.cloud.ram_policies import describe_policy
from local.cloud.world import Role, User

# How many policies of a type may be attached, as published in 2021.
_LIMITS = {("Role", SYSTEM): 20, ("Role", CUSTOM): 5, ("User", SYSTEM): 20, ("User", CUSTOM): 10}
_LIMIT_MESSAGES = {
    "Role": "The count of policies attached to the role beyond the current limits.",
    "User": "The policy count of the user attached policies beyond the current limits.",
}


def attach_policy_to_role(call: Call) -> dict[str, Any]:
    """AttachPolicyToRole."""
    return _attach(call, "AttachPolicyToRole", "Role")


def attach_policy_to_user(call: Call) -> dict[str, Any]:
    """AttachPolicyToUser."""
    return _attach(call, "AttachPolicyToUser", "User")


def detach_policy_from_role(call: Call) -> dict[str, Any]:
    """DetachPolicyFromRole."""
    return _detach(call, "DetachPolicyFromRole", "Role")


def detach_policy_from_user(call: Call) -> dict[str, Any]:
    """DetachPolicyFromUser."""
    return _detach(call, "DetachPolicyFromUser", "User")


def list_policies_for_role(call: Call) -> dict[str, Any]:
    """ListPoliciesForRole, in the order in which they were attached."""
    return _list(call, "ListPoliciesForRole", "Role")


def list_policies_for_user(call: Call) -> dict[str, Any]:
    """ListPoliciesForUser, in the order in which they were attached."""
    return _list(call, "ListPoliciesForUser", "User")


def list_entities_for_policy(call: Call) -> dict[str, Any]:
    """ListEntitiesForPolicy: its users and roles, in order of name; groups aren't imitated."""
    policy_type, name = read_policy(call)
    authorise(call, "ListEntitiesForPolicy", policy_resource(call, policy_type, name))
    find_policy(call, policy_type, name)
    users = [user for _, user in sorted(call.account.users.items()) if name in user.policies]
    roles = [role for _, role in sorted(call.account.roles.items()) if name in role.policies]
    return {
        "RequestId": call.request_id,
        "Groups": {"Group": []},
        "Users": {"User": [_user(user, name) for user in users]},
        "Roles": {"Role": [_role(call, role, name) for role in roles]},
    }


def _attach(call: Call, action: str, kind: str) -> dict[str, Any]:
    policy_type, name, holder = _read(call, action, kind)
    if name in holder.policies:
        message = f"The {kind.lower()} has already been attached this policy."
        raise Refusal(409, f"EntityAlreadyExists.{kind}.Policy", message)
    same_type = [other for other in holder.policies if (other in call.account.policies) == (policy_type == CUSTOM)]
    if len(same_type) >= _LIMITS[kind, policy_type]:
        raise Refusal(409, f"LimitExceeded.{kind}.Policy", _LIMIT_MESSAGES[kind])
    holder.policies.append(name)
    holder.attached[name] = now(call)
    return {"RequestId": call.request_id}


def _detach(call: Call, action: str, kind: str) -> dict[str, Any]:
    _, name, holder = _read(call, action, kind)
    if name not in holder.policies:
        message = f"The indicate policy of the {kind.lower()} does not exist."
        raise Refusal(404, f"EntityNotExist.{kind}.Policy", message)
    holder.policies.remove(name)
    holder.attached.pop(name, None)
    return {"RequestId": call.request_id}


def _read(call: Call, action: str, kind: str) -> tuple[str, str, User | Role]:
    """Return the policy's type and name and its holder; raises Refusal."""
    policy_type, name = read_policy(call)
    holder_name = read_name(call, f"{kind}Name")
    authorise(call, action, f"{kind.lower()}/{holder_name}", policy_resource(call, policy_type, name))
    holder = _holder(call, kind, holder_name)
    find_policy(call, policy_type, name)
    return policy_type, name, holder


def _list(call: Call, action: str, kind: str) -> dict[str, Any]:
    name = read_name(call, f"{kind}Name")
    authorise(call, action, f"{kind.lower()}/{name}")
    holder = _holder(call, kind, name)
    policies = []
    for attached in holder.policies:
        policy_type = CUSTOM if attached in call.account.policies else SYSTEM
        policy = describe_policy(find_policy(call, policy_type, attached), policy_type)
        policies.append(policy | {"AttachDate": _attach_date(holder, attached)})
    return {"RequestId": call.request_id, "Policies": {"Policy": policies}}


def _holder(call: Call, kind: str, name: str) -> User | Role:
    return find_role(call, name) if kind == "Role" else find_user(call, name)


def _attach_date(holder: User | Role, policy_name: str) -> str:
    return holder.attached.get(policy_name, holder.created)


def _user(user: User, policy_name: str) -> dict[str, Any]:
    return {
        "UserId": user.user_id,
        "UserName": user.name,
        "DisplayName": user.details.get("DisplayName", ""),
        "AttachDate": _attach_date(user, policy_name),
    }


def _role(call: Call, role: Role, policy_name: str) -> dict[str, Any]:
    return {
        "RoleId": role.role_id,
        "RoleName": role.name,
        "Arn": call.account.role_arn(role.name),
        "Description": role.description,
        "AttachDate": _attach_date(role, policy_name),
    }


ACTIONS = (
    ram_action("AttachPolicyToRole", attach_policy_to_role),
    ram_action("DetachPolicyFromRole", detach_policy_from_role),
    ram_action("ListPoliciesForRole", list_policies_for_role),
    ram_action("AttachPolicyToUser", attach_policy_to_user),
    ram_action("DetachPolicyFromUser", detach_policy_from_user),
    ram_action("ListPoliciesForUser", list_policies_for_user),
    ram_action("ListEntitiesForPolicy", list_entities_for_policy),
)
