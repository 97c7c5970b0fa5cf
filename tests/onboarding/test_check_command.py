"""The doctor at a shell: from B's side the function's own check and more, from A's side what A has granted."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fc_inventory.check.commands import Parties, check_as_customer
from local.cloud import Fault, LocalCloud, load_world, parse_policy, parse_trust_policy
from local.cloud.world import AccessKey, Role
from tests.onboarding.shell import Shell

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
A, B = "1234567890123456", "1345678901234567"
ROLE_ARN, PRINCIPAL, EXTERNAL_ID = f"acs:ram::{A}:role/reader", f"acs:ram::{B}:role/fc-inventory", "a-5d1c0b7e93f24a68"
WORLD = f"""
accounts:
  - id: "{A}"
    policies:
      - {{name: list-only, document: {{Version: "1", Statement: [{{Effect: Allow, Action: [fc:ListServices, fc:ListFunctions], Resource: "*"}}]}}}}
    users:
      - {{name: admin, access_keys: [{{}}], policies: [AliyunRAMFullAccess]}}
      - {{name: intern, access_keys: [{{}}]}}
    roles:
      - name: reader
        trust: {{Version: "1", Statement: [{{Effect: Allow, Action: sts:AssumeRole, Principal: {{RAM: ["{PRINCIPAL}"]}}, Condition: {{StringEquals: {{"sts:ExternalId": "{EXTERNAL_ID}"}}}}}}]}}
        policies: [list-only]
  - id: "{B}"
    policies:
      - {{name: assume, document: {{Version: "1", Statement: [{{Effect: Allow, Action: sts:AssumeRole, Resource: "acs:ram:*:{A}:role/reader"}}]}}}}
    users:
      - {{name: admin, access_keys: [{{}}], policies: [AliyunRAMFullAccess, AliyunSTSAssumeRoleAccess]}}
      - {{name: ops, access_keys: [{{}}], policies: [AliyunSTSAssumeRoleAccess]}}
    roles:
      - name: fc-inventory
        trust: {{Version: "1", Statement: [{{Effect: Allow, Action: sts:AssumeRole, Principal: {{Service: [fc.aliyuncs.com]}}}}]}}
        policies: [assume]
"""  # fmt: skip
AS_A = ("--side", "a", "--role-arn", ROLE_ARN, "--principal", PRINCIPAL)
AS_B = ("--role-arn", ROLE_ARN, "--external-id", EXTERNAL_ID)


class CheckingShell(Shell):
    """A shell of one of the companies, in which `check` is run."""

    def check(self, *words: str) -> tuple[int, str, str]:
        """Run `check` with *words*; return exit status, standard output, standard error."""
        return self.run("check", *words)

    def target(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run `check --json`; return exit status and the only target."""
        code, out, _ = self.check(*words, "--json")
        report = json.loads(out)
        jsonschema.validate(report, SCHEMA)
        (target,) = report["targets"]
        return code, dict(target)

    def role(self, account_id: str, name: str) -> Role:
        """Return a role, to be changed."""
        return self.cloud.world.accounts[account_id].roles[name]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CheckingShell]:
    """A shell of A's administrator."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.002)
    world = tmp_path / "world.yaml"
    world.write_text(WORLD, encoding="utf-8")
    with LocalCloud(load_world(world)) as cloud:
        monkeypatch.setenv("FC_INVENTORY_ENDPOINT", cloud.url)
        shell = CheckingShell(cloud, monkeypatch, capsys)
        shell.sign_in(A, "admin")
        yield shell


def wrong_links(target: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(link["name"], link["status"], link["cause"]) for link in target["links"] if link["cause"]]


def statement(effect: str, action: Any, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def permit(shell: CheckingShell, *statements: dict[str, Any], account_id: str = A, role: str = "reader") -> None:
    shell.cloud.world.accounts[account_id].add_policy(
        "test", parse_policy({"Version": "1", "Statement": list(statements)})
    )
    shell.role(account_id, role).policies = ["test"]


def trust(shell: CheckingShell, *statements: tuple[str, list[str], Any]) -> None:
    """Let A's role have a trust policy of *statements*: effect, principals, conditions."""
    content = [
        {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"RAM": principals}, **({"Condition": condition} if condition else {})}
        for effect, principals, condition in statements
    ]  # fmt: skip
    shell.role(A, "reader").trust = parse_trust_policy({"Version": "1", "Statement": content})


