"""`--profile`: keys from the Alibaba Cloud CLI's configuration, tried with real calls; what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from fc_inventory import sdk
from local.cloud import LocalCloud, load_world
from tests.onboarding.shell import Shell

A = "1234567890123456"
REVOKE = ("revoke", "--account", A, "--role-name", "fc-admin")


@dataclass
class ProfileShell(Shell):
    """A shell whose home has a configuration of the CLI."""

    file: Path

    def write(self, *profiles: dict[str, Any]) -> None:
        """Write the configuration as the CLI does."""
        self.file.write_text(
            json.dumps({"current": "default", "profiles": profiles, "meta_path": ""}), encoding="utf-8"
        )

    def admin(self, **changes: Any) -> dict[str, Any]:
        """Return a profile of company A's administrator, but for *changes*."""
        key = self.cloud.world.accounts[A].users["admin"].access_keys[0]
        known = {"mode": "AK", "access_key_id": key.access_key_id, "access_key_secret": key.secret, "sts_token": ""}
        return {"name": "admin", **known, "region_id": "cn-hangzhou", "output_format": "json", **changes}

    def session(self) -> dict[str, Any]:
        """Return a profile with a session of a role of company B."""
        ask = {
            "role_arn": "acs:ram::1345678901234567:role/fc-inventory",
            "service": "fc.aliyuncs.com",
            "session_name": "s",
        }
        keys = httpx.post(f"{self.cloud.url}/_local/service-sessions", json=ask).raise_for_status().json()
        return {
            "name": "session",
            "mode": "StsToken",
            "access_key_id": keys["access_key_id"],
            "access_key_secret": keys["access_key_secret"],
            "sts_token": keys["security_token"],
        }


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[ProfileShell]:
    """A shell without keys in the environment, and with a home of its own."""
    sdk.prepare()
    (tmp_path / ".aliyun").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    with LocalCloud(load_world()) as cloud:
        monkeypatch.setenv("FC_INVENTORY_ENDPOINT", cloud.url)
        shell = ProfileShell(cloud, monkeypatch, capsys, tmp_path / ".aliyun" / "config.json")
        shell.use(None)
        yield shell


def callers(shell: ProfileShell) -> set[tuple[str, str]]:
    return {(request.action, request.access_key_id) for request in shell.cloud.requests}


def test_a_profile_with_an_access_key_signs_the_calls(shell: ProfileShell) -> None:
    """Mode AK: every call carries the profile's key."""
    shell.write({"name": "default", "mode": "AK"}, shell.admin())

    code, out, err = shell.run(*REVOKE, "--profile", "admin", "--json")

    key = shell.admin()["access_key_id"]
    assert (code, json.loads(out)["status"], err) == (0, "planned", "")
    assert {access_key_id for _, access_key_id in callers(shell)} == {key}


def test_a_profile_with_a_session_signs_the_calls(shell: ProfileShell) -> None:
    """Mode StsToken: the token goes along, or the cloud would not know the key."""
    session = shell.session()
    shell.write(session)

    code, out, _ = shell.run("check", "--role-arn", f"acs:ram::{A}:role/fc-admin", "--profile", "session", "--json")

    report = json.loads(out)
    assert (code, report["caller"]["identity_type"]) == (3, "AssumedRoleUser")
    assert ("GetCallerIdentity", session["access_key_id"]) in callers(shell)


def test_a_profile_wins_over_the_environment(shell: ProfileShell) -> None:
    """Who names a profile means it."""
    shell.sign_in("1345678901234567", "admin")
    shell.write(shell.admin())

    code, out, _ = shell.run(*REVOKE, "--profile", "admin", "--json")

    assert (code, json.loads(out)["account_id"]) == (0, A)


def test_a_missing_key_is_never_filled_from_the_environment(shell: ProfileShell) -> None:
    """The vendor's provider would, and the command would run as somebody else."""
    shell.sign_in("1345678901234567", "admin")
    shell.write(shell.admin(access_key_id="", access_key_secret=""))

    code, _, err = shell.run(*REVOKE, "--profile", "admin")

    assert (code, shell.cloud.requests) == (2, [])
    assert err == (
        "error: --profile admin: expected access_key_id, access_key_secret in it, "
        "found no access_key_id and no access_key_secret\n"
    )


