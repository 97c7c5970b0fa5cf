"""The Terraform and ROS templates make what the commands make, and refuse what the commands refuse."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hcl2
import jsonschema
import pytest

from fc_inventory.targets import EXTERNAL_ID, ROLE_ARN
from onboarding import documents
from onboarding.comparison import is_same
from onboarding.parameters import PREFIX, USER_NAME
from tests.onboarding import ros, terraform

A, B = "1234567890123456", "2345678901234567"
FUNCTION_ROLE = f"acs:ram::{B}:role/fc-inventory"
CUSTOMERS = [f"acs:ram::{A}:role/fc-inventory-reader", "acs:ram::3456789012345678:role/other.role"]
EXTERNAL = "c3-3F_+=,.@:/x"
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not on the PATH")

Made = dict[str, Any]  # what one side signs, in one shape: `trust`, `seconds`, `policies`, `attached`


def by_terraform_a(level: str, folder: Path, *, whole_account: bool = False, triggers: bool = False) -> Made:
    """Return what account A signs with the Terraform module."""
    given: dict[str, Any] = {"account_id": A, "trust": [FUNCTION_ROLE], "external_id": EXTERNAL, "level": level}
    given |= {"trust_account": whole_account, "max_session_seconds": 7200, "triggers": triggers}
    given |= {"prefix": "fc-inventory-"} if level == "manage" else {}
    return from_terraform(terraform.made("account-a", given, folder))


def by_ros_a(level: str, _: Path, *, whole_account: bool = False, triggers: bool = False) -> Made:
    """Return what account A signs with the ROS template."""
    given = {"FunctionRoleArn": FUNCTION_ROLE, "ExternalId": EXTERNAL, "Level": level, "MaxSessionSeconds": 7200}
    given |= {"TrustWholeAccount": whole_account, "Triggers": triggers}
    return from_ros(ros.Stack(ros.load("account-a.yml"), given, A).made())


def by_terraform_b(*, any_role: bool, folder: Path) -> Made:
    """Return what account B signs with the Terraform module."""
    given = {"account_id": B, "users": ["ann", "bob"], "any_role": any_role}
    given |= {} if any_role else {"role_arns": CUSTOMERS}
    return from_terraform(terraform.made("account-b", given, folder))


def by_ros_b(*, any_role: bool, folder: Path) -> Made:
    """Return what account B signs with the ROS template."""
    assert folder
    given = {"RoleArns": "*" if any_role else ",".join(CUSTOMERS), "Users": "ann,bob"}
    return from_ros(ros.Stack(ros.load("account-b.yml"), given, B).made())


def from_terraform(resources: dict[str, list[dict[str, Any]]]) -> Made:
    """Return one shape of the resources of the provider alicloud."""
    (role,) = resources["alicloud_ram_role"]
    of_roles = resources["alicloud_ram_role_policy_attachment"]
    of_users = resources.get("alicloud_ram_user_policy_attachment", [])
    return {
        "role": role["role_name"],
        "seconds": role["max_session_duration"],
        "trust": json.loads(role["assume_role_policy_document"]),
        "policies": {
            policy["policy_name"]: json.loads(policy["policy_document"])
            for policy in resources.get("alicloud_ram_policy", [])
        },
        "attached": {
            *((item["policy_type"], item["policy_name"], f"role {item['role_name']}") for item in of_roles),
            *((item["policy_type"], item["policy_name"], f"user {item['user_name']}") for item in of_users),
        },
    }


def from_ros(resources: dict[str, list[dict[str, Any]]]) -> Made:
    """Return one shape of the resources of ROS."""
    (role,) = resources["ALIYUN::RAM::Role"]
    policies = resources.get("ALIYUN::RAM::ManagedPolicy", [])
    of_roles = resources.get("ALIYUN::RAM::AttachPolicyToRole", [])
    of_users = resources.get("ALIYUN::RAM::AttachPolicyToUser", [])
    return {
        "role": role["RoleName"],
        "seconds": role["MaxSessionDuration"],
        "trust": role["AssumeRolePolicyDocument"],
        "policies": {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies},
        "attached": {
            *(("Custom", policy["PolicyName"], f"role {name}") for policy in policies for name in policy["Roles"]),
            *(("Custom", policy["PolicyName"], f"user {n}") for policy in policies for n in policy.get("Users", [])),
            *((item["PolicyType"], item["PolicyName"], f"role {item['RoleName']}") for item in of_roles),
            *((item["PolicyType"], item["PolicyName"], f"user {item['UserName']}") for item in of_users),
        },
    }


def assert_same(made: Made, expected: Made) -> None:
    """Compare all that is signed; documents by their meaning."""
    assert is_same(made["trust"], expected["trust"])
    assert made["policies"].keys() == expected["policies"].keys()
    assert all(is_same(made["policies"][name], expected["policies"][name]) for name in expected["policies"])
    assert {name: made[name] for name in ("role", "seconds", "attached")} == {
        name: expected[name] for name in ("role", "seconds", "attached")
    }


sides_a = pytest.mark.parametrize("make", [pytest.param(by_terraform_a, marks=needs_terraform), by_ros_a])
sides_b = pytest.mark.parametrize("make", [pytest.param(by_terraform_b, marks=needs_terraform), by_ros_b])


@sides_a
@pytest.mark.parametrize("level", ["list", "manage"])
def test_triggers_are_allowed_the_same_by_template_and_by_command(
    make: Callable[..., Made], level: documents.Level, tmp_path: Path
) -> None:
    """Only on request, and then nothing else with them."""
    document = documents.permission_policy(level, A, "fc-inventory-", triggers=True)

    made = make(level, tmp_path, triggers=True)

    assert document is not None
    assert is_same(made["policies"][f"fc-inventory-reader-{level}"], document)
    assert document["Statement"][0]["Action"] == ["fc:ListServices", "fc:ListFunctions", "fc:ListTriggers"]


@sides_a
@pytest.mark.parametrize("whole_account", [False, True])
@pytest.mark.parametrize("level", documents.LEVELS)
def test_account_a_signs_the_same_by_template_and_by_command(
    make: Callable[..., Made], level: documents.Level, whole_account: bool, tmp_path: Path
) -> None:
    """At every level, trusting the function's role or all of account B."""
    document = documents.permission_policy(level, A, "fc-inventory-")
    name = documents.READ_POLICY if document is None else f"fc-inventory-reader-{level}"

    made = make(level, tmp_path, whole_account=whole_account)

    assert_same(
        made,
        {
            "role": "fc-inventory-reader",
            "seconds": 7200,
            "trust": documents.trust_policy([f"acs:ram::{B}:root" if whole_account else FUNCTION_ROLE], EXTERNAL),
            "policies": {} if document is None else {name: document},
            "attached": {("System" if document is None else "Custom", name, "role fc-inventory-reader")},
        },
    )


