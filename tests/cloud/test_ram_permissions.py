"""Who may call RAM's actions: those whose policies say so, on things of their own account, and the account itself."""

from __future__ import annotations

import pytest
from alibabacloud_fc20230330.models import ListFunctionsRequest

from local.cloud import LocalCloud, parse_policy
from local.cloud.ram import ACTIONS
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, COMPANY_B, FC_ADMIN, account, assume, fc3, user_keys
from tests.cloud.ram_requests import LISTING_POLICY, no_permission, ram_call, refusal, said, trust_text

# What every action could want to know; each takes what it needs.
PARAMETERS = {
    "RoleName": "r",
    "UserName": "u",
    "PolicyName": "p",
    "PolicyType": "Custom",
    "VersionId": "v1",
    "UserAccessKeyId": "LTAIxxxxxxxx",
    "Status": "Active",
    "AccountAlias": "new-alias",
    "PolicyDocument": LISTING_POLICY,
    "AssumeRolePolicyDocument": trust_text(f"acs:ram::{COMPANY_B}:root"),
    "EncodedDiagnosticMessage": "AQEAAA==",
}
# Action -> the things of the account on which it must be allowed.
RESOURCES = {
    **dict.fromkeys(["CreateRole", "ListRoles"], ("role/*",)),
    **dict.fromkeys(["GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole"], ("role/r",)),
    **dict.fromkeys(["CreatePolicy", "ListPolicies"], ("policy/*",)),
    **dict.fromkeys(["GetPolicy", "DeletePolicy", "ListEntitiesForPolicy"], ("policy/p",)),
    **dict.fromkeys(["CreatePolicyVersion", "GetPolicyVersion", "ListPolicyVersions"], ("policy/p",)),
    **dict.fromkeys(["SetDefaultPolicyVersion", "DeletePolicyVersion"], ("policy/p",)),
    **dict.fromkeys(["AttachPolicyToRole", "DetachPolicyFromRole"], ("role/r", "policy/p")),
    **dict.fromkeys(["AttachPolicyToUser", "DetachPolicyFromUser"], ("user/u", "policy/p")),
    **dict.fromkeys(["CreateUser", "ListUsers"], ("user/*",)),
    **dict.fromkeys(["GetUser", "DeleteUser", "ListPoliciesForUser"], ("user/u",)),
    **dict.fromkeys(["CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey"], ("user/u",)),
    **dict.fromkeys(["SetAccountAlias", "GetAccountAlias", "ClearAccountAlias"], ("*",)),
}


def arn(resource: str) -> str:
    """Return a thing of company B as policies and answers name it."""
    return resource if resource == "*" else f"acs:ram:*:{COMPANY_B}:{resource}"


def let_intern(cloud: LocalCloud, action: str, *resources: str) -> None:
    """Allow one action on some resources, and nothing else."""
    owner = account(cloud, COMPANY_B)
    statement = {"Effect": "Allow", "Action": f"ram:{action}", "Resource": list(resources)}
    owner.add_policy("own", parse_policy({"Version": "1", "Statement": [statement]}))
    owner.users["intern"].policies = ["own"]


def test_every_action_is_in_the_table_below() -> None:
    """None goes without a permission; DecodeDiagnosticMessage has words of its own."""
    assert {action.name for action in ACTIONS} == {*RESOURCES, "DecodeDiagnosticMessage"}


@pytest.mark.parametrize("action", RESOURCES)
def test_an_action_needs_permission_on_its_resources(cloud: LocalCloud, intern: Keys, action: str) -> None:
    """Denied without, and with another thing's; allowed with exactly its own, then there is no such thing, or it works."""
    call, own = ram_call(intern, action, **PARAMETERS), [arn(resource) for resource in RESOURCES[action]]

    without = call.send(cloud.url)
    if own != ["*"]:
        let_intern(cloud, action, *own[:-1], f"{own[-1]}x")
    elsewhere = call.send(cloud.url)
    let_intern(cloud, action, *own)
    allowed = call.send(cloud.url)

    last = own[0] if own == ["*"] else own[-1]
    assert (without.status_code, said(without)) == (403, no_permission(cloud, without, action, own[0]))
    assert (elsewhere.status_code, said(elsewhere)) == (403, no_permission(cloud, elsewhere, action, last))
    assert allowed.status_code in (200, 404)


