"""RAM's policies, their versions, and whom they are attached to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_ram20150501 import models

from local.cloud import LocalCloud, parse_policy
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, account
from tests.cloud.ram_requests import LISTING_POLICY, content, ram, ram_call, refusal, said

EMPTY_POLICY = '{"Version": "1", "Statement": []}'


def create(cloud: LocalCloud, keys: Keys, name: str = "lists") -> models.CreatePolicyResponse:
    """Create a policy of company A that allows to list."""
    request = models.CreatePolicyRequest(policy_name=name, policy_document=LISTING_POLICY, description="lists all")
    return ram(cloud, keys).create_policy(request)


def add_version(cloud: LocalCloud, keys: Keys, **more: Any) -> dict[str, Any]:
    """Add a version to the policy `lists` that allows nothing."""
    request = models.CreatePolicyVersionRequest(policy_name="lists", policy_document=EMPTY_POLICY, **more)
    version = content(ram(cloud, keys).create_policy_version(request))["PolicyVersion"]
    assert isinstance(version, dict)
    return version


def test_a_policy_is_read_as_it_was_written(cloud: LocalCloud, admin_a: Keys) -> None:
    """The document letter by letter, with its only version."""
    created = content(create(cloud, admin_a))
    request = models.GetPolicyRequest(policy_name="lists", policy_type="Custom")
    read = content(ram(cloud, admin_a).get_policy(request))

    policy = {"PolicyName": "lists", "PolicyType": "Custom", "Description": "lists all", "DefaultVersion": "v1"}
    version = {"VersionId": "v1", "IsDefaultVersion": True, "PolicyDocument": LISTING_POLICY, "CreateDate": "now"}
    assert created == {"Policy": policy | {"CreateDate": "now"}}
    assert read == {
        "Policy": policy | {"CreateDate": "now", "UpdateDate": "now", "AttachmentCount": 0},
        "DefaultPolicyVersion": version,
    }


@pytest.mark.parametrize(
    ("name", "version", "statements"),
    [
        ("AliyunFCReadOnlyAccess", "v1", [{"Action": ["fc:Get*", "fc:List*"], "Resource": "*", "Effect": "Allow"}]),
        (
            "AliyunFCFullAccess",
            "v2",
            [
                {"Action": "fc:*", "Resource": "*", "Effect": "Allow"},
                {
                    "Action": "ram:PassRole",
                    "Resource": "*",
                    "Effect": "Allow",
                    "Condition": {"StringEquals": {"acs:Service": "fc.aliyuncs.com"}},
                },
            ],
        ),
        ("AliyunSTSAssumeRoleAccess", "v1", [{"Action": "sts:AssumeRole", "Resource": "*", "Effect": "Allow"}]),
        ("AliyunRAMFullAccess", "v1", [{"Action": "ram:*", "Resource": "*", "Effect": "Allow"}]),
        (
            "AliyunRAMReadOnlyAccess",
            "v3",
            [
                {
                    "Action": ["ram:Get*", "ram:List*", "ram:GenerateCredentialReport"],
                    "Resource": "*",
                    "Effect": "Allow",
                },
                {"Effect": "Allow", "Action": ["accessanalyzer:Get*", "accessanalyzer:List*"], "Resource": "*"},
            ],
        ),
    ],
)
def test_system_policies_are_those_that_are_published(
    cloud: LocalCloud, admin_a: Keys, name: str, version: str, statements: list[dict[str, Any]]
) -> None:
    """Document and version; company A's administrator and its role have one each."""
    request = models.GetPolicyRequest(policy_name=name, policy_type="System")

    read = content(ram(cloud, admin_a).get_policy(request))

    document = json.loads(read["DefaultPolicyVersion"].pop("PolicyDocument"))
    assert document == {"Version": "1", "Statement": statements}
    assert read == {
        "Policy": {
            "PolicyName": name,
            "PolicyType": "System",
            "Description": "",
            "DefaultVersion": version,
            "CreateDate": "beginning",
            "UpdateDate": "beginning",
            "AttachmentCount": int(name in ("AliyunRAMFullAccess", "AliyunFCReadOnlyAccess")),
        },
        "DefaultPolicyVersion": {"VersionId": version, "IsDefaultVersion": True, "CreateDate": "beginning"},
    }