@sides_b
@pytest.mark.parametrize("any_role", [False, True])
def test_account_b_signs_the_same_by_template_and_by_command(
    make: Callable[..., Made], any_role: bool, tmp_path: Path
) -> None:
    """With the named roles, or with any; users included."""
    name = documents.ASSUME_ANY_POLICY if any_role else "fc-inventory-assume"
    holders = ("role fc-inventory", "user ann", "user bob")

    made = make(any_role=any_role, folder=tmp_path)

    assert_same(
        made,
        {
            "role": "fc-inventory",
            "seconds": 3600,
            "trust": documents.execution_trust_policy(),
            "policies": {} if any_role else {name: documents.assume_policy(CUSTOMERS)},
            "attached": {("System" if any_role else "Custom", name, holder) for holder in holders},
        },
    )


def test_account_b_without_users_attaches_its_policy_to_the_role_alone() -> None:
    """ROS has no empty list in a parameter, so none must not become one user without a name."""
    made = from_ros(ros.Stack(ros.load("account-b.yml"), {"RoleArns": "*"}, B).made())

    assert made["attached"] == {("System", documents.ASSUME_ANY_POLICY, "role fc-inventory")}


WRONG_A: list[tuple[str, dict[str, Any]]] = [
    ("account_id", {"account_id": "company-a"}),
    ("trust", {"trust": [f"acs:ram::{B}:user/ann"]}),
    ("trust", {"trust": [f"acs:ram::{B}:root"]}),
    ("trust", {"trust": []}),
    ("trust", {"trust": [f"acs:ram::{A}:role/own"]}),
    ("external_id", {"external_id": "x"}),
    ("external_id", {"external_id": "with space"}),
    ("external_id", {"external_id": "x" * 1225}),
    ("role_name", {"role_name": "dotted.name"}),
    ("level", {"level": "admin"}),
    ("prefix", {"level": "manage"}),
    ("prefix", {"level": "manage", "prefix": "*"}),
    ("prefix", {"prefix": "only-with-manage"}),
    ("max_session_seconds", {"max_session_seconds": 60}),
]
WRONG_B: list[tuple[str, dict[str, Any]]] = [
    ("account_id", {"account_id": "12"}),
    ("role_arns", {"role_arns": [f"acs:ram::{A}:user/ann"]}),
    ("role_arns", {"role_arns": [f"acs:ram::{B}:role/own"]}),
    ("role_arns", {"role_arns": []}),
    ("role_arns", {"any_role": True}),
    ("users", {"users": ["ann smith"]}),
    ("role_name", {"role_name": ""}),
    ("max_session_seconds", {"max_session_seconds": 43201}),
]


