"""RAM's roles, one function for each action.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createrole and its neighbours.
"""

from __future__ import annotations

from typing import Any

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.identifiers import make_digits
from local.cloud.policy import Policy
from local.cloud.ram_entities import authorise, find_role, now, ram_action
from local.cloud.ram_parameters import (
    read_document,
    read_name,
    read_page,
    read_session_seconds,
    read_text,
    refuse_tags,
)
from local.cloud.world import Role, World

_MAXIMUM_ROLES = 1000
_TRUST_CHARACTERS = 4096
_DESCRIPTION_CHARACTERS = 1024


def create_role(call: Call) -> dict[str, Any]:
    """CreateRole: whom the role trusts must exist, as far as its account is one of this world's."""
    name = read_name(call, "RoleName")
    trust = read_document(call, "AssumeRolePolicyDocument", _TRUST_CHARACTERS, trust=True)
    description = read_text(call, "Description", _DESCRIPTION_CHARACTERS)
    seconds = read_session_seconds(call, "MaxSessionDuration") or 3600
    refuse_tags(call)
    authorise(call, "CreateRole", "role/*")
    _check_principals(call.world, trust)
    if name in call.account.roles:
        raise Refusal(409, "EntityAlreadyExists.Role", "The role does already EXIST.")
    if len(call.account.roles) >= _MAXIMUM_ROLES:
        raise Refusal(409, "LimitExceeded.Role", "The count of roles beyond the current limits.")
    role_id = make_digits("3", call.account.next_seed("role", name))
    role = Role(name, role_id, trust, [], seconds, description, now(call), now(call))
    call.account.roles[name] = role
    return {"RequestId": call.request_id, "Role": _role(call, role)}


def get_role(call: Call) -> dict[str, Any]:
    """GetRole, the trust policy as it was written."""
    name = read_name(call, "RoleName")
    authorise(call, "GetRole", f"role/{name}")
    role = find_role(call, name)
    return {"RequestId": call.request_id, "Role": _role(call, role) | {"UpdateDate": role.updated}}


def update_role(call: Call) -> dict[str, Any]:
    """UpdateRole: sessions that were issued before go on, the next AssumeRole meets the new trust policy."""
    name = read_name(call, "RoleName")
    parameter = "NewAssumeRolePolicyDocument"
    trust = read_document(call, parameter, _TRUST_CHARACTERS, trust=True) if call.parameters.get(parameter) else None
    description = read_text(call, "NewDescription", _DESCRIPTION_CHARACTERS)
    seconds = read_session_seconds(call, "NewMaxSessionDuration")
    authorise(call, "UpdateRole", f"role/{name}")
    role = find_role(call, name)
    if trust is not None:
        _check_principals(call.world, trust)
        role.trust = trust
    role.max_session_duration_seconds = seconds or role.max_session_duration_seconds
    if "NewDescription" in call.parameters:
        role.description = description
    role.updated = now(call)
    return {"RequestId": call.request_id, "Role": _role(call, role) | {"UpdateDate": role.updated}}


def delete_role(call: Call) -> dict[str, Any]:
    """DeleteRole: its sessions end with it."""
    name = read_name(call, "RoleName")
    authorise(call, "DeleteRole", f"role/{name}")
    if find_role(call, name).policies:
        message = "The role CAN NOT has any attached policy while deleting the role."
        raise Refusal(409, "DeleteConflict.Role.Policy", message)
    del call.account.roles[name]
    return {"RequestId": call.request_id}


def list_roles(call: Call) -> dict[str, Any]:
    """ListRoles, in order of name, without the trust policies."""
    refuse_tags(call)
    page, more = read_page(call, call.account.roles)
    authorise(call, "ListRoles", "role/*")
    roles = [_role(call, role) | {"UpdateDate": role.updated} for role in page]
    for role in roles:
        del role["AssumeRolePolicyDocument"]
    return {"RequestId": call.request_id, **more, "Roles": {"Role": roles}}


def _role(call: Call, role: Role) -> dict[str, Any]:
    return {
        "RoleId": role.role_id,
        "RoleName": role.name,
        "Arn": call.account.role_arn(role.name),
        "Description": role.description,
        "AssumeRolePolicyDocument": role.trust.text,
        "CreateDate": role.created,
        "MaxSessionDuration": role.max_session_duration_seconds,
    }


def _check_principals(world: World, trust: Policy) -> None:
    """Raise Refusal where *trust* names a user or role that an account of this world doesn't have.

    That the real service refuses it is documented; its code isn't.
    """
    principals = [name for statement in trust.statements for name in sorted(statement.principals or ())]
    for arn in (name.removeprefix("RAM:") for name in principals if name.startswith("RAM:")):
        account_id, _, entity = arn.removeprefix("acs:ram::").partition(":")
        kind, _, name = entity.partition("/")
        account = world.accounts.get(account_id)
        if account and name and name not in (account.users if kind == "user" else account.roles):
            raise Refusal(400, "MalformedPolicyDocument", f"The principal {arn} does not exist.")


ACTIONS = (
    ram_action("CreateRole", create_role),
    ram_action("GetRole", get_role),
    ram_action("UpdateRole", update_role),
    ram_action("DeleteRole", delete_role),
    ram_action("ListRoles", list_roles),
)
