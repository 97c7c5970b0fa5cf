"""`console`: a session of the customer's role becomes a link that signs in once, and that nothing else ever shows."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from onboarding import federation
from tests.onboarding.shell import EXTERNAL_ID, GRANT, ROLE_ARN, A, B, GrantingShell

CONSOLE = ("console", "--role-arn", ROLE_ARN, "--external-id", EXTERNAL_ID)


def let_users_in(shell: GrantingShell) -> None:
    shell.outcome(*GRANT, "--trust-account", "--yes")
    shell.sign_in(B, "ops")


def test_the_link_signs_in_once(shell: GrantingShell) -> None:
    """Whoever opens it is led to the console, the first time."""
    let_users_in(shell)

    code, out, err = shell.run(*CONSOLE)

    first, second = httpx.get(out.strip()), httpx.get(out.strip())
    assert (code, first.status_code, first.headers["location"]) == (0, 302, "https://fcnext.console.aliyun.com/")
    assert second.status_code == 401
    assert re.fullmatch(
        rf"Opens once, within 30 seconds, as {ROLE_ARN} until 20\S+Z: whoever has this link is signed in.\n", err
    )


def test_the_link_carries_what_the_console_wants(shell: GrantingShell) -> None:
    """Documented are four parameters; when the session ends, Switch Identity is where it goes."""
    let_users_in(shell)

    _, out, _ = shell.run(*CONSOLE, "--destination", "https://ram.console.aliyun.com/roles?a=b&c=d")

    url = urlsplit(out.strip())
    query = {name: values for name, values in parse_qs(url.query).items() if name != "SigninToken"}
    assert url.path == "/federation"
    assert query == {
        "Action": ["Login"],
        "LoginUrl": [f"https://signin.aliyun.com/switchRole.htm?parentAlias={A}.onaliyun.com&roleName=reader"],
        "Destination": ["https://ram.console.aliyun.com/roles?a=b&c=d"],
    }


def test_without_a_local_cloud_the_link_leads_to_the_real_console() -> None:
    """By https, with the token encoded."""
    visit = federation.Visit(destination="https://ecs.console.aliyun.com", return_url="https://example.com/login")

    url = federation.sign_in_url(federation.SigninToken("a+b/c="), visit, None)

    assert url == (
        "https://signin.aliyun.com/federation?Action=Login&LoginUrl=https%3A%2F%2Fexample.com%2Flogin"
        "&Destination=https%3A%2F%2Fecs.console.aliyun.com&SigninToken=a%2Bb%2Fc%3D"
    )


def test_scripts_get_the_link_with_what_it_is_good_for(shell: GrantingShell) -> None:
    """The session is named after who opened it, for A's ActionTrail."""
    let_users_in(shell)

    code, outcome = shell.outcome(*CONSOLE, "--duration-seconds", "900")

    assert code == 0
    assert httpx.get(outcome.pop("console_url")).status_code == 302
    assert re.fullmatch(r"20\S+Z", outcome.pop("session_ends"))
    assert outcome == {"opens_within_seconds": 30, "role_arn": ROLE_ARN, "role_session_name": "console-ops"}


def test_the_token_and_the_keys_stand_nowhere_else(shell: GrantingShell, caplog: pytest.LogCaptureFixture) -> None:
    """Not on standard error, not in any log, however loud; the keys travel in the body, never in an address."""
    let_users_in(shell)
    caplog.set_level(logging.DEBUG)

    _, out, err = shell.run(*CONSOLE)

    (token,) = parse_qs(urlsplit(out.strip()).query)["SigninToken"]
    (session,) = shell.cloud.world.sessions.values()
    secrets = (token, session.secret, session.token)
    assert not [secret for secret in secrets if secret in err or secret in caplog.text]
    assert "SigninToken" not in repr(federation.SigninToken(token)).replace("SigninToken()", "")
    assert [request.method for request in shell.cloud.requests if request.action == "GetSigninToken"] == ["POST"]


def test_a_role_that_lets_nobody_in_gives_no_link(shell: GrantingShell) -> None:
    """A trusts the function alone by default: the cloud's refusal, on standard error, and nothing on standard output."""
    shell.outcome(*GRANT, "--yes")
    shell.sign_in(B, "ops")

    code, out, err = shell.run(*CONSOLE)

    assert (code, out) == (1, "")
    assert "NoPermission (AssumeRole)" in err
    assert "denied by: AssumeRolePolicy" in err


def test_a_session_that_the_sign_in_does_not_take_is_told(
    shell: GrantingShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code and what else there is; no link."""
    let_users_in(shell)
    monkeypatch.setattr("onboarding.federation.PATH", "/federation?TicketType=normal")

    code, out, err = shell.run(*CONSOLE)

    assert (code, out) == (1, "")
    assert "InvalidParameter.TicketType (GetSigninToken)" in err
    assert "switch-url" in err


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--role-arn", f"acs:ram::{A}:user/ann"), "--role-arn"),
        (("--role-arn", "acs:ram::12:role/x"), "--role-arn"),
        (("--external-id", "has space"), "--external-id"),
        (("--external-id", ""), "--external-id"),
        (("--destination", "https://example.com/"), "--destination"),
        (("--destination", "http://ecs.console.aliyun.com/"), "--destination"),
        (("--destination", "https://aliyun.com.example.com"), "--destination"),
        (("--destination", "https://x@example.com/.aliyun.com"), "--destination"),
        (("--destination", "https://ecs.console.aliyun.com/\n"), "--destination"),
        (("--login-url", "http://example.com"), "--login-url"),
        (("--login-url", "javascript:alert(1)"), "--login-url"),
        (("--duration-seconds", "60"), "--duration-seconds"),
    ],
)
def test_a_wrong_word_is_refused_before_any_call(shell: GrantingShell, words: tuple[str, str], field: str) -> None:
    """The error names the option; the cloud is not asked."""
    code, out, err = shell.run(*CONSOLE, *words)

    assert (code, out, shell.cloud.requests) == (2, "", [])
    assert err.startswith(f"error: {field}: expected ")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>", "malformed_answer"),
        (200, b'{"SigninToken": "\xff"}', "malformed_answer"),
        (200, b'{"RequestId": "x"}', "malformed_answer"),
        (503, b"", "unavailable"),
    ],
)
def test_an_answer_without_a_token_gives_no_link(
    shell: GrantingShell, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, code: str
) -> None:
    """Whatever stands between answers something else: that is told, and nothing is printed."""
    let_users_in(shell)
    monkeypatch.setattr("local.cloud.signin._json", lambda *_: answer(status, body))

    exit_code, out, err = shell.run(*CONSOLE)

    assert (exit_code, out) == (1, "")
    assert f"{code} (GetSigninToken)" in err


def answer(status: int, body: bytes) -> object:
    from local.cloud.gateway import Answer  # noqa: PLC0415

    return Answer(status, {"content-type": "application/json"}, body)


def test_json_refusals_are_objects(shell: GrantingShell) -> None:
    """With --json a refusal is JSON, too."""
    shell.outcome(*GRANT, "--yes")
    shell.sign_in(B, "ops")

    code, out, _ = shell.run(*CONSOLE, "--json")

    assert (code, json.loads(out)["problem"]["operation"]) == (1, "AssumeRole")