@needs_terraform
@pytest.mark.parametrize(
    ("module", "field", "change"),
    [*(("account-a", *wrong) for wrong in WRONG_A), *(("account-b", *wrong) for wrong in WRONG_B)],
)
def test_terraform_refuses_what_the_commands_refuse(
    module: str, field: str, change: dict[str, Any], tmp_path: Path
) -> None:
    """Before any change, and naming the variable."""
    right = {
        "account-a": {"account_id": A, "trust": [FUNCTION_ROLE], "external_id": EXTERNAL},
        "account-b": {"account_id": B, "role_arns": CUSTOMERS},
    }

    answer = terraform.run(module, {**right[module], **change}, "1", tmp_path)

    assert f"{field}: expected" in " ".join(answer.stderr.split())


@needs_terraform
def test_an_external_id_is_demanded(tmp_path: Path) -> None:
    """It has no default: a role without one could be used on behalf of anybody."""
    answer = terraform.run("account-a", {"account_id": A, "trust": [FUNCTION_ROLE]}, "local.trust_policy", tmp_path)

    declared = hcl2.loads((terraform.MODULES / "account-a" / "variables.tf").read_text())["variable"]
    assert [name for block in declared for name, body in block.items() if "default" not in body] == [
        '"account_id"',
        '"trust"',
        '"external_id"',
    ]
    assert "sts:ExternalId" not in answer.stdout
    assert "Default" not in ros.load("account-a.yml")["Parameters"]["ExternalId"]


@pytest.mark.parametrize("text", ["", "x", "ab", EXTERNAL, "with space", "ä" * 3, "a\n", f"{FUNCTION_ROLE}\n", "*",
                                  FUNCTION_ROLE, f"acs:ram::{B}:user/x", f"acs:ram::{B}:root", "a-b_C9", "9a", "-a"])  # fmt: skip
def test_ros_patterns_take_what_the_commands_take(text: str) -> None:
    """One grammar for each field, wherever it is typed."""
    a, b = ros.load("account-a.yml")["Parameters"], ros.load("account-b.yml")["Parameters"]
    group = ros.load("account-a-stack-group.yml")["Parameters"]

    for declared, grammar in (
        (a["FunctionRoleArn"], ROLE_ARN),
        (group["FunctionRoleArn"], ROLE_ARN),
        (a["ExternalId"], EXTERNAL_ID),
        (group["ExternalId"], EXTERNAL_ID),
        (a["Prefix"], PREFIX.pattern),
        (b["RoleArns"], rf"\*|{ROLE_ARN}"),
        (b["Users"], rf"|{USER_NAME.pattern}"),
    ):
        is_long_enough = len(text) >= declared.get("MinLength", 0)
        taken = bool(re.search(declared["AllowedPattern"].removesuffix("$") + r"\Z", text)) and is_long_enough
        assert taken == bool(re.fullmatch(grammar, text)), (declared, text)


