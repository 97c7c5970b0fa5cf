"""RAM's roles: what is written is read again, and what may not be written is refused."""

from __future__ import annotations

import json

import pytest
from alibabacloud_ram20150501 import models

from local.cloud import LocalCloud, parse_trust_policy
from local.cloud.world import Role
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, COMPANY_B, account
from tests.cloud.ram_requests import content, ram, ram_call, refusal, said, trust_text

TRUST_B = trust_text(f"acs:ram::{COMPANY_B}:root")
ARN = f"acs:ram::{COMPANY_A}:role/Reader.1-x"


def create(keys: Keys, cloud: LocalCloud, name: str = "Reader.1-x") -> models.CreateRoleResponse:
    """Create a role of company A."""
    request = models.CreateRoleRequest(
        role_name=name, assume_role_policy_document=TRUST_B, description="reads", max_session_duration=7200
    )
    return ram(cloud, keys).create_role(request)


def test_a_role_is_read_as_it_was_written(cloud: LocalCloud, admin_a: Keys) -> None:
    """The trust policy letter by letter; only later answers have the date of the last change."""
    created = content(create(admin_a, cloud))
    read = content(ram(cloud, admin_a).get_role(models.GetRoleRequest(role_name="Reader.1-x")))

    role_id = account(cloud, COMPANY_A).roles["Reader.1-x"].role_id
    expected = {
        "RoleId": role_id,
        "RoleName": "Reader.1-x",
        "Arn": ARN,
        "Description": "reads",
        "AssumeRolePolicyDocument": TRUST_B,
        "CreateDate": "now",
        "MaxSessionDuration": 7200,
    }
    assert len(role_id) == 18
    assert created == {"Role": expected}
    assert read == {"Role": expected | {"UpdateDate": "now"}}


def test_a_role_of_the_world_file_can_be_read(cloud: LocalCloud, admin_a: Keys) -> None:
    """Its trust policy is JSON although the file is YAML."""
    role = content(ram(cloud, admin_a).get_role(models.GetRoleRequest(role_name="fc-admin")))["Role"]

    document = json.loads(role.pop("AssumeRolePolicyDocument"))
    assert document["Statement"][0]["Principal"] == {"RAM": [f"acs:ram::{COMPANY_B}:root"]}
    assert role == {
        "RoleId": account(cloud, COMPANY_A).roles["fc-admin"].role_id,
        "RoleName": "fc-admin",
        "Arn": f"acs:ram::{COMPANY_A}:role/fc-admin",
        "Description": "Lets company B see our services",
        "CreateDate": "beginning",
        "UpdateDate": "beginning",
        "MaxSessionDuration": 3600,
    }


def test_an_update_changes_what_it_names(cloud: LocalCloud, admin_a: Keys) -> None:
    """Trust, duration and description, each alone."""
    client, trust_c = ram(cloud, admin_a), trust_text("acs:ram::1456789012345678:root")

    answers = [
        content(client.update_role(models.UpdateRoleRequest(role_name="fc-admin", **changes)))["Role"]
        for changes in (
            {"new_assume_role_policy_document": trust_c},
            {"new_max_session_duration": 43200},
            {"new_description": "other"},
        )
    ]

    found = [
        (
            role["AssumeRolePolicyDocument"] == trust_c,
            role["MaxSessionDuration"],
            role["Description"],
            role["UpdateDate"],
        )
        for role in answers
    ]
    assert found == [
        (True, 3600, "Lets company B see our services", "now"),
        (True, 43200, "Lets company B see our services", "now"),
        (True, 43200, "other", "now"),
    ]


