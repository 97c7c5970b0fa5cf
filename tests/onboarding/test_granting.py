"""Grant and revoke at a shell: shown first, carried out once, taken back; over real HTTP to the local cloud."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from local.cloud import Fault
from onboarding import documents
from tests.onboarding.shell import EXTERNAL_ID, GRANT, GRANT_B, PRINCIPAL, REVOKE, A, B, GrantingShell

TARGETS = Path(__file__).parents[2] / "examples" / "targets.yaml"


def test_a_grant_is_only_shown_first(shell: GrantingShell) -> None:
    """Without --yes nothing is changed, and the steps stand there."""
    code, outcome = shell.outcome(*GRANT)

    assert (code, outcome["status"]) == (0, "planned")
    assert [step["action"] for step in outcome["steps"]] == ["CreateRole", "CreatePolicy", "AttachPolicyToRole"]
    assert "reader" not in shell.cloud.world.accounts[A].roles


def test_the_documents_that_would_be_written_are_shown_first(shell: GrantingShell) -> None:
    """An administrator signs what stands there, to people as to scripts."""
    _, outcome = shell.outcome(*GRANT)
    _, out, _ = shell.run(*GRANT)

    assert [step["document"] for step in outcome["steps"]] == [
        documents.trust_policy([PRINCIPAL], EXTERNAL_ID),
        documents.list_policy(),
        None,
    ]
    assert f'"Principal": {{"RAM": ["{PRINCIPAL}"]}}' in out
    assert f'"sts:ExternalId": "{EXTERNAL_ID}"' in out
    assert '"Action": ["fc:ListServices", "fc:ListFunctions"]' in out


@pytest.mark.parametrize(("words", "code", "status"), [((), 1, "absent"), (("--if-exists",), 0, "unchanged")])
def test_revoking_what_is_not_there_is_no_success_by_itself(
    shell: GrantingShell, words: tuple[str, ...], code: int, status: str
) -> None:
    """A mistyped name must not look like a revocation; the nearest role is named."""
    shell.outcome(*GRANT, "--yes")

    found, outcome = shell.outcome("revoke", "--account", A, "--role-name", "raeder", "--yes", *words)

    assert (found, outcome["status"], outcome["steps"]) == (code, status, [])
    assert outcome["notes"] == [
        f"No role raeder is in account {A}; the nearest name is reader. Nobody can assume what isn't there."
    ]
    assert "reader" in shell.cloud.world.accounts[A].roles


def test_a_grant_lets_exactly_the_function_in(shell: GrantingShell) -> None:
    """After both companies' commands B's function assumes the role with the external ID, and not without it."""
    granted = shell.outcome(*GRANT, "--yes")
    shell.sign_in(B, "admin")
    granted_b = shell.outcome(*GRANT_B, "--yes")

    assert [(code, outcome["status"]) for code, outcome in (granted, granted_b)] == [(0, "done"), (0, "done")]
    assert [shell.assume(), shell.assume(None), shell.assume("wrong-id")] == ["assumed", "trust_denied", "trust_denied"]


@pytest.mark.parametrize(
    ("words", "policies", "calls"),
    [
        ((), ["reader-list"], 3),
        (("--triggers",), ["reader-list"], 3),
        (("--level", "read"), ["AliyunFCReadOnlyAccess"], 2),
        (("--level", "manage", "--prefix", "partner-"), ["reader-manage"], 3),
        (("--trust-account",), ["reader-list"], 3),
    ],
)
def test_every_level_is_granted_and_taken_back(
    shell: GrantingShell, words: tuple[str, ...], policies: list[str], calls: int
) -> None:
    """The role carries the level's one policy; a second grant changes nothing; a revocation leaves nothing."""
    code, outcome = shell.outcome(*GRANT, *words, "--yes")
    granted = list(shell.cloud.world.accounts[A].roles["reader"].policies)
    again = shell.outcome(*GRANT, *words, "--yes")[1]["status"]
    revoked = shell.outcome(*REVOKE, "--yes")[1]["status"]

    assert (code, outcome["status"], len(outcome["steps"])) == (0, "done", calls)
    assert (granted, again, revoked) == (policies, "unchanged", "done")
    account = shell.cloud.world.accounts[A]
    assert ("reader" in account.roles, [name for name in account.policies if name.startswith("reader-")]) == (False, [])


@pytest.mark.parametrize(("words", "told"), [((), False), (("--level", "manage", "--prefix", "partner-"), True)])
def test_what_fc_2_cannot_hold_to_the_prefix_is_told(shell: GrantingShell, words: tuple[str, ...], told: bool) -> None:
    """Before the administrator says yes."""
    _, outcome = shell.outcome(*GRANT, *words)

    assert any("FC 2.0 can't hold new services to the prefix" in note for note in outcome["notes"]) == told