@pytest.mark.parametrize(
    "mode",
    [
        "RamRoleArn",
        "ChainableRamRoleArn",
        "EcsRamRole",
        "OIDC",
        "External",
        "CredentialsURI",
        "CloudSSO",
        "OAuth",
        "New",
    ],
)
def test_with_a_local_cloud_no_profile_leaves_the_machine(shell: ProfileShell, tmp_path: Path, mode: str) -> None:
    """Modes that fetch keys elsewhere, or run a program, are refused before they do."""
    trace = tmp_path / "ran"
    shell.write(shell.admin(mode=mode, process_command=f"touch {trace}", ram_role_arn=f"acs:ram::{A}:role/x"))

    code, out, err = shell.run(*REVOKE, "--profile", "admin")

    assert (code, out, shell.cloud.requests, trace.exists()) == (2, "", [], False)
    assert err.startswith(
        "error: --profile admin: expected a profile of mode AK or StsToken with FC_INVENTORY_ENDPOINT"
    )
    assert err.endswith(f"found mode '{mode}'\n")


def test_a_program_that_gives_keys_is_run_for_the_real_cloud(
    shell: ProfileShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mode External, as the CLI does; no call is made here."""
    from onboarding.administrator import find_keys  # noqa: PLC0415

    monkeypatch.delenv("FC_INVENTORY_ENDPOINT")
    answer = json.dumps({"mode": "AK", "access_key_id": "LTAIexternal0001", "access_key_secret": "made-up-secret-1"})
    shell.write({"name": "admin", "mode": "External", "process_command": f"echo {answer!r}"})

    keys = find_keys("admin", is_local=False)

    assert (keys.access_key_id, keys.access_key_secret) == ("LTAIexternal0001", "made-up-secret-1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, "no such file"),
        (b"", "Input data was truncated"),
        (b'{"profiles": [{"name": "admin", "access_key_secret": "hush-hush', "Input data was truncated"),
        (b"{hush-hush}", "JSON is malformed"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"profiles": [{"name": "admin", "access_key_secret": ["hush-hush"]}]}', "Expected `str`, got `array`"),
        (b"\xff\xfe", "JSON is malformed"),
    ],
)
def test_a_damaged_configuration_is_told_without_its_secrets(
    shell: ProfileShell, text: bytes | None, found: str
) -> None:
    """The file is named, what it says is not."""
    if text is not None:
        shell.file.write_bytes(text)

    code, out, err = shell.run(*REVOKE, "--profile", "admin")

    assert (code, out, shell.cloud.requests) == (2, "", [])
    assert err.startswith(
        f"error: --profile admin: expected {shell.file}, as `aliyun configure` writes it, found {found}"
    )
    assert "hush" not in err


@pytest.mark.parametrize(
    ("names", "hint"),
    [(["admin", "other"], "nearest: admin"), (["x", "y"], "there are: x, y"), ([], "it has none")],
)
def test_an_unknown_profile_is_named_with_those_that_are_there(
    shell: ProfileShell, names: list[str], hint: str
) -> None:
    """A mistyped name is found in a glance."""
    shell.write(*(shell.admin(name=name) for name in names))

    code, _, err = shell.run(*REVOKE, "--profile", "amdin")

    assert (code, shell.cloud.requests) == (2, [])
    assert err == f"error: --profile: expected a profile of {shell.file} ({hint}), found 'amdin'\n"


def test_keys_that_the_cloud_does_not_know_are_refused_with_its_answer(shell: ProfileShell) -> None:
    """A profile of a deleted key: the cloud's code, and nothing is changed."""
    shell.write(shell.admin(access_key_id="LTAIgone00000001"))

    code, _, err = shell.run(*REVOKE, "--profile", "admin", "--yes")

    assert code == 1
    assert "InvalidAccessKeyId.NotFound" in err
    assert "Nothing is changed." in err
    assert "fc-admin" in shell.cloud.world.accounts[A].roles