def test_roles_are_listed_page_by_page(cloud: LocalCloud, admin_a: Keys) -> None:
    """In order of name, without trust policies; a marker leads on, the last page has none."""
    client = ram(cloud, admin_a)
    create(admin_a, cloud, "a-role")

    first = content(client.list_roles(models.ListRolesRequest(max_items=1)))
    second = content(client.list_roles(models.ListRolesRequest(max_items=1, marker=first["Marker"])))

    roles = first["Roles"]["Role"] + second["Roles"]["Role"]
    assert first["IsTruncated"] is True
    assert {name: value for name, value in second.items() if name != "Roles"} == {"IsTruncated": False}
    assert [role["RoleName"] for role in roles] == ["a-role", "fc-admin"]
    assert roles[1] == {
        "RoleId": account(cloud, COMPANY_A).roles["fc-admin"].role_id,
        "RoleName": "fc-admin",
        "Arn": f"acs:ram::{COMPANY_A}:role/fc-admin",
        "Description": "Lets company B see our services",
        "CreateDate": "beginning",
        "UpdateDate": "beginning",
        "MaxSessionDuration": 3600,
    }


def test_a_role_can_be_deleted_once_it_has_no_policies(cloud: LocalCloud, admin_a: Keys) -> None:
    """Afterwards it isn't there, and one that takes its name is another one."""
    client = ram(cloud, admin_a)
    before = content(create(admin_a, cloud))["Role"]["RoleId"]

    held = ram_call(admin_a, "DeleteRole", RoleName="fc-admin").send(cloud.url)
    deleted = content(client.delete_role(models.DeleteRoleRequest(role_name="Reader.1-x")))
    gone = ram_call(admin_a, "GetRole", RoleName="Reader.1-x").send(cloud.url)
    after = content(create(admin_a, cloud))["Role"]["RoleId"]

    message = "The role CAN NOT has any attached policy while deleting the role."
    assert (held.status_code, said(held)) == (409, refusal(held, "DeleteConflict.Role.Policy", message))
    assert deleted == {}
    assert (gone.status_code, said(gone)) == (404, refusal(gone, "EntityNotExist.Role", "The role does not exist."))
    assert before != after


def test_a_role_s_name_is_taken_once(cloud: LocalCloud, admin_a: Keys) -> None:
    """The second one conflicts."""
    answer = ram_call(admin_a, "CreateRole", RoleName="fc-admin", AssumeRolePolicyDocument=TRUST_B).send(cloud.url)

    expected = refusal(answer, "EntityAlreadyExists.Role", "The role does already EXIST.")
    assert (answer.status_code, said(answer)) == (409, expected)