DEMANDED = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
MFA = {"Bool": {"acs:MFAPresent": "true"}}
AT_HOME = {"IpAddress": {"acs:SourceIp": "192.0.2.1"}}
LISTS = ["fc:ListServices", "fc:ListFunctions"]
Setup = Callable[[CheckingShell], object]

# What A has granted → which links are wrong, how, and why; nothing else may be.
GRANTED: dict[str, tuple[Setup, list[tuple[str, str, str]]]] = {
    "as it should be": (lambda _: None, []),
    "role missing": (lambda s: s.cloud.world.accounts[A].roles.pop("reader"), [("role", "broken", "role_not_found")]),
    "trust missing": (lambda s: trust(s, ("Allow", [f"acs:ram::{B}:user/ops"], DEMANDED)), [("trust_policy", "broken", "trust_missing")]),
    "another account trusted": (lambda s: trust(s, ("Allow", ["acs:ram::1789012345678901:root"], DEMANDED)), [("trust_policy", "broken", "trust_missing")]),
    "whole account trusted": (lambda s: trust(s, ("Allow", [f"acs:ram::{B}:root"], DEMANDED)), [("trust_policy", "warning", "whole_account_trusted")]),
    "others trusted, too": (lambda s: trust(s, ("Allow", [PRINCIPAL, f"acs:ram::{B}:user/ops"], DEMANDED)), [("trust_policy", "warning", "others_trusted")]),
    "explicit deny in the trust policy": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED), ("Deny", [f"acs:ram::{B}:root"], None)), [("trust_policy", "broken", "trust_explicitly_denied")]),
    "deny under a condition": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED), ("Deny", [PRINCIPAL], AT_HOME)), [("trust_policy", "warning", "condition_not_judged")]),
    "another external ID": (lambda s: trust(s, ("Allow", [PRINCIPAL], {"StringEquals": {"sts:ExternalId": "other"}})), [("external_id", "broken", "wrong_external_id")]),
    "one of several external IDs": (lambda s: trust(s, ("Allow", [PRINCIPAL], {"StringEquals": {"sts:ExternalId": ["other", EXTERNAL_ID]}})), []),
    "no external ID demanded": (lambda s: trust(s, ("Allow", [PRINCIPAL], None)), [("external_id", "warning", "external_id_not_demanded")]),
    "any external ID will do": (lambda s: trust(s, ("Allow", [PRINCIPAL], {"StringLike": {"sts:ExternalId": "*"}})), [("external_id", "warning", "external_id_not_demanded")]),
    "all external IDs but one": (lambda s: trust(s, ("Allow", [PRINCIPAL], {"StringNotEquals": {"sts:ExternalId": "other"}})), [("external_id", "warning", "external_id_not_demanded")]),
    "demanded by one statement of two": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED), ("Allow", [PRINCIPAL], None)), [("external_id", "warning", "external_id_not_demanded")]),
    "from one address only": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | AT_HOME)), [("trust_policy", "warning", "condition_not_judged")]),
    "with MFA only": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | MFA)), [("trust_policy", "warning", "condition_not_judged")]),
    "with MFA, without an external ID": (lambda s: trust(s, ("Allow", [PRINCIPAL], MFA)), [("trust_policy", "warning", "condition_not_judged"), ("external_id", "warning", "external_id_not_demanded")]),
    "with MFA, and another statement without": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | MFA), ("Allow", [PRINCIPAL], DEMANDED)), []),
    "until a day only": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | {"DateLessThan": {"acs:CurrentTime": "2020-01-01T00:00:00Z"}})), [("trust_policy", "warning", "condition_not_judged")]),
    "with MFA, others trusted, too": (lambda s: trust(s, ("Allow", [PRINCIPAL, f"acs:ram::{B}:user/ops"], DEMANDED | MFA)), [("trust_policy", "warning", "condition_not_judged"), ("trust_policy", "warning", "others_trusted")]),
    "by HTTPS only, as always": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | {"Bool": {"acs:SecureTransport": "true"}})), []),
    "never by HTTPS": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED | {"Bool": {"acs:SecureTransport": "false"}})), [("trust_policy", "broken", "trust_missing")]),
    "all other external IDs denied": (lambda s: trust(s, ("Allow", [PRINCIPAL], None), ("Deny", [PRINCIPAL], {"StringNotEquals": {"sts:ExternalId": EXTERNAL_ID}})), []),
    "the given external ID denied": (lambda s: trust(s, ("Allow", [PRINCIPAL], DEMANDED), ("Deny", [PRINCIPAL], {"StringNotEquals": {"sts:ExternalId": "other"}})), [("external_id", "broken", "wrong_external_id")]),
    "no policy attached": (lambda s: s.role(A, "reader").policies.clear(), [("list_permission", "broken", "list_permission_missing")] * 2),
    "ListServices missing": (lambda s: permit(s, statement("Allow", "fc:ListFunctions")), [("list_permission", "broken", "list_permission_missing")]),
    "allowed in another region only": (lambda s: permit(s, statement("Allow", LISTS, "acs:fc:cn-shanghai:*:*")), [("list_permission", "broken", "list_permission_missing")] * 2),
    "explicit deny of one": (lambda s: permit(s, statement("Allow", LISTS), statement("Deny", "fc:*Functions")), [("list_permission", "broken", "list_explicitly_denied")]),
    "allowed under a condition": (lambda s: permit(s, statement("Allow", LISTS, Condition=AT_HOME)), [("list_permission", "warning", "condition_not_judged")] * 2),
    "read access": (lambda s: s.role(A, "reader").policies.append("AliyunFCReadOnlyAccess"), [("excess_permission", "warning", "more_granted_than_used")]),
    "all but": (lambda s: permit(s, {"Effect": "Allow", "NotAction": "fc:InvokeFunction", "Resource": "*"}), [("excess_permission", "warning", "more_granted_than_used")]),
    "by wildcard and in capitals": (lambda s: permit(s, statement("Allow", ["FC:LISTSERVICES", "fc:ListFunction?"])), [("excess_permission", "warning", "more_granted_than_used")]),
}  # fmt: skip


