"""`python -m terminal scan`: the same inventory with a person's own keys, over real HTTP to the local cloud."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud import Fault, LocalCloud, load_world
from local.cloud.inventory import Function
from terminal.__main__ import main
from tests.onboarding.shell import Shell

A, B = "1234567890123456", "1345678901234567"
TARGETS = str(Path(__file__).parents[2] / "examples" / "targets.yaml")
ROLE = ("--role-arn", f"acs:ram::{A}:role/fc-admin")


class TerminalShell(Shell):
    """A shell in which somebody of company B runs `python -m terminal`."""

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return exit status, standard output, standard error."""
        self.monkeypatch.setattr(sys, "argv", ["terminal", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *self.capsys.readouterr())

    def report(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a scan as JSON; return exit status and the report."""
        code, out, _ = self.run("scan", *words, "--format", "json")
        return code, dict(json.loads(out))


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[TerminalShell]:
    """Sign in as a user of company B that may assume every role."""
    with LocalCloud(load_world()) as cloud:
        monkeypatch.setenv("FC_INVENTORY_ENDPOINT", cloud.url)
        shell = TerminalShell(cloud, monkeypatch, capsys)
        shell.sign_in(B, "ops")
        yield shell


def test_a_complete_scan_ends_with_0(shell: TerminalShell) -> None:
    """The role lets all of account B in, as in the guide."""
    code, report = shell.report(*ROLE, "--region", "cn-hangzhou", "--region", "cn-shanghai")

    assert (code, report["status"]) == (0, "complete")
    assert [(one["region"], len(one["services"]), len(one["functions"])) for one in report["outcomes"]] == [
        ("cn-hangzhou", 3, 7),
        ("cn-shanghai", 1, 3),
    ]


def test_a_partial_scan_ends_with_3_and_says_why(shell: TerminalShell) -> None:
    """Roles that trust the function alone refuse a person."""
    code, report = shell.report("--targets", TARGETS, "--home-region", "cn-hangzhou")

    assert (code, report["status"]) == (3, "partial")
    assert {(one["target"], one["status"], one["error"] and one["error"]["category"]) for one in report["outcomes"]} == {
        ("company-a", "complete", None),
        ("company-c", "failed", "trust_denied"),
        ("company-d", "failed", "trust_denied"),
        ("company-e", "failed", "trust_denied"),
    }  # fmt: skip


def test_a_scan_that_saw_nothing_ends_with_4(shell: TerminalShell) -> None:
    """A script must not take it for an empty account."""
    shell.sign_in(B, "intern")

    code, report = shell.report(*ROLE, "--region", "cn-hangzhou")

    assert (code, report["status"], report["outcomes"][0]["services"]) == (4, "failed", None)


def test_the_table_tells_what_was_seen_and_what_was_not(shell: TerminalShell) -> None:
    """One reason stands there once, though three listings failed for it."""
    _, out, _ = shell.run("scan", "--targets", TARGETS, "--target", "company-a", "--target", "company-e",
                          "--region", "cn-hangzhou")  # fmt: skip

    words = " ".join(out.split())
    assert "company-a cn-hangzhou complete: services 3, functions 7" in words
    assert "v2 billing create-invoice python3.10 1024" in words
    assert "company-e cn-hangzhou failed: services unknown, functions unknown" in words
    assert words.count("NoPermission (AssumeRole): You are not authorized") == 1
    assert words.endswith("partial: 1 of 2 complete; services 3, functions of FC 2.0 5, of FC 3.0 2")


def test_names_of_account_a_are_shown_and_not_interpreted(shell: TerminalShell) -> None:
    """Neither as markup of the table nor as commands to the terminal."""
    inventory = shell.cloud.world.accounts[A].inventories["cn-hangzhou"]
    inventory.add_function(Function(name="odd", runtime="[red]x[/red]\x1b]0;title\x07"))

    _, out, _ = shell.run("scan", *ROLE, "--region", "cn-hangzhou")

    assert "[red]x[/red] ]0;title" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("form", ["json", "csv", "ndjson", "html"])
def test_an_output_file_holds_what_would_have_been_printed(shell: TerminalShell, form: str, tmp_path: Path) -> None:
    """Byte for byte, but for when and by whom it was made."""
    file = tmp_path / "inventory"
    words = ("scan", *ROLE, "--region", "cn-shanghai", "--format", form)
    _, printed, _ = shell.run(*words)

    code, out, _ = shell.run(*words, "--output", str(file))

    assert (code, out) == (0, "")
    assert len(file.read_bytes().splitlines()) == len(printed.splitlines())
    assert "translate" in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["inventory"]


def test_an_output_that_cannot_be_written_leaves_what_was_there(shell: TerminalShell, tmp_path: Path) -> None:
    """The inventory of yesterday is better than half of today's."""
    missing = tmp_path / "missing" / "inventory.json"

    code, _, err = shell.run("scan", *ROLE, "--region", "cn-shanghai", "--format", "json", "--output", str(missing))

    assert (code, "No such file or directory" in err) == (2, True)


def test_a_scan_ends_in_time_and_tells_what_is_missing(shell: TerminalShell) -> None:
    """A cloud that hangs does not hang the person."""
    shell.cloud.faults.add(Fault(action="ListFunctions", delay_seconds=20))

    code, report = shell.report(*ROLE, "--region", "cn-shanghai", "--timeout-seconds", "1")

    assert (code, report["outcomes"][0]["services"][0]["service_name"]) == (3, "reports")
    assert {line["error"] and line["error"]["category"] for line in report["outcomes"][0]["coverage"]} == {
        None,
        "deadline",
    }


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "--targets"),
        ((*ROLE, "--targets", TARGETS), "--targets"),
        (("--targets", TARGETS, "--external-id", "abc"), "--external-id"),
        (("--targets", "missing.yaml"), "missing.yaml"),
        (("--role-arn", f"acs:ram::{A}:user/ann"), "ROLE_ARN"),
        ((*ROLE, "--region", "cn-hangzhou", "--external-id", "with space"), "EXTERNAL_ID"),
        ((*ROLE, "--region", "cn-hangzhou", "--external-id", ""), "--external-id"),
        ((*ROLE,), "REGIONS"),
        ((*ROLE, "--region", "cn-hangzho"), "REGIONS"),
        (("--targets", TARGETS, "--target", "company-x"), "--targets"),
        (("--targets", TARGETS, "--tag", "gold"), "--tags"),
        ((*ROLE, "--region", "cn-hangzhou", "--output", "x"), "--output"),
        ((*ROLE, "--region", "cn-hangzhou", "--format", "xml"), "--format"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_option(shell: TerminalShell, words: tuple[str, ...], named: str) -> None:
    """Before any call."""
    code, out, err = shell.run("scan", *words)

    assert (code, out, named in err) == (2, "", True)
    assert shell.cloud.requests == []


def test_without_keys_nothing_is_asked(shell: TerminalShell) -> None:
    """And the answer says where keys may stand."""
    shell.use(None)

    code, _, err = shell.run("scan", *ROLE, "--region", "cn-hangzhou")

    assert (code, "ALIBABA_CLOUD_ACCESS_KEY_ID" in err) == (2, True)
    assert shell.cloud.requests == []