def test_an_account_has_at_most_a_thousand_roles(cloud: LocalCloud, admin_a: Keys) -> None:
    """The next one is refused."""
    roles = account(cloud, COMPANY_A).roles
    empty = parse_trust_policy({"Version": "1", "Statement": []})
    roles |= {f"r{number}": Role(f"r{number}", "3", empty) for number in range(1000 - len(roles))}

    answer = ram_call(admin_a, "CreateRole", RoleName="one-more", AssumeRolePolicyDocument=TRUST_B).send(cloud.url)

    expected = refusal(answer, "LimitExceeded.Role", "The count of roles beyond the current limits.")
    assert (answer.status_code, said(answer)) == (409, expected)


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"RoleName": ""}, "MissingRoleName", "RoleName is mandatory for this action."),
        ({"RoleName": "r" * 65}, "InvalidParameter.RoleName.Length", 'The parameter - "RoleName" beyond the length limit.'),
        *(
            ({"RoleName": name}, "InvalidParameter.RoleName.InvalidChars", 'The parameter - "RoleName" contains invalid chars.')
            for name in ("a_b", "a b", "a/b", "../x", "rölle")
        ),
        ({"AssumeRolePolicyDocument": ""}, "MissingAssumeRolePolicyDocument", "AssumeRolePolicyDocument is mandatory for this action."),
        (
            {"AssumeRolePolicyDocument": TRUST_B.ljust(4097)},
            "InvalidParameter.AssumeRolePolicyDocument.Length",
            'The parameter - "AssumeRolePolicyDocument" beyond the length limit.',
        ),
        ({"AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument", "The policy document is malformed: the document is not JSON."),
        ({"AssumeRolePolicyDocument": "[" * 4000}, "MalformedPolicyDocument", "The policy document is malformed: the document is not JSON."),
        (
            {"AssumeRolePolicyDocument": '{"Version": "1", "Statement": {}}'},
            "MalformedPolicyDocument",
            "The policy document is malformed: Statement: expected a list of statements.",
        ),
        (
            {"AssumeRolePolicyDocument": trust_text(f"acs:ram::{COMPANY_B}:role/nobody")},
            "MalformedPolicyDocument",
            f"The principal acs:ram::{COMPANY_B}:role/nobody does not exist.",
        ),
        (
            {"AssumeRolePolicyDocument": trust_text(f"acs:ram::{COMPANY_B}:user/fc-inventory")},
            "MalformedPolicyDocument",
            f"The principal acs:ram::{COMPANY_B}:user/fc-inventory does not exist.",
        ),
        ({"Description": "d" * 1025}, "InvalidParameter.Description.Length", 'The parameter - "Description" beyond the length limit.'),
        *(
            ({"MaxSessionDuration": text}, "InvalidParameter.MaxSessionDuration", 'The parameter - "MaxSessionDuration" is incorrect.')
            for text in ("3599", "43201", "-1", "1h", "3600.0", "9" * 40)
        ),
        ({"Tag.1.Key": "a"}, "InvalidParameter.Tag", "the local cloud does not imitate the parameter Tag"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(
    cloud: LocalCloud, admin_a: Keys, parameters: dict[str, str], code: str, message: str
) -> None:
    """Each with its own code; nothing is created."""
    good = {"RoleName": "new", "AssumeRolePolicyDocument": TRUST_B}

    answer = ram_call(admin_a, "CreateRole", **(good | parameters)).send(cloud.url)

    assert (answer.status_code, said(answer)) == (400, refusal(answer, code, message))
    assert list(account(cloud, COMPANY_A).roles) == ["fc-admin"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"RoleName": "r" * 64},
        {"AssumeRolePolicyDocument": TRUST_B.ljust(4096)},
        {"AssumeRolePolicyDocument": trust_text(f"acs:ram::{COMPANY_B}:role/fc-inventory", f"acs:ram::{COMPANY_B}:user/ops")},
        {"AssumeRolePolicyDocument": trust_text("acs:ram::1789012345678901:role/of-an-account-elsewhere")},
        {"AssumeRolePolicyDocument": TRUST_B.replace('"RAM"', '"Service"').replace(f"acs:ram::{COMPANY_B}:root", "fc.aliyuncs.com")},
        {"Description": "d" * 1024},
        {"MaxSessionDuration": "3600"},
        {"MaxSessionDuration": "43200"},
    ],
)  # fmt: skip
def test_parameters_at_their_limits_are_taken(cloud: LocalCloud, admin_a: Keys, parameters: dict[str, str]) -> None:
    """The limits themselves are inside; whether other companies' identities exist can't be known here."""
    good = {"RoleName": "new", "AssumeRolePolicyDocument": TRUST_B}

    assert ram_call(admin_a, "CreateRole", **(good | parameters)).send(cloud.url).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        *(({"MaxItems": text}, "MaxItems") for text in ("0", "1001", "-1", "all", "1.5")),
        *(({"Marker": text}, "Marker") for text in ("%", "YQ", "/w==")),
    ],
)
def test_a_page_must_be_one_that_there_is(
    cloud: LocalCloud, admin_a: Keys, parameters: dict[str, str], parameter: str
) -> None:
    """Sizes from 1 to 1000, and markers that a listing gave."""
    answer = ram_call(admin_a, "ListRoles", **parameters).send(cloud.url)

    expected = refusal(answer, f"InvalidParameter.{parameter}", f'The parameter - "{parameter}" is incorrect.')
    assert (answer.status_code, said(answer)) == (400, expected)


@pytest.mark.parametrize("action", ["GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole"])
def test_a_role_that_isn_t_there_is_not_found(cloud: LocalCloud, admin_a: Keys, action: str) -> None:
    """That of another account isn't there either."""
    answers = [ram_call(admin_a, action, RoleName=name).send(cloud.url) for name in ("nobody", "fc-inventory")]

    for answer in answers:
        expected = refusal(answer, "EntityNotExist.Role", "The role does not exist.")
        assert (answer.status_code, said(answer)) == (404, expected)