@pytest.mark.parametrize(
    ("policy_type", "names"),
    [
        ("Custom", ["lists"]),
        (
            "System",
            [
                "AliyunFCFullAccess",
                "AliyunFCReadOnlyAccess",
                "AliyunRAMFullAccess",
                "AliyunRAMReadOnlyAccess",
                "AliyunSTSAssumeRoleAccess",
            ],
        ),
        (
            None,
            [
                "AliyunFCFullAccess",
                "AliyunFCReadOnlyAccess",
                "AliyunRAMFullAccess",
                "AliyunRAMReadOnlyAccess",
                "AliyunSTSAssumeRoleAccess",
                "lists",
            ],
        ),
    ],
)
def test_policies_are_listed_by_type(
    cloud: LocalCloud, admin_a: Keys, policy_type: str | None, names: list[str]
) -> None:
    """In order of name, without documents."""
    create(cloud, admin_a)

    body = content(ram(cloud, admin_a).list_policies(models.ListPoliciesRequest(policy_type=policy_type)))

    policies = body["Policies"]["Policy"]
    assert body["IsTruncated"] is False
    assert [policy["PolicyName"] for policy in policies] == names
    assert {len(policy) for policy in policies} == {7}


def test_versions_are_numbered_on_and_one_is_in_force(cloud: LocalCloud, admin_a: Keys) -> None:
    """A number is never given twice; the version in force can't be deleted."""
    client = ram(cloud, admin_a)
    create(cloud, admin_a)
    other = {"policy_name": "lists", "version_id": "v2"}

    second = add_version(cloud, admin_a)
    client.set_default_policy_version(models.SetDefaultPolicyVersionRequest(**other))
    held = ram_call(admin_a, "DeletePolicyVersion", PolicyName="lists", VersionId="v2").send(cloud.url)
    client.set_default_policy_version(models.SetDefaultPolicyVersionRequest(policy_name="lists", version_id="v1"))
    client.delete_policy_version(models.DeletePolicyVersionRequest(**other))
    third = add_version(cloud, admin_a, set_as_default=True)
    listed = content(
        client.list_policy_versions(models.ListPolicyVersionsRequest(policy_name="lists", policy_type="Custom"))
    )
    read = content(
        client.get_policy_version(
            models.GetPolicyVersionRequest(policy_name="lists", policy_type="Custom", version_id="v3")
        )
    )

    message = "The default policy version CAN NOT been deleted directly."
    empty = {"PolicyDocument": EMPTY_POLICY, "CreateDate": "now"}
    assert second == {"VersionId": "v2", "IsDefaultVersion": False, **empty}
    assert said(held) == refusal(held, "DeleteConflict.Policy.Version.Default", message)
    assert third == {"VersionId": "v3", "IsDefaultVersion": True, **empty}
    first = {"VersionId": "v1", "IsDefaultVersion": False, "PolicyDocument": LISTING_POLICY, "CreateDate": "now"}
    assert listed == {"PolicyVersions": {"PolicyVersion": [first, third]}}
    assert read == {"PolicyVersion": third}


def test_a_policy_has_at_most_five_versions(cloud: LocalCloud, admin_a: Keys) -> None:
    """The sixth is refused, unless the oldest that isn't in force may go."""
    create(cloud, admin_a)
    for _ in range(4):
        add_version(cloud, admin_a)

    answer = ram_call(admin_a, "CreatePolicyVersion", PolicyName="lists", PolicyDocument=EMPTY_POLICY).send(cloud.url)
    rotated = add_version(cloud, admin_a, rotate_strategy="DeleteOldestNonDefaultVersionWhenLimitExceeded")

    message = "The count of policy version beyond the current limits."
    assert (answer.status_code, said(answer)) == (409, refusal(answer, "LimitExceeded.Policy.Version", message))
    assert rotated["VersionId"] == "v6"
    assert list(account(cloud, COMPANY_A).policies["lists"].versions) == ["v1", "v3", "v4", "v5", "v6"]