@pytest.mark.parametrize(("setup", "expected"), GRANTED.values(), ids=GRANTED)
def test_what_account_a_granted_is_judged(
    shell: CheckingShell, setup: Setup, expected: list[tuple[str, str, str]]
) -> None:
    """A's side names exactly what is wrong, tells warnings from breaks, and ends with the status of the worst."""
    setup(shell)

    code, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID)

    statuses = {status for _, status, _ in expected}
    assert wrong_links(target) == expected
    assert code == (1 if "broken" in statuses else 3 if statuses else 0)


@pytest.mark.parametrize(
    ("actions", "words", "expected"),
    [
        (LISTS, ["--triggers"], [("list_permission", "broken", "list_permission_missing")]),
        ([*LISTS, "fc:ListTriggers"], ["--triggers"], []),
        ([*LISTS, "fc:ListTriggers"], [], [("excess_permission", "warning", "more_granted_than_used")]),
    ],
)
def test_triggers_are_needed_only_where_they_are_listed(
    shell: CheckingShell, actions: list[str], words: list[str], expected: list[tuple[str, str, str]]
) -> None:
    """Where the function lists them their right is missed, where it doesn't it is more than is used."""
    permit(shell, statement("Allow", actions))

    _, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID, *words)

    assert wrong_links(target) == expected


def test_sessions_that_are_too_long_are_told(shell: CheckingShell) -> None:
    """The role's MaxSessionDuration bounds what the function may ask for."""
    code, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID, "--duration-seconds", "7200")

    assert (code, wrong_links(target)) == (1, [("session", "broken", "duration_too_long")])


def test_an_external_id_that_is_not_given_is_not_compared(shell: CheckingShell) -> None:
    """That one is demanded is seen all the same, and the link is not called good."""
    code, target = shell.target(*AS_A)

    (link,) = (link for link in target["links"] if link["name"] == "external_id")
    assert (code, link["status"], link["cause"]) == (0, "not_checked", None)


def test_excess_names_policy_statement_and_what_it_hands_out(shell: CheckingShell) -> None:
    """Read access includes code."""
    shell.role(A, "reader").policies = ["AliyunFCReadOnlyAccess"]

    _, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID)

    assert target["links"][-1]["found"] == (
        "AliyunFCReadOnlyAccess, statement 1: fc:Get*, fc:List* (GetFunctionCode, which hands out code, is among them)"
    )


def test_keys_that_may_not_read_ram_are_told(shell: CheckingShell) -> None:
    """An administrator without RAM rights learns which right is missing, by whom, and nothing is guessed."""
    shell.sign_in(A, "intern")

    code, target = shell.target(*AS_A)

    (link,) = (link for link in target["links"] if link["status"] == "broken")
    assert (code, link["name"], link["cause"], link["layer"]) == (
        1,
        "ram_access",
        "no_ram_rights",
        "AccountLevelIdentityBasedPolicy",
    )
    assert (link["fix"]["account"], link["evidence"]["operation"]) == ("account_a", "GetRole")
    assert {link["status"] for link in target["links"][2:]} == {"not_checked"}


