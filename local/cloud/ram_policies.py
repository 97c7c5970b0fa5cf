"""RAM's policies, one function for each action.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createpolicy and its neighbours.
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
    now,
    policy_resource,
    ram_action,
    read_policy,
)
from local.cloud.ram_parameters import (
    read_choice,
    read_document,
    read_flag,
    read_name,
    read_page,
    read_text,
    refuse_tags,
)
from local.cloud.system_policies import DOCUMENTS, system_policy_record
from local.cloud.versioned_policy import VersionedPolicy
from local.cloud.world import Role, User

POLICY_CHARACTERS = 6144
_DESCRIPTION_CHARACTERS = 1024
_MAXIMUM_POLICIES = 1500


def create_policy(call: Call) -> dict[str, Any]:
    """CreatePolicy, with the version v1."""
    name = read_name(call, "PolicyName")
    policy = read_document(call, "PolicyDocument", POLICY_CHARACTERS)
    description = read_text(call, "Description", _DESCRIPTION_CHARACTERS)
    refuse_tags(call)
    authorise(call, "CreatePolicy", "policy/*")
    if name in call.account.policies or name in DOCUMENTS:
        # The published text says "group".
        raise Refusal(409, "EntityAlreadyExists.Policy", "The group does already EXIST.")
    if len(call.account.policies) >= _MAXIMUM_POLICIES:
        raise Refusal(409, "LimitExceeded.Policy", "The count of policy beyond the current limits.")
    created = VersionedPolicy.of(name, policy, description=description, created=now(call))
    call.account.policies[name] = created
    return {"RequestId": call.request_id, "Policy": describe_policy(created, CUSTOM) | {"CreateDate": created.created}}


def get_policy(call: Call) -> dict[str, Any]:
    """GetPolicy, with the version that is in force."""
    policy_type, name = read_policy(call)
    authorise(call, "GetPolicy", policy_resource(call, policy_type, name))
    policy = find_policy(call, policy_type, name)
    return {
        "RequestId": call.request_id,
        "Policy": _listed(call, policy, policy_type),
        "DefaultPolicyVersion": describe_version(policy, policy.default_version_id),
    }


def delete_policy(call: Call) -> dict[str, Any]:
    """DeletePolicy: attached to nobody, and with no version but one unless `CascadingDelete` says so."""
    name = read_name(call, "PolicyName")
    cascading = read_flag(call, "CascadingDelete")
    authorise(call, "DeletePolicy", policy_resource(call, CUSTOM, name))
    policy = find_policy(call, CUSTOM, name)
    for kind, holders in (("User", call.account.users.values()), ("Role", call.account.roles.values())):
        if any(name in holder.policies for holder in holders):
            message = f"The policy CAN NOT been attached to any {kind.lower()} while deleting the policy."
            raise Refusal(409, f"DeleteConflict.Policy.{kind}", message)
    if len(policy.versions) > 1 and not cascading:
        message = "The policy CAN NOT has any version except the default version."
        raise Refusal(409, "DeleteConflict.Policy.Version", message)
    del call.account.policies[name]
    return {"RequestId": call.request_id}


def list_policies(call: Call) -> dict[str, Any]:
    """ListPolicies, in order of name: system policies, the account's own, or both."""
    refuse_tags(call)
    wanted = read_choice(call, "PolicyType", SYSTEM, CUSTOM) if call.parameters.get("PolicyType") else None
    known = {name: (system_policy_record(name), SYSTEM) for name in DOCUMENTS}
    known |= {name: (policy, CUSTOM) for name, policy in call.account.policies.items()}
    page, more = read_page(call, {name: found for name, found in known.items() if wanted in (None, found[1])})
    authorise(call, "ListPolicies", "policy/*")
    policies = [_listed(call, policy, policy_type) for policy, policy_type in page]
    return {"RequestId": call.request_id, **more, "Policies": {"Policy": policies}}


def describe_policy(policy: VersionedPolicy, policy_type: str) -> dict[str, Any]:
    """Return what every answer says of a policy."""
    return {
        "PolicyName": policy.name,
        "PolicyType": policy_type,
        "Description": policy.description,
        "DefaultVersion": policy.default_version_id,
    }


def describe_version(policy: VersionedPolicy, version_id: str) -> dict[str, Any]:
    """Return one version of *policy*, its document as it was written."""
    version = policy.versions[version_id]
    return {
        "VersionId": version_id,
        "IsDefaultVersion": version_id == policy.default_version_id,
        "PolicyDocument": version.policy.text,
        "CreateDate": version.created,
    }


def _listed(call: Call, policy: VersionedPolicy, policy_type: str) -> dict[str, Any]:
    holders: tuple[User | Role, ...] = (*call.account.users.values(), *call.account.roles.values())
    return describe_policy(policy, policy_type) | {
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
        "AttachmentCount": sum(policy.name in holder.policies for holder in holders),
    }


ACTIONS = (
    ram_action("CreatePolicy", create_policy),
    ram_action("GetPolicy", get_policy),
    ram_action("DeletePolicy", delete_policy),
    ram_action("ListPolicies", list_policies),
)