def test_a_policy_in_use_can_t_be_deleted(cloud: LocalCloud, admin_a: Keys) -> None:
    """Neither while a user or a role has it, nor with more than one version, unless these go with it."""
    client = ram(cloud, admin_a)
    create(cloud, admin_a)
    add_version(cloud, admin_a)
    delete = ram_call(admin_a, "DeletePolicy", PolicyName="lists")
    policy = {"policy_name": "lists", "policy_type": "Custom"}

    client.attach_policy_to_user(models.AttachPolicyToUserRequest(user_name="admin", **policy))
    of_user = delete.send(cloud.url)
    client.detach_policy_from_user(models.DetachPolicyFromUserRequest(user_name="admin", **policy))
    client.attach_policy_to_role(models.AttachPolicyToRoleRequest(role_name="fc-admin", **policy))
    of_role = delete.send(cloud.url)
    client.detach_policy_from_role(models.DetachPolicyFromRoleRequest(role_name="fc-admin", **policy))
    of_versions = delete.send(cloud.url)
    deleted = content(client.delete_policy(models.DeletePolicyRequest(policy_name="lists", cascading_delete=True)))

    attached = "The policy CAN NOT been attached to any {} while deleting the policy."
    versions = "The policy CAN NOT has any version except the default version."
    assert said(of_user) == refusal(of_user, "DeleteConflict.Policy.User", attached.format("user"))
    assert said(of_role) == refusal(of_role, "DeleteConflict.Policy.Role", attached.format("role"))
    assert said(of_versions) == refusal(of_versions, "DeleteConflict.Policy.Version", versions)
    assert (deleted, account(cloud, COMPANY_A).policies) == ({}, {})


@pytest.mark.parametrize("name", ["lists", "AliyunFCReadOnlyAccess"])
def test_a_policy_s_name_is_taken_once(cloud: LocalCloud, admin_a: Keys, name: str) -> None:
    """Also by system policies. The text speaks of a group, as published."""
    create(cloud, admin_a)

    answer = ram_call(admin_a, "CreatePolicy", PolicyName=name, PolicyDocument=LISTING_POLICY).send(cloud.url)

    expected = refusal(answer, "EntityAlreadyExists.Policy", "The group does already EXIST.")
    assert (answer.status_code, said(answer)) == (409, expected)


def test_an_account_has_at_most_1500_policies(cloud: LocalCloud, admin_a: Keys) -> None:
    """The next one is refused."""
    for number in range(1500):
        account(cloud, COMPANY_A).add_policy(f"p{number}", parse_policy(json.loads(EMPTY_POLICY)))

    answer = ram_call(admin_a, "CreatePolicy", PolicyName="more", PolicyDocument=EMPTY_POLICY).send(cloud.url)

    expected = refusal(answer, "LimitExceeded.Policy", "The count of policy beyond the current limits.")
    assert (answer.status_code, said(answer)) == (409, expected)