def test_from_account_b_all_links_and_the_execution_role_are_checked(shell: CheckingShell) -> None:
    """With RAM rights B sees the chain as these keys have it, and the function's role beside it."""
    trust(shell, ("Allow", [f"acs:ram::{B}:root"], DEMANDED))
    shell.sign_in(B, "admin")

    code, target = shell.target(*AS_B)

    assert (code, target["status"], {link["status"] for link in target["links"]}) == (0, "ok", {"ok"})
    assert [link["name"] for link in target["links"][-3:]] == [
        "execution_role",
        "execution_role_trust",
        "execution_role_permission",
    ]


EXECUTION: dict[str, tuple[Setup, tuple[str, str]]] = {
    "missing": (lambda s: s.cloud.world.accounts[B].roles.pop("fc-inventory"), ("execution_role", "execution_role_missing")),
    "not for Function Compute": (lambda s: setattr(s.role(B, "fc-inventory"), "trust", parse_trust_policy({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]})), ("execution_role_trust", "service_not_trusted")),
    "without permission": (lambda s: s.role(B, "fc-inventory").policies.clear(), ("execution_role_permission", "caller_lacks_permission")),
    "for other roles": (lambda s: permit(s, statement("Allow", "sts:AssumeRole", "acs:ram:*:*:role/other"), account_id=B, role="fc-inventory"), ("execution_role_permission", "caller_lacks_permission")),
    "explicitly denied": (lambda s: permit(s, statement("Allow", "sts:*"), statement("Deny", "sts:AssumeRole"), account_id=B, role="fc-inventory"), ("execution_role_permission", "caller_explicitly_denied")),
}  # fmt: skip


@pytest.mark.parametrize(("setup", "expected"), EXECUTION.values(), ids=EXECUTION)
def test_what_is_wrong_with_the_execution_role_is_named(
    shell: CheckingShell, setup: Setup, expected: tuple[str, str]
) -> None:
    """The keys at the shell get through, the function would not: that is told, and its fix is for account B."""
    trust(shell, ("Allow", [f"acs:ram::{B}:root"], DEMANDED))
    setup(shell)
    shell.sign_in(B, "admin")

    code, target = shell.target(*AS_B)

    (link,) = (link for link in target["links"] if link["cause"])
    assert (code, link["name"], link["cause"], link["fix"]["account"]) == (1, *expected, "account_b")
    assert "fc-inventory" in link["fix"]["commands"][-1]


def test_without_ram_rights_the_execution_role_is_left_out(shell: CheckingShell) -> None:
    """That RAM shows nothing is no fault of the chain."""
    trust(shell, ("Allow", [f"acs:ram::{B}:root"], DEMANDED))
    shell.sign_in(B, "ops")

    code, target = shell.target(*AS_B)

    assert (code, target["status"], {link["status"] for link in target["links"][-3:]}) == (0, "ok", {"not_checked"})


def test_a_user_of_b_that_is_not_trusted_is_sent_to_the_function(shell: CheckingShell) -> None:
    """A trusts the function's role alone, as it should: then only the function can tell; A's fix still names that role."""
    shell.sign_in(B, "ops")

    code, target = shell.target(*AS_B)

    (link,) = (link for link in target["links"] if link["cause"])
    assert (code, link["name"], link["cause"]) == (1, "trust_policy", "trust_or_external_id")
    assert link["fix"]["commands"][0] == "s invoke -e '{\"check\": true}'"
    assert all(PRINCIPAL in command for command in link["fix"]["commands"][1:])


def test_a_root_key_is_told_from_b(shell: CheckingShell) -> None:
    """An account's own key can't assume a role, and nothing further is asked with it."""
    account = shell.cloud.world.accounts[B]
    account.root_key = AccessKey("LTAIroot000000000001", "test-secret-22222222222222")
    shell.use(account.root_key)

    code, target = shell.target(*AS_B)

    assert (code, wrong_links(target)) == (1, [("caller_identity", "broken", "caller_is_root")])


