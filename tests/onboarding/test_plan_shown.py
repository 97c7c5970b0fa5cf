"""What is signed is shown before it is signed: the documents themselves, and where they differ from what is there."""

from __future__ import annotations

import json

import pytest

from local.cloud import parse_policy
from local.cloud.versioned_policy import VersionedPolicy
from onboarding import documents
from tests.onboarding.shell import EXTERNAL_ID, GRANT, GRANT_B, PRINCIPAL, REVOKE, ROLE_ARN, A, B, GrantingShell

TRUST = documents.trust_policy([PRINCIPAL], EXTERNAL_ID)
LISTS = documents.list_policy()
Shown = list[tuple[str, object, object]]  # action, what it writes, what it removes


def shown(outcome: dict[str, object]) -> Shown:
    steps = outcome["steps"]
    assert isinstance(steps, list)
    return [(step["action"], step["document"], step["removes"]) for step in steps]


def test_a_grant_shows_both_documents_that_it_would_write(shell: GrantingShell) -> None:
    """As objects in JSON, each with the call that sends it."""
    _, outcome = shell.outcome(*GRANT)

    assert shown(outcome) == [
        ("CreateRole", TRUST, None),
        ("CreatePolicy", LISTS, None),
        ("AttachPolicyToRole", None, None),
    ]


def test_what_is_shown_is_what_is_written(shell: GrantingShell) -> None:
    """Word for word, as RAM has it afterwards."""
    _, outcome = shell.outcome(*GRANT)
    shell.outcome(*GRANT, "--yes")

    account = shell.cloud.world.accounts[A]
    written = [
        account.roles["reader"].trust.text,
        account.attached_policies(account.roles["reader"])["reader-list"].text,
    ]
    assert [json.loads(text) for text in written] == [writes for _, writes, _ in shown(outcome) if writes]


def test_account_bs_grant_shows_its_documents(shell: GrantingShell) -> None:
    """The trust in Function Compute, and which roles may be assumed."""
    shell.sign_in(B, "admin")

    _, outcome = shell.outcome(*GRANT_B, "--role-name", "lister")

    assert [writes for _, writes, _ in shown(outcome) if writes] == [
        documents.execution_trust_policy(),
        documents.assume_policy([ROLE_ARN]),
    ]


def test_a_revocation_shows_the_documents_that_go(shell: GrantingShell) -> None:
    """What the role's trust and its policy say, before they are deleted."""
    shell.outcome(*GRANT, "--yes")

    _, outcome = shell.outcome(*REVOKE)

    assert shown(outcome) == [
        ("DetachPolicyFromRole", None, None),
        ("DeleteRole", None, TRUST),
        ("DeletePolicy", None, LISTS),
    ]


def test_taking_the_trust_only_shows_the_one_that_goes_and_the_one_that_comes(shell: GrantingShell) -> None:
    """With the lines between them."""
    shell.outcome(*GRANT, "--yes")

    _, outcome = shell.outcome(*REVOKE, "--trust-only")

    assert shown(outcome) == [("UpdateRole", documents.closed_trust_policy(A), TRUST)]
    assert f'-          "{PRINCIPAL}"' in outcome["conflicts"][0]["difference"]
    assert f'+          "acs:ram::{A}:root"' in outcome["conflicts"][0]["difference"]


@pytest.mark.parametrize("words", [(), ("--replace",)])
def test_what_conflicts_is_shown_as_a_diff(shell: GrantingShell, words: tuple[str, ...]) -> None:
    """A policy that was widened by hand: the lines that are there, and those that are wanted."""
    shell.outcome(*GRANT, "--yes")
    wider = documents.list_policy()
    wider["Statement"][0]["Action"].append("fc:GetFunctionCode")
    shell.cloud.world.accounts[A].policies["reader-list"] = VersionedPolicy.of("reader-list", parse_policy(wider))

    _, out, _ = shell.run(*GRANT, *words)

    lines = [line.strip() for line in out.splitlines()]
    assert '-        "fc:GetFunctionCode"' in out
    assert "policy reader-list: - is there, + is wanted" in lines
    assert "CreatePolicyVersion writes on policy reader-list:" in lines


def test_people_read_what_goes(shell: GrantingShell) -> None:
    """Below the steps, statement by statement."""
    shell.outcome(*GRANT, "--yes")

    _, out, _ = shell.run(*REVOKE)

    told = out.partition("DeleteRole removes with role reader:")[2].partition(
        "DeletePolicy removes with policy reader-list:"
    )
    assert json.loads(told[0]) == TRUST
    assert json.loads(told[2].partition("Nothing is changed yet")[0]) == LISTS


def test_a_policy_over_the_limit_is_refused_before_any_call(shell: GrantingShell) -> None:
    """6,144 characters are RAM's limit for account B's policy; the policy is named."""
    shell.sign_in(B, "admin")
    roles = [word for number in range(150) for word in ("--role-arn", f"acs:ram::{A}:role/customer-{number:04}")]

    code, out, err = shell.run("grant-b", "--account", B, *roles, "--yes")

    assert (code, out, shell.cloud.requests) == (2, "", [])
    assert err.startswith("error: policy fc-inventory-assume: expected at most 6144 characters, found ")