@pytest.mark.parametrize(
    ("action", "parameters", "code", "message"),
    [
        ("CreatePolicy", {"PolicyName": ""}, "MissingPolicyName", "PolicyName is mandatory for this action."),
        ("CreatePolicy", {"PolicyName": "p" * 129}, "InvalidParameter.PolicyName.Length", 'The parameter - "PolicyName" beyond the length limit.'),
        *(
            ("CreatePolicy", {"PolicyName": name}, "InvalidParameter.PolicyName.InvalidChars", 'The parameter - "PolicyName" contains invalid chars.')
            for name in ("a.b", "a_b", "a b", "../p")
        ),
        ("CreatePolicy", {"PolicyDocument": ""}, "MissingPolicyDocument", "PolicyDocument is mandatory for this action."),
        ("CreatePolicy", {"PolicyDocument": EMPTY_POLICY.ljust(6145)}, "InvalidParameter.PolicyDocument.Length", 'The parameter - "PolicyDocument" beyond the length limit.'),
        ("CreatePolicy", {"PolicyDocument": "[]"}, "MalformedPolicyDocument", "The policy document is malformed: document: found list, expected an object."),
        ("CreatePolicy", {"PolicyDocument": '{"Version": "2"}'}, "MalformedPolicyDocument", "The policy document is malformed: Version: found '2', expected '1' in quotes."),
        ("CreatePolicy", {"Description": "d" * 1025}, "InvalidParameter.Description.Length", 'The parameter - "Description" beyond the length limit.'),
        ("CreatePolicy", {"Tag": '[{"Key": "a"}]'}, "InvalidParameter.Tag", "the local cloud does not imitate the parameter Tag"),
        ("GetPolicy", {"PolicyType": ""}, "MissingPolicyType", "PolicyType is mandatory for this action."),
        ("GetPolicy", {"PolicyType": "custom"}, "InvalidParameter.PolicyType", 'The parameter - "PolicyType" is incorrect.'),
        ("ListPolicies", {"PolicyType": "Other"}, "InvalidParameter.PolicyType", 'The parameter - "PolicyType" is incorrect.'),
        ("DeletePolicy", {"CascadingDelete": "yes"}, "InvalidParameter.CascadingDelete", 'The parameter - "CascadingDelete" is incorrect.'),
        ("CreatePolicyVersion", {"RotateStrategy": "All"}, "InvalidParameter.RotateStrategy", 'The parameter - "RotateStrategy" is incorrect.'),
        ("SetDefaultPolicyVersion", {"VersionId": "2"}, "InvalidParameter.VersionId.Format", 'The format of the parameter - "VersionId" is incorrect.'),
        ("DeletePolicyVersion", {"VersionId": ""}, "MissingVersionId", "VersionId is mandatory for this action."),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(
    cloud: LocalCloud, admin_a: Keys, action: str, parameters: dict[str, str], code: str, message: str
) -> None:
    """Each with its own code."""
    good = {"PolicyName": "lists", "PolicyType": "Custom", "PolicyDocument": EMPTY_POLICY, "VersionId": "v1"}

    answer = ram_call(admin_a, action, **(good | parameters)).send(cloud.url)

    assert (answer.status_code, said(answer)) == (400, refusal(answer, code, message))


@pytest.mark.parametrize(
    ("action", "name", "policy_type"),
    [
        *((action, "none", "Custom") for action in ("GetPolicy", "DeletePolicy", "CreatePolicyVersion", "GetPolicyVersion")),
        *((action, "none", "Custom") for action in ("ListPolicyVersions", "SetDefaultPolicyVersion", "DeletePolicyVersion")),
        *((action, "none", "System") for action in ("ListEntitiesForPolicy", "AttachPolicyToUser", "DetachPolicyFromRole")),
        ("GetPolicy", "lists", "System"),
        ("GetPolicy", "AliyunFCReadOnlyAccess", "Custom"),
        ("DeletePolicy", "AliyunFCReadOnlyAccess", "System"),
    ],
)  # fmt: skip
def test_a_policy_that_isn_t_there_is_not_found(
    cloud: LocalCloud, admin_a: Keys, action: str, name: str, policy_type: str
) -> None:
    """By name and type; a system policy is nobody's to change."""
    create(cloud, admin_a)
    others = {"PolicyDocument": EMPTY_POLICY, "VersionId": "v1", "UserName": "admin", "RoleName": "fc-admin"}

    answer = ram_call(admin_a, action, PolicyName=name, PolicyType=policy_type, **others).send(cloud.url)

    expected = refusal(answer, "EntityNotExist.Policy", "The policy does not exist.")
    assert (answer.status_code, said(answer)) == (404, expected)


@pytest.mark.parametrize("action", ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"])
def test_a_version_that_isn_t_there_is_not_found(cloud: LocalCloud, admin_a: Keys, action: str) -> None:
    """The policy has only the one."""
    create(cloud, admin_a)

    answer = ram_call(admin_a, action, PolicyName="lists", PolicyType="Custom", VersionId="v2").send(cloud.url)

    expected = refusal(answer, "EntityNotExist.Policy.Version", "The policy version does not exist.")
    assert (answer.status_code, said(answer)) == (404, expected)


@pytest.mark.parametrize(("kind", "holder"), [("Role", "fc-admin"), ("User", "admin")])
def test_policies_are_attached_and_detached(cloud: LocalCloud, admin_a: Keys, kind: str, holder: str) -> None:
    """Once each; the holder's list tells when."""
    create(cloud, admin_a)
    policy = {"PolicyName": "lists", "PolicyType": "Custom", f"{kind}Name": holder}
    attach, detach = (f"AttachPolicyTo{kind}", f"DetachPolicyFrom{kind}")
    client = ram(cloud, admin_a)

    attached, again = (ram_call(admin_a, attach, **policy).send(cloud.url) for _ in range(2))
    listed = content(
        client.list_policies_for_role(models.ListPoliciesForRoleRequest(role_name=holder))
        if kind == "Role"
        else client.list_policies_for_user(models.ListPoliciesForUserRequest(user_name=holder))
    )
    detached, missing = (ram_call(admin_a, detach, **policy).send(cloud.url) for _ in range(2))

    word = kind.lower()
    already = refusal(again, f"EntityAlreadyExists.{kind}.Policy", f"The {word} has already been attached this policy.")
    none = refusal(missing, f"EntityNotExist.{kind}.Policy", f"The indicate policy of the {word} does not exist.")
    assert [answer.status_code for answer in (attached, again, detached, missing)] == [200, 409, 200, 404]
    assert (said(again), said(missing)) == (already, none)
    assert [list(answer.json()) for answer in (attached, detached)] == [["RequestId"]] * 2
    assert listed["Policies"]["Policy"][-1] == {
        "PolicyName": "lists",
        "PolicyType": "Custom",
        "Description": "lists all",
        "DefaultVersion": "v1",
        "AttachDate": "now",
    }
    assert [policy["AttachDate"] for policy in listed["Policies"]["Policy"]] == ["beginning", "now"]


def test_a_policy_s_holders_are_listed(cloud: LocalCloud, admin_a: Keys) -> None:
    """Users and roles; there are no groups."""
    create(cloud, admin_a)
    for kind, holder in (("Role", "fc-admin"), ("User", "admin")):
        policy = {"PolicyName": "lists", "PolicyType": "Custom", f"{kind}Name": holder}
        ram_call(admin_a, f"AttachPolicyTo{kind}", **policy).send(cloud.url)

    request = models.ListEntitiesForPolicyRequest(policy_name="lists", policy_type="Custom")
    listed = content(ram(cloud, admin_a).list_entities_for_policy(request))

    owner = account(cloud, COMPANY_A)
    user = {"UserId": owner.users["admin"].user_id, "UserName": "admin", "DisplayName": "", "AttachDate": "now"}
    role = {
        "RoleId": owner.roles["fc-admin"].role_id,
        "RoleName": "fc-admin",
        "Arn": f"acs:ram::{COMPANY_A}:role/fc-admin",
        "Description": "Lets company B see our services",
        "AttachDate": "now",
    }
    assert listed == {"Groups": {"Group": []}, "Users": {"User": [user]}, "Roles": {"Role": [role]}}


@pytest.mark.parametrize(
    ("kind", "holder", "limit", "message"),
    [
        ("Role", "fc-admin", 5, "The count of policies attached to the role beyond the current limits."),
        ("User", "admin", 10, "The policy count of the user attached policies beyond the current limits."),
    ],
)
def test_a_holder_has_a_limited_number_of_custom_policies(
    cloud: LocalCloud, admin_a: Keys, kind: str, holder: str, limit: int, message: str
) -> None:
    """System policies count for themselves."""
    for number in range(limit + 1):
        account(cloud, COMPANY_A).add_policy(f"p{number}", parse_policy(json.loads(EMPTY_POLICY)))

    answers = [
        ram_call(
            admin_a, f"AttachPolicyTo{kind}", PolicyType="Custom", PolicyName=f"p{number}", **{f"{kind}Name": holder}
        ).send(cloud.url)
        for number in range(limit + 1)
    ]

    assert [answer.status_code for answer in answers] == [200] * limit + [409]
    assert said(answers[-1]) == refusal(answers[-1], f"LimitExceeded.{kind}.Policy", message)