@pytest.mark.parametrize(
    "setup",
    [
        "trust missing",
        "another external ID",
        "no external ID demanded",
        "whole account trusted",
        "no policy attached",
        "ListServices missing",
        "read access",
        "all but",
    ],
)
def test_account_as_commands_mend_it(shell: CheckingShell, setup: str) -> None:
    """Carried out by A, the commands of the fix leave nothing broken."""
    GRANTED[setup][0](shell)
    _, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID)
    (fix, *_) = (link["fix"] for link in target["links"] if link["fix"])

    for command in fix["commands"]:
        carry_out(command, shell.cloud)

    code, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID)
    assert (code, wrong_links(target)) == (
        (3, [("trust_policy", "warning", "others_trusted")]) if setup == "trust missing" else (0, [])
    )


@pytest.mark.parametrize("words", [(), ("--external-id", EXTERNAL_ID)], ids=["without an external ID", "with it"])
@pytest.mark.parametrize(
    "condition", [MFA, AT_HOME, {"DateLessThan": {"acs:CurrentTime": "2020-01-01T00:00:00Z"}}], ids=str
)
def test_a_role_that_may_refuse_the_function_is_never_called_good(
    shell: CheckingShell, condition: dict[str, Any], words: tuple[str, ...]
) -> None:
    """A condition that the function can't meet, or that depends on something, is told: given an external ID or not."""
    trust(shell, ("Allow", [PRINCIPAL], DEMANDED | condition))

    code, target = shell.target(*AS_A, *words)

    (link,) = (link for link in target["links"] if link["cause"])
    assert (code, link["name"], link["cause"]) == (3, "trust_policy", "condition_not_judged")
    (key,) = (key for keys in condition.values() for key in keys)
    assert link["found"] == f"trust policy, statement 1 depends on {key}"


def test_a_role_that_nobody_without_mfa_gets_is_not_said_to_let_everybody_in(shell: CheckingShell) -> None:
    """What lets in only under a condition is told with the condition, and the command keeps it."""
    trust(shell, ("Allow", [PRINCIPAL], MFA))

    _, target = shell.target(*AS_A)

    (link,) = (link for link in target["links"] if link["name"] == "external_id")
    assert link["found"].endswith(", where its conditions hold (acs:MFAPresent)")
    carry_out(link["fix"]["commands"][0], shell.cloud)
    code, after = shell.target(*AS_A, "--external-id", EXTERNAL_ID)
    assert (code, wrong_links(after)) == (3, [("trust_policy", "warning", "condition_not_judged")])


def test_a_policy_that_denies_is_not_detached_with_what_it_allows(shell: CheckingShell) -> None:
    """Its owner is told to narrow it: without it the role could do more than before."""
    permit(shell, statement("Allow", [*LISTS, "fc:GetFunction"]), statement("Deny", "fc:GetFunctionCode"))

    _, target = shell.target(*AS_A, "--external-id", EXTERNAL_ID)

    (link,) = (link for link in target["links"] if link["cause"])
    assert (link["cause"], link["fix"]["commands"]) == ("more_granted_than_used", [])
    assert "Narrow test by hand" in link["fix"]["text"]


def test_the_functions_fix_leads_to_a_check_whose_command_mends_it(shell: CheckingShell) -> None:
    """B's side can't read A's trust policy, so that it proposes none: A's own check does, and keeps what is there."""
    trust(shell, ("Allow", [f"acs:ram::{B}:user/ops"], DEMANDED), ("Deny", [PRINCIPAL], AT_HOME))
    (first,) = check_as_customer(
        Parties(role_arn=ROLE_ARN, caller_arn=f"acs:ram::{B}:assumed-role/fc-inventory/x", sends_external_id=True)
    )
    words = shlex.split(first.replace('"${EXTERNAL_ID:?}"', EXTERNAL_ID))
    _, broken = shell.target(*words[4:])
    (fix,) = (link["fix"] for link in broken["links"] if link["cause"] == "trust_missing")

    carry_out(fix["commands"][0], shell.cloud)

    denying = [statement for statement in shell.role(A, "reader").trust.statements if statement.denies]
    assert len(denying) == 1
    assert shell.target(*words[4:])[1]["status"] == "warning"


def carry_out(command: str, cloud: LocalCloud) -> None:
    """Do as A's administrator what the Alibaba Cloud CLI would."""
    from onboarding.administrator import sign_in  # noqa: PLC0415
    from onboarding.ram import call  # noqa: PLC0415

    assert cloud.url
    _, _, action, *words = shlex.split(command.replace('"${EXTERNAL_ID:?}"', EXTERNAL_ID))
    call(action, dict(zip((word.removeprefix("--") for word in words[::2]), words[1::2], strict=True)), sign_in(None))


