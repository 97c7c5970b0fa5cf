"""The versions of RAM's custom policies, one function for each action.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createpolicyversion and its
neighbours.
"""

from __future__ import annotations

import re
from typing import Any

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.ram_entities import (
    CUSTOM,
    authorise,
    find_policy,
    now,
    policy_resource,
    ram_action,
    read_policy,
)
from local.cloud.ram_parameters import (
    invalid,
    read_choice,
    read_document,
    read_flag,
    read_name,
    require,
)
from local.cloud.ram_policies import POLICY_CHARACTERS, describe_version
from local.cloud.versioned_policy import VersionedPolicy

_MAXIMUM_VERSIONS = 5
_ROTATE = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


def create_policy_version(call: Call) -> dict[str, Any]:
    """CreatePolicyVersion; at the limit, `RotateStrategy` may give up the oldest version that isn't in force."""
    name = read_name(call, "PolicyName")
    policy = read_document(call, "PolicyDocument", POLICY_CHARACTERS)
    as_default = read_flag(call, "SetAsDefault")
    given = "RotateStrategy" in call.parameters
    rotates = given and read_choice(call, "RotateStrategy", "None", _ROTATE) == _ROTATE
    authorise(call, "CreatePolicyVersion", policy_resource(call, CUSTOM, name))
    changed = find_policy(call, CUSTOM, name)
    if len(changed.versions) >= _MAXIMUM_VERSIONS:
        if not rotates:
            message = "The count of policy version beyond the current limits."
            raise Refusal(409, "LimitExceeded.Policy.Version", message)
        del changed.versions[next(each for each in changed.versions if each != changed.default_version_id)]
    version_id = changed.add_version(policy, now(call))
    if as_default:
        changed.default_version_id = version_id
    return {"RequestId": call.request_id, "PolicyVersion": describe_version(changed, version_id)}


def get_policy_version(call: Call) -> dict[str, Any]:
    """GetPolicyVersion."""
    policy_type, name = read_policy(call)
    version_id = _version_id(call)
    authorise(call, "GetPolicyVersion", policy_resource(call, policy_type, name))
    policy = _with_version(find_policy(call, policy_type, name), version_id)
    return {"RequestId": call.request_id, "PolicyVersion": describe_version(policy, version_id)}


def list_policy_versions(call: Call) -> dict[str, Any]:
    """ListPolicyVersions, oldest first."""
    policy_type, name = read_policy(call)
    authorise(call, "ListPolicyVersions", policy_resource(call, policy_type, name))
    policy = find_policy(call, policy_type, name)
    versions = [describe_version(policy, version_id) for version_id in policy.versions]
    return {"RequestId": call.request_id, "PolicyVersions": {"PolicyVersion": versions}}


def set_default_policy_version(call: Call) -> dict[str, Any]:
    """SetDefaultPolicyVersion: the next call of everybody whom the policy is attached to meets it."""
    name, version_id = read_name(call, "PolicyName"), _version_id(call)
    authorise(call, "SetDefaultPolicyVersion", policy_resource(call, CUSTOM, name))
    policy = _with_version(find_policy(call, CUSTOM, name), version_id)
    policy.default_version_id = version_id
    policy.updated = now(call)
    return {"RequestId": call.request_id}


def delete_policy_version(call: Call) -> dict[str, Any]:
    """DeletePolicyVersion, not of the one that is in force."""
    name, version_id = read_name(call, "PolicyName"), _version_id(call)
    authorise(call, "DeletePolicyVersion", policy_resource(call, CUSTOM, name))
    policy = _with_version(find_policy(call, CUSTOM, name), version_id)
    if version_id == policy.default_version_id:
        message = "The default policy version CAN NOT been deleted directly."
        raise Refusal(409, "DeleteConflict.Policy.Version.Default", message)
    del policy.versions[version_id]
    policy.updated = now(call)
    return {"RequestId": call.request_id}


def _version_id(call: Call) -> str:
    version_id = require(call, "VersionId")
    if not re.fullmatch(r"v[0-9]{1,9}", version_id):
        raise invalid("VersionId", kind=".Format", message='The format of the parameter - "{}" is incorrect.')
    return version_id


def _with_version(policy: VersionedPolicy, version_id: str) -> VersionedPolicy:
    if version_id not in policy.versions:
        raise Refusal(404, "EntityNotExist.Policy.Version", "The policy version does not exist.")
    return policy


ACTIONS = (
    ram_action("CreatePolicyVersion", create_policy_version),
    ram_action("GetPolicyVersion", get_policy_version),
    ram_action("ListPolicyVersions", list_policy_versions),
    ram_action("SetDefaultPolicyVersion", set_default_policy_version),
    ram_action("DeletePolicyVersion", delete_policy_version),
)