def test_triggers_are_granted_on_request(shell: GrantingShell) -> None:
    """The policy grows by that one action; a grant without it, later, is a difference that is shown."""
    shell.outcome(*GRANT, "--triggers", "--yes")
    policy = shell.cloud.world.accounts[A].policies["reader-list"]
    _, again = shell.outcome(*GRANT, "--yes")

    assert "fc:ListTriggers" in str(policy)
    assert again["status"] == "conflict"


def test_a_grant_to_a_whole_account_lets_its_users_in(shell: GrantingShell) -> None:
    """As in the guide: every RAM user and role of B that may assume it."""
    shell.outcome(*GRANT, "--trust-account", "--yes")

    trust = shell.cloud.world.accounts[A].roles["reader"].trust.text

    assert json.loads(trust)["Statement"][0]["Principal"] == {"RAM": [f"acs:ram::{B}:root"]}
    assert json.loads(trust)["Statement"][0]["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


def test_account_b_can_let_its_role_and_users_assume_any_role(shell: GrantingShell) -> None:
    """The guide's alternative: AliyunSTSAssumeRoleAccess, for the execution role and the users that are named."""
    shell.sign_in(B, "admin")

    code, outcome = shell.outcome("grant-b", "--account", B, "--any-role", "--user", "intern", "--yes")

    account = shell.cloud.world.accounts[B]
    assert (code, outcome["status"]) == (0, "done")
    assert "AliyunSTSAssumeRoleAccess" in account.roles["fc-inventory"].policies
    assert account.users["intern"].policies == ["AliyunSTSAssumeRoleAccess"]


def test_account_b_can_take_the_roles_from_a_targets_document(shell: GrantingShell) -> None:
    """The policy names the roles of examples/targets.yaml and no other."""
    shell.sign_in(B, "admin")

    code, outcome = shell.outcome("grant-b", "--account", B, "--targets", str(TARGETS), "--yes", "--replace")

    account = shell.cloud.world.accounts[B]
    (statement,) = json.loads(account.attached_policies(account.roles["fc-inventory"])["fc-inventory-assume"].text)[
        "Statement"
    ]
    assert (code, outcome["status"]) == (0, "done")
    assert sorted(statement["Resource"]) == sorted(
        arn.replace("acs:ram::", "acs:ram:*:")
        for arn in re.findall(r"acs:ram::\S+", TARGETS.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--level", "manage"), "--prefix"),
        (("--level", "read", "--triggers"), "--triggers"),
        (("--level", "manage", "--prefix", "a*"), "--prefix"),
        (("--prefix", "partner-"), "--prefix"),
        (("--profile", "no-such-profile"), "no-such-profile"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(shell: GrantingShell, words: tuple[str, ...], message: str) -> None:
    """Before any change, with the option's name."""
    code, _, err = shell.run(*GRANT, *words, "--yes")

    assert code == 2
    assert message in err
    assert "reader" not in shell.cloud.world.accounts[A].roles


def test_without_keys_nothing_is_asked(shell: GrantingShell) -> None:
    """The variables that are missing are named."""
    shell.use(None)

    code, _, err = shell.run(*GRANT, "--yes")

    assert (code, shell.cloud.requests) == (2, [])
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in err


def test_a_trust_policy_over_the_limit_is_refused(shell: GrantingShell) -> None:
    """2,048 characters are RAM's limit; the cloud is not asked."""
    many = [word for number in range(60) for word in ("--trust", f"acs:ram::{B}:role/function-{number}")]

    code, _, err = shell.run(*GRANT, *many, "--yes")

    assert (code, shell.cloud.requests) == (2, [])
    assert "2048" in err.replace(",", "")


def test_a_role_can_only_be_trusted_once_it_is_there(shell: GrantingShell) -> None:
    """Account B comes first: the refusal says so, and nothing is changed."""
    code, outcome = shell.outcome(*GRANT, "--trust", f"acs:ram::{B}:role/not-yet", "--yes")

    assert (code, outcome["status"], outcome["problem"]["code"]) == (1, "refused", "MalformedPolicyDocument")
    assert "grant-b" in outcome["problem"]["remedy"]
    assert "reader" not in shell.cloud.world.accounts[A].roles


def test_a_second_grant_changes_nothing(shell: GrantingShell) -> None:
    """What is as wanted is left as it is."""
    shell.outcome(*GRANT, "--yes")

    assert [(code, outcome["status"], outcome["steps"]) for code, outcome in [shell.outcome(*GRANT, "--yes")]] == [
        (0, "unchanged", [])
    ]


def test_a_half_done_grant_is_completed(shell: GrantingShell) -> None:
    """A failure says what was done; the same command goes on from there."""
    broken = Fault(action="AttachPolicyToRole", status=500, body=b'{"Code": "InternalError", "Message": "x"}')
    shell.cloud.faults.add(broken)
    code, half = shell.outcome(*GRANT, "--yes")
    shell.cloud.faults.clear()

    whole_code, whole = shell.outcome(*GRANT, "--yes")

    assert (code, half["status"]) == (3, "partial")
    assert [(step["action"], step["state"]) for step in half["steps"]] == [
        ("CreateRole", "done"),
        ("CreatePolicy", "done"),
        ("AttachPolicyToRole", "failed"),
    ]
    assert (whole_code, whole["status"], [step["action"] for step in whole["steps"]]) == (
        0,
        "done",
        ["AttachPolicyToRole"],
    )


def test_a_conflicting_role_is_shown_and_not_overwritten(shell: GrantingShell) -> None:
    """Another external ID is a difference that only --replace may settle."""
    shell.outcome(*GRANT, "--yes")
    other = (*GRANT[:-1], "another-external-id")

    code, outcome = shell.outcome(*other, "--yes")
    replaced_code, replaced = shell.outcome(*other, "--yes", "--replace")

    assert (code, outcome["status"]) == (1, "conflict")
    assert any(line.startswith("+") and "another-external-id" in line for line in outcome["conflicts"][0]["difference"])
    assert (replaced_code, replaced["status"]) == (0, "done")


@pytest.mark.parametrize("trust_only", [False, True])
def test_a_revocation_counts_from_the_next_assume_role(shell: GrantingShell, trust_only: bool) -> None:
    """Without --yes nothing changes; with it B's function is refused, and the answer says what stays valid until when."""
    shell.outcome(*GRANT, "--yes")
    shell.sign_in(B, "admin")
    shell.outcome(*GRANT_B, "--yes")
    shell.sign_in(A, "admin")
    words = (*REVOKE, *(["--trust-only"] if trust_only else []))

    planned = shell.outcome(*words)
    before = shell.assume()
    code, outcome = shell.outcome(*words, "--yes")

    assert (planned[0], planned[1]["status"], before) == (0, "planned", "assumed")
    assert (code, outcome["status"]) == (0, "done")
    assert outcome["notes"]
    assert shell.assume() == ("trust_denied" if trust_only else "role_not_found")
    assert ("reader" in shell.cloud.world.accounts[A].roles) == trust_only


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"--account": "12345"}, "--account"),
        ({"--trust": f"acs:ram::{B}:user/ops"}, "--trust"),
        ({"--external-id": "has space"}, "--external-id"),
        ({"--external-id": "x"}, "--external-id"),
        ({"--role-name": "no/slash"}, "--role-name"),
        ({"--level": "everything"}, "--level"),
        ({"--max-session-seconds": "60"}, "--max-session-seconds"),
    ],
)
def test_a_wrong_word_is_refused_before_any_call(shell: GrantingShell, changes: dict[str, str], field: str) -> None:
    """The error names the option; the cloud is not asked."""
    options = {**dict(zip(GRANT[1::2], GRANT[2::2], strict=True)), **changes}

    code, out, err = shell.run("grant", *(word for option in options.items() for word in option), "--yes")

    assert (code, out) == (2, "")
    assert err.startswith(f"error: {field}: expected ")
    assert shell.cloud.requests == []


