"""A denial that carries a diagnostic message is decoded where these keys may; where not, the cause stays."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from local.cloud import Fault, parse_policy
from local.cloud.versioned_policy import VersionedPolicy
from onboarding.administrator import sign_in
from onboarding.ram import call
from tests.onboarding.shell import EXTERNAL_ID, GRANT, PRINCIPAL, ROLE_ARN, A, B, GrantingShell

CHECK = ("check", "--role-arn", ROLE_ARN, "--external-id", EXTERNAL_ID, "--region", "cn-hangzhou")
ADMIN = f"acs:ram::{B}:user/admin"


def as_admin_of_b(shell: GrantingShell) -> None:
    """B's administrator, who may assume roles and decode messages; the function's role may assume them, too."""
    shell.sign_in(B, "admin")
    account = shell.cloud.world.accounts[B]
    for identity in (account.users["admin"], account.roles["fc-inventory"]):
        identity.policies.append("AliyunSTSAssumeRoleAccess")


def give(shell: GrantingShell, account_id: str, user: str, *statements: tuple[str, str]) -> None:
    """Attach a policy `own` with (effect, action) on everything."""
    document = {
        "Version": "1",
        "Statement": [{"Effect": effect, "Action": action, "Resource": "*"} for effect, action in statements],
    }
    account = shell.cloud.world.accounts[account_id]
    account.policies["own"] = VersionedPolicy.of("own", parse_policy(document))
    account.users[user].policies.append("own")


def broken_links(shell: GrantingShell, *words: str) -> list[dict[str, Any]]:
    _, out, _ = shell.run(*(words or CHECK), "--json")
    (target,) = json.loads(out)["targets"]
    return [link for link in target["links"] if link["status"] == "broken"]


def test_the_policy_that_denies_the_caller_is_named(shell: GrantingShell) -> None:
    """AccessDeniedDetail tells the layer, the message the very policy."""
    shell.outcome(*GRANT, "--trust-account", "--yes")
    as_admin_of_b(shell)
    give(shell, B, "admin", ("Deny", "sts:AssumeRole"))

    (link,) = broken_links(shell)

    assert (link["cause"], link["layer"]) == ("caller_explicitly_denied", "AccountLevelIdentityBasedPolicy")
    assert link["diagnosis"] == {
        "decoded_by": ADMIN,
        "failure": None,
        "layer": "AccountLevelIdentityBasedPolicy",
        "is_explicit": True,
        "action": "sts:AssumeRole",
        "resource": ROLE_ARN,
        "policies": ["own"],
    }


@pytest.mark.parametrize(
    ("setup", "name", "cause", "layer"),
    [
        ((), "trust_policy", "trust_or_external_id", "AssumeRolePolicy"),
        (
            (("Deny", "sts:AssumeRole"),),
            "caller_permission",
            "caller_explicitly_denied",
            "AccountLevelIdentityBasedPolicy",
        ),
    ],
)
def test_a_layer_that_was_not_told_is_learnt_and_names_the_link(
    shell: GrantingShell, setup: tuple[tuple[str, str], ...], name: str, cause: str, layer: str
) -> None:
    """Without PolicyType a denial of AssumeRole could be either company's fault: the message tells whose."""
    shell.outcome(*GRANT, "--yes")
    as_admin_of_b(shell)
    give(shell, B, "admin", *setup, ("Allow", "oss:*"))
    (told,) = broken_links(shell)
    detail = {"EncodedDiagnosticMessage": told["evidence"]["encoded_diagnostic_message"]}
    body = json.dumps({"RequestId": "X", "Code": "NoPermission", "Message": "no", "AccessDeniedDetail": detail})
    headers = {"content-type": "application/json"}
    shell.cloud.faults.add(Fault(action="AssumeRole", status=403, body=body.encode(), headers=headers))

    (link,) = broken_links(shell)

    assert (link["name"], link["cause"], link["layer"]) == (name, cause, layer)
    assert link["fix"] == told["fix"]
    assert link["diagnosis"]["layer"] == layer


