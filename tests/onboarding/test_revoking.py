"""A revocation that can't be carried out as it was meant is told, and one that stopped half-way is gone on with."""

from __future__ import annotations

from local.cloud import Fault
from tests.onboarding.shell import GRANT, REVOKE, A, GrantingShell

NOWHERE = [f"No role reader is in account {A}. Nobody can assume what isn't there."]


def test_that_roles_can_not_be_listed_is_no_other_error(shell: GrantingShell) -> None:
    """The suggestion is left out, the finding stays."""
    shell.cloud.faults.add(Fault(action="ListRoles", status=403, code="NoPermission", message="no"))

    code, outcome = shell.outcome(*REVOKE)

    assert (code, outcome["status"], outcome["notes"]) == (1, "absent", NOWHERE)


def test_where_no_name_is_near_none_is_suggested(shell: GrantingShell) -> None:
    """A guess would be worse than none."""
    code, outcome = shell.outcome("revoke", "--account", A, "--role-name", "zzzzzz")

    assert (code, outcome["notes"]) == (1, [NOWHERE[0].replace("reader", "zzzzzz")])


def test_a_second_revocation_is_an_error_unless_a_script_says_otherwise(shell: GrantingShell) -> None:
    """With --if-exists a script can repeat itself, whichever way it revokes."""
    shell.outcome(*GRANT, "--yes")
    shell.outcome(*REVOKE, "--yes")
    ways: tuple[tuple[str, ...], ...] = ((), ("--if-exists",), ("--trust-only",), ("--trust-only", "--if-exists"))

    codes = [shell.outcome(*REVOKE, "--yes", *words)[0] for words in ways]

    assert codes == [1, 0, 1, 0]


def test_a_half_done_revocation_is_completed(shell: GrantingShell) -> None:
    """A failure says what was done; the same command then removes the rest, though the role is gone."""
    shell.outcome(*GRANT, "--yes")
    shell.cloud.faults.add(Fault(action="DeletePolicy", times=1, status=409, code="DeleteConflict.Policy", message="x"))
    half_code, half = shell.outcome(*REVOKE, "--yes")
    shell.cloud.faults.clear()

    code, outcome = shell.outcome(*REVOKE, "--yes")

    assert (half_code, half["status"], [(step["action"], step["state"]) for step in half["steps"]]) == (
        3,
        "partial",
        [("DetachPolicyFromRole", "done"), ("DeleteRole", "done"), ("DeletePolicy", "failed")],
    )
    assert (code, outcome["status"], [step["action"] for step in outcome["steps"]]) == (0, "done", ["DeletePolicy"])


def test_how_to_go_on_is_told(shell: GrantingShell) -> None:
    """Half-way, people read that the same command goes on from there."""
    shell.outcome(*GRANT, "--yes")
    shell.cloud.faults.add(Fault(action="DeleteRole", status=500, code="InternalError", message="x"))

    code, out, _ = shell.run(*REVOKE, "--yes")

    assert code == 3
    assert "✓  DetachPolicyFromRole" in out
    assert "Run the same command again: what is done stays, and it goes on from there." in out


def test_a_failure_while_reading_has_changed_nothing(shell: GrantingShell) -> None:
    """The answer says so, and nothing was tried."""
    shell.outcome(*GRANT, "--yes")
    shell.cloud.faults.add(Fault(action="ListPoliciesForRole", status=403, code="NoPermission", message="no"))

    code, _, err = shell.run(*REVOKE, "--yes")

    assert code == 1
    assert "Nothing is changed." in err
    assert "reader" in shell.cloud.world.accounts[A].roles