def test_keys_of_another_account_change_nothing(shell: GrantingShell) -> None:
    """The account that is named must be that of the keys."""
    shell.sign_in(B, "admin")

    code, _, err = shell.run(*GRANT, "--yes")

    assert code == 2
    assert B in err
    assert "reader" not in shell.cloud.world.accounts[B].roles


def test_an_administrator_without_rights_is_told_so(shell: GrantingShell) -> None:
    """The cloud's denial is shown with its code, and nothing is changed."""
    shell.sign_in(B, "ops")

    code, outcome = shell.outcome(*GRANT_B, "--yes")

    assert (code, outcome["status"], outcome["problem"]["code"]) == (1, "refused", "NoPermission")


def test_an_external_id_is_random_and_of_the_documented_alphabet(shell: GrantingShell) -> None:
    """128 random bits; no two are alike."""
    made = {shell.run("external-id")[1].strip() for _ in range(5)}

    assert len(made) == 5
    assert all(re.fullmatch(r"[0-9a-f]{32}", text) for text in made)


def test_a_switch_url_names_account_and_role(shell: GrantingShell) -> None:
    """The console's page opens filled in."""
    code, out, _ = shell.run("switch-url", "--account", A, "--role-name", "reader")

    expected = f"https://signin.aliyun.com/switchRole.htm?parentAlias={A}.onaliyun.com&roleName=reader\n"
    assert (code, out) == (0, expected)