def test_the_command_that_a_fix_names_is_this_one(shell: CheckingShell) -> None:
    """The function tells account A to run a check: with exactly those words it runs."""
    (command,) = check_as_customer(
        Parties(role_arn=ROLE_ARN, caller_arn=f"acs:ram::{B}:assumed-role/fc-inventory/x", sends_external_id=True)
    )

    words = shlex.split(command.replace('"${EXTERNAL_ID:?}"', EXTERNAL_ID))

    assert words[:4] == ["python", "-m", "onboarding", "check"]
    assert shell.check(*words[4:])[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--side", "c"), "--side: expected a or b, found 'c'"),
        (("--side", "a"), "--role-arn: expected the role to check, found none"),
        (("--side", "a", "--role-arn", ROLE_ARN), "--principal: expected the role of B's function"),
        ((*AS_A, "--principal", f"acs:ram::{B}:root"), "--principal: expected the role of B's function"),
        (("--side", "a", "--role-arn", f"acs:ram::{A}:user/x", "--principal", PRINCIPAL), "--role-arn: expected the ARN of a role"),
        (("--side", "a", "--role-arn", PRINCIPAL, "--principal", PRINCIPAL), f"--role-arn: expected a role of the keys' account, {A}"),
        ((*AS_A, "--external-id", "a b"), "--external-id: expected 2 to 1224 letters"),
        ((*AS_A, "--region", "cn-hangzou"), "--region: expected a region of Function Compute (nearest: cn-hangzhou)"),
        (("--role-arn", f"acs:ram::{A}:user/x"), "--role-arn: expected the ARN of a role"),
        ((*AS_B, "--region", "nowhere"), "--region: expected a region of Function Compute"),
        ((*AS_B, "--target", "other"), "--target: expected a configured one"),
        ((*AS_B, "--execution-role", "a/b"), "--execution-role: expected the name of a role"),
        ((*AS_B, "--duration-seconds", "60"), "DURATION_SECONDS: expected a whole number of seconds from 900"),
        (("--external-id", "abc"), "--external-id: expected it beside --role-arn"),
        ((), "settings: expected exactly one of ROLE_ARN, TARGETS_FILE and TARGETS"),
    ],
)  # fmt: skip
def test_what_can_not_be_checked_is_refused_before_any_link(
    shell: CheckingShell, words: tuple[str, ...], message: str
) -> None:
    """Wrong usage ends with status 2 and one line that names the option; nothing of the role is asked."""
    code, out, err = shell.check(*words)

    assert (code, out) == (2, "")
    assert message in err
    assert {request.action for request in shell.cloud.requests} <= {"GetCallerIdentity"}


def test_without_keys_nothing_is_asked(shell: CheckingShell) -> None:
    """The variables that are missing are named."""
    shell.use(None)

    code, out, err = shell.check(*AS_B)

    assert (code, out, shell.cloud.requests) == (2, "", [])
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in err


def test_a_breakdown_of_ram_is_not_taken_for_a_missing_role(shell: CheckingShell) -> None:
    """The cloud's failure is the cause."""
    shell.cloud.faults.add(Fault(action="GetRole", status=503, code="ServiceUnavailable", message="x"))

    code, target = shell.target(*AS_A)

    assert (code, wrong_links(target)) == (1, [("ram_access", "broken", "unavailable")])


def test_people_read_a_table_with_the_fix_below(shell: CheckingShell) -> None:
    """Each link has its line, each cause its evidence and its fix, unbroken; neither key nor external ID is shown."""
    trust(shell, ("Allow", [PRINCIPAL], {"StringEquals": {"sts:ExternalId": "another-one"}}))

    code, out, err = shell.check(*AS_A, "--external-id", EXTERNAL_ID)

    lines = out.splitlines()
    assert (code, err, lines[0]) == (1, "", f"checked as acs:ram::{A}:user/admin")
    assert f"reader {ROLE_ARN}: broken" in lines
    assert any(line.startswith("✗  external id ") for line in lines)
    assert "external id: wrong_external_id" in lines
    assert any(
        line.startswith("    aliyun ram UpdateRole --RoleName reader ") and line.endswith("]}'") for line in lines
    )
    key = shell.cloud.world.accounts[A].users["admin"].access_keys[0]
    assert not [secret for secret in (key.access_key_id, key.secret, EXTERNAL_ID, "another-one") if secret in out]