def test_a_system_policy_belongs_to_the_system(cloud: LocalCloud, intern: Keys) -> None:
    """To attach one, a policy must allow it on the account `system`."""
    parameters = {"RoleName": "r", "PolicyType": "System", "PolicyName": "AliyunFCReadOnlyAccess"}
    call, role = ram_call(intern, "AttachPolicyToRole", **parameters), arn("role/r")
    policy = "acs:ram:*:system:policy/AliyunFCReadOnlyAccess"

    let_intern(cloud, "AttachPolicyToRole", role, arn("policy/*"))
    denied = call.send(cloud.url)
    let_intern(cloud, "AttachPolicyToRole", role, policy)
    allowed = call.send(cloud.url)

    assert said(denied) == no_permission(cloud, denied, "AttachPolicyToRole", policy)
    assert said(allowed) == refusal(allowed, "EntityNotExist.Role", "The role does not exist.")


def test_a_resource_may_be_written_without_a_region(cloud: LocalCloud, intern: Keys) -> None:
    """As the ARN of a role is."""
    let_intern(cloud, "GetRole", f"acs:ram::{COMPANY_B}:role/fc-inventory")

    assert ram_call(intern, "GetRole", RoleName="fc-inventory").send(cloud.url).status_code == 200


def test_reading_is_not_writing(cloud: LocalCloud, intern: Keys) -> None:
    """AliyunRAMReadOnlyAccess lists and gets."""
    account(cloud, COMPANY_B).users["intern"].policies = ["AliyunRAMReadOnlyAccess"]

    listed = ram_call(intern, "ListRoles").send(cloud.url)
    deleted = ram_call(intern, "DeleteRole", RoleName="fc-inventory").send(cloud.url)

    role = arn("role/fc-inventory")
    assert listed.status_code == 200
    assert said(deleted) == no_permission(cloud, deleted, "DeleteRole", role)


def test_an_account_s_own_key_may_do_everything(cloud: LocalCloud) -> None:
    """In its account, and in no other."""
    account(cloud, COMPANY_A).root_key = AccessKey("LTAIroot", "root-secret")
    root = Keys("LTAIroot", "root-secret")

    own = ram_call(root, "GetRole", RoleName="fc-admin").send(cloud.url)
    other = ram_call(root, "GetRole", RoleName="fc-inventory").send(cloud.url)
    keys = ram_call(root, "CreateAccessKey").send(cloud.url)

    assert own.status_code == 200
    assert said(other) == refusal(other, "EntityNotExist.Role", "The role does not exist.")
    assert said(keys) == refusal(keys, "MissingUserName", "UserName is mandatory for this action.")


def test_a_session_may_what_its_role_may(cloud: LocalCloud, ops: Keys) -> None:
    """Company B's session in company A writes company A's roles once the role may, not company B's."""
    session = assume(cloud, ops)
    before = ram_call(session, "GetRole", RoleName="fc-admin").send(cloud.url)

    account(cloud, COMPANY_A).roles["fc-admin"].policies.append("AliyunRAMFullAccess")
    after = ram_call(session, "GetRole", RoleName="fc-admin").send(cloud.url)

    message = (
        f"You are not authorized to do this action. Resource: acs:ram:*:{COMPANY_A}:role/fc-admin Action: ram:GetRole"
    )
    detail = {
        "AuthAction": "ram:GetRole",
        "AuthPrincipalType": "AssumedRoleUser",
        "AuthPrincipalOwnerId": COMPANY_A,
        "AuthPrincipalDisplayName": "fc-admin:alice",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    assert said(before) == refusal(before, "NoPermission", message, detail)
    assert after.json()["Role"]["Arn"] == FC_ADMIN


def test_administrators_of_ram_see_no_functions(cloud: LocalCloud, admin_a: Keys) -> None:
    """Writing permissions is not having them; until they give them to themselves."""
    request = {"PolicyType": "System", "PolicyName": "AliyunFCReadOnlyAccess", "UserName": "admin"}

    with pytest.raises(Exception, match="fc:ListFunctions") as denied:
        fc3(cloud, admin_a).list_functions(ListFunctionsRequest())
    given = ram_call(admin_a, "AttachPolicyToUser", **request).send(cloud.url)
    listed = fc3(cloud, user_keys(cloud, "admin", COMPANY_A)).list_functions(ListFunctionsRequest())

    assert denied.value.code == "AccessDenied"  # type: ignore[attr-defined]
    assert given.status_code == 200
    assert len(listed.body.functions) == 7