def test_keys_that_may_not_decode_change_nothing_about_the_cause(shell: GrantingShell) -> None:
    """The failure is told, the message is kept for whoever may."""
    shell.outcome(*GRANT, "--yes")
    shell.sign_in(B, "ops")

    (link,) = broken_links(shell)

    assert (link["name"], link["cause"], link["layer"]) == ("trust_policy", "trust_or_external_id", "AssumeRolePolicy")
    assert link["diagnosis"]["decoded_by"] == f"acs:ram::{B}:user/ops"
    assert link["diagnosis"]["failure"].startswith("NoPermission: ")
    assert link["evidence"]["encoded_diagnostic_message"]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"status": 400, "code": "NotSupport", "message": "This method"}, "NotSupport: This method"),
        ({"status": 200, "body": b"<html>", "headers": {"content-type": "text/html"}}, "malformed_answer: "),
        ({"status": 200, "body": b"{}", "headers": {"content-type": "application/json"}}, "an answer in another shape"),
        (
            {
                "status": 200,
                "body": b'{"DecodedDiagnosticMessage": {"MatchedPolicies": ["x"]}}',
                "headers": {"content-type": "application/json"},
            },
            "malformed_answer: ",
        ),
        ({"reset": True}, "network: "),
    ],
)
def test_whatever_decoding_answers_the_cause_stays(shell: GrantingShell, fault: dict[str, Any], failure: str) -> None:
    """A check is no worse for having asked."""
    shell.outcome(*GRANT, "--yes")
    as_admin_of_b(shell)
    shell.cloud.faults.add(Fault(action="DecodeDiagnosticMessage", **fault))

    (link,) = broken_links(shell)

    assert (link["name"], link["cause"], link["layer"]) == ("trust_policy", "trust_or_external_id", "AssumeRolePolicy")
    assert link["diagnosis"]["failure"].startswith(failure)


def test_the_denial_of_the_customers_role_is_decoded_in_the_customers_account(shell: GrantingShell) -> None:
    """B's keys learn nothing of it here; the printed command, run by A's administrator, tells all."""
    shell.outcome(*GRANT, "--trust-account", "--yes")
    shell.cloud.world.accounts[A].roles["reader"].policies.clear()
    as_admin_of_b(shell)

    _, out, _ = shell.run(*CHECK)
    (command,) = (line.strip() for line in out.splitlines() if "DecodeDiagnosticMessage --" in line)
    shell.sign_in(A, "admin")
    _, _, action, option, message = shlex.split(command)
    decoded = call(action, {option.removeprefix("--"): message}, sign_in(None))["DecodedDiagnosticMessage"]

    assert f"not decoded by {ADMIN}: EntityNotExist: " in out
    assert (decoded["AuthAction"], decoded["NoPermissionPolicyType"]) == (
        "fc:ListFunctions",
        "AccountLevelIdentityBasedPolicy",
    )


def test_people_read_what_was_decoded(shell: GrantingShell) -> None:
    """One line below the cloud's answer."""
    shell.outcome(*GRANT, "--yes")
    as_admin_of_b(shell)

    _, out, _ = shell.run(*CHECK)

    assert f"  decoded: in layer AssumeRolePolicy no statement allows sts:AssumeRole on {ROLE_ARN}" in out


def test_an_administrator_of_a_without_ram_rights_may_still_decode(shell: GrantingShell) -> None:
    """The denial of GetRole is decoded with the right to do just that."""
    give(shell, A, "admin", ("Deny", "ram:GetRole"))

    (link,) = broken_links(shell, "check", "--side", "a", "--role-arn", ROLE_ARN, "--principal", PRINCIPAL)

    assert (link["name"], link["cause"]) == ("ram_access", "no_ram_rights")
    assert (link["diagnosis"]["action"], link["diagnosis"]["failure"]) == ("ram:GetRole", None)


def test_each_message_is_decoded_once(shell: GrantingShell) -> None:
    """And nothing is asked where nothing was denied."""
    shell.outcome(*GRANT, "--trust-account", "--yes")
    as_admin_of_b(shell)
    healthy = broken_links(shell)
    quiet = [request for request in shell.cloud.requests if request.action == "DecodeDiagnosticMessage"]
    give(shell, B, "admin", ("Deny", "sts:AssumeRole"))

    broken_links(shell)

    asked = [request for request in shell.cloud.requests if request.action == "DecodeDiagnosticMessage"]
    assert (healthy, len(quiet), len(asked)) == ([], 0, 1)