def test_the_stack_group_hands_on_parameters_that_the_template_has() -> None:
    """Each account of the directory gets account-a.yml, with the same demands."""
    template, group = ros.load("account-a.yml"), ros.load("account-a-stack-group.yml")
    given = {"TemplateUrl": "oss://bucket/account-a.yml", "FolderIds": ["fd-1"], "FunctionRoleArn": FUNCTION_ROLE,
             "ExternalId": EXTERNAL}  # fmt: skip

    made = ros.Stack(group, given, A).made()

    (stack_group,), (instances,) = made["ALIYUN::ROS::StackGroup"], made["ALIYUN::ROS::StackInstances"]
    handed_on = ros.Stack(template, stack_group["Parameters"], "3456789012345678").made()
    assert is_same(
        from_ros(handed_on)["trust"],
        documents.trust_policy([FUNCTION_ROLE], EXTERNAL),
    )
    assert stack_group["Parameters"].keys() <= template["Parameters"].keys()
    assert stack_group["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert instances["StackGroupName"] == stack_group["StackGroupName"]
    assert instances["DeploymentTargets"] == {"RdFolderIds": ["fd-1"]}


# The resource types that are used, with the properties that ROS documents for them.
# https://www.alibabacloud.com/help/en/ros/developer-reference/aliyun-ram-role and its neighbours
PROPERTIES = {
    "ALIYUN::RAM::Role": ("RoleName Description AssumeRolePolicyDocument MaxSessionDuration Policies IgnoreExisting "
                          "DeletionForce PolicyAttachments"),
    "ALIYUN::RAM::ManagedPolicy": "PolicyName Description Roles PolicyDocumentUnchecked PolicyDocument Groups Users "
                                  "IgnoreExisting",
    "ALIYUN::RAM::AttachPolicyToRole": "PolicyName PolicyType RoleName",
    "ALIYUN::RAM::AttachPolicyToUser": "PolicyName PolicyType UserName",
    "ALIYUN::ROS::StackGroup": "Description Parameters ResourceGroupId DynamicTemplateBody StackGroupName "
                               "TemplateVersion AdministrationRoleName TemplateBody TemplateURL AutoDeployment "
                               "PermissionModel ExecutionRoleName TemplateId",
    "ALIYUN::ROS::StackInstances": "OperationPreferences RetainStacks RegionIds AccountIds ParameterOverrides "
                                   "StackGroupName DeploymentTargets OperationDescription DisableRollback "
                                   "TimeoutInMinutes",
}  # fmt: skip
TEMPLATE = {
    "type": "object",
    "required": ["ROSTemplateFormatVersion", "Description", "Parameters", "Resources", "Outputs"],
    "additionalProperties": False,
    "properties": {
        "ROSTemplateFormatVersion": {"const": "2015-09-01"},
        "Description": {"type": "string"},
        "Conditions": {"type": "object"},
        "Parameters": {
            "propertyNames": {"pattern": "^[A-Za-z0-9]+$"},
            "additionalProperties": {
                "required": ["Type", "Description"],
                "additionalProperties": False,
                "properties": {
                    "Type": {"enum": ["String", "Number", "CommaDelimitedList", "Json", "Boolean"]},
                    "Default": {},
                    "Description": {"type": "string"},
                    "ConstraintDescription": {"type": "string"},
                    "AllowedPattern": {"type": "string", "format": "regex"},
                    "AllowedValues": {"type": "array"},
                    "MinLength": {"type": "integer"},
                    "MaxLength": {"type": "integer"},
                    "MinValue": {"type": "integer"},
                    "MaxValue": {"type": "integer"},
                },
            },
        },
        "Resources": {
            "additionalProperties": {
                "required": ["Type", "Properties"],
                "properties": {"Type": {"enum": list(PROPERTIES)}, "Condition": {"type": "string"}},
                "allOf": [
                    {
                        "if": {"properties": {"Type": {"const": kind}}},
                        "then": {"properties": {"Properties": {"propertyNames": {"enum": names.split()}}}},
                    }
                    for kind, names in PROPERTIES.items()
                ],
            }
        },
        "Outputs": {"additionalProperties": {"required": ["Value"]}},
    },
}


@pytest.mark.parametrize("name", ["account-a.yml", "account-a-stack-group.yml", "account-b.yml"])
def test_a_ros_template_has_the_documented_structure_and_uses_all_it_asks_for(name: str) -> None:
    """Only documented sections, types and properties; every parameter and condition has a use."""
    template = ros.load(name)

    jsonschema.validate(template, TEMPLATE)

    used = json.dumps({key: template.get(key) for key in ("Resources", "Conditions", "Outputs")})
    assert [one for one in template["Parameters"] if f'"{one}"' not in used and f"${{{one}}}" not in used] == []
    assert [one for one in template.get("Conditions", {}) if f'"{one}"' not in used.replace(f'"{one}": {{', "")] == []


@pytest.mark.parametrize("module", ["account-a", "account-b"])
def test_a_terraform_module_uses_every_variable(module: str) -> None:
    """Nothing is asked for in vain."""
    texts = {path.name: path.read_text() for path in (terraform.MODULES / module).glob("*.tf")}
    asked = re.findall(r'^variable "(\w+)"', texts["variables.tf"], re.MULTILINE)

    used = texts["main.tf"] + texts["documents.tf"]

    assert [name for name in asked if f"var.{name}" not in used] == []


@needs_terraform
def test_the_modules_are_formatted_as_terraform_formats() -> None:
    """`terraform validate` needs the provider; its format does not."""
    answer = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", str(terraform.MODULES)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.stdout == ""
    assert answer.returncode == 0
