"""`console`: a link that opens Alibaba Cloud's console as the customer's role, from a session of it."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
import typer

from fc_inventory import sdk
from fc_inventory.calls import Call, RoleRequest
from fc_inventory.errors import SettingsError
from onboarding import federation, options, parameters
from onboarding.administrator import Administrator, sign_in
from onboarding.links import switch_identity_url

DURATION_SECONDS = range(900, 43200 + 1)


class ConsoleLink(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with --json; `console_url` is a secret until it was opened, or 30 seconds have passed."""

    console_url: str
    opens_within_seconds: int
    role_arn: str
    role_session_name: str
    session_ends: str


def console(  # noqa: PLR0913 - a command's parameters are its options
    *,
    role_arn: Annotated[str, typer.Option(metavar="ARN", help="The role to act as.")],
    external_id: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The external ID that the role demands.")
    ] = None,
    destination: Annotated[
        str, typer.Option(metavar="URL", help="The page of the console to open.")
    ] = "https://fcnext.console.aliyun.com/",
    login_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the console sends when the session ends; default: Switch Identity."),
    ] = None,
    duration_seconds: Annotated[
        int, typer.Option(metavar="N", help="Life of the session in the console: 900 to 43200.")
    ] = 3600,
    profile: options.Profile = None,
    as_json: options.AsJson = False,
) -> None:
    """Account B: print a link that opens the console as A's role, for whoever opens it first, within 30 seconds.

    The link is a secret of short life: it goes to standard output and nowhere else.

    Exit status: 0 printed, 1 the cloud refused, 2 wrong usage.
    """
    parameters.check_role_arn(role_arn, "--role-arn")
    visit = _visit(role_arn, destination, login_url)
    role = RoleRequest(
        role_arn=role_arn,
        role_session_name="console",
        policy=None,
        duration_seconds=_checked_duration(duration_seconds),
        external_id=parameters.check_optional_external_id(external_id, "--external-id"),
    )
    _print(_make_link(role, visit, sign_in(profile)), as_json=as_json)


def _make_link(role: RoleRequest, visit: federation.Visit, someone: Administrator) -> ConsoleLink:
    """Assume *role* as *someone*, and make a link of the session. Raises CloudError."""
    named = msgspec.structs.replace(role, role_session_name=_session_name(someone))
    call = Call(
        operation="AssumeRole", host="sts.aliyuncs.com", keys=someone.keys, role_arn=role.role_arn, line=someone.line
    )
    assumed = sdk.assume_role(call, named)
    token = federation.get_signin_token(assumed.keys, someone.line)
    return ConsoleLink(
        console_url=federation.sign_in_url(token, visit, someone.line.endpoint),
        opens_within_seconds=federation.TOKEN_SECONDS,
        role_arn=role.role_arn,
        role_session_name=named.role_session_name,
        session_ends=assumed.expiration,
    )


def _visit(role_arn: str, destination: str, login_url: str | None) -> federation.Visit:
    switch_url = switch_identity_url(parameters.account_of(role_arn), role_arn.partition(":role/")[2])
    return federation.Visit(
        destination=_checked(destination, federation.OFFICIAL, "--destination", "an https page of aliyun.com"),
        return_url=_checked(login_url or switch_url, federation.PAGE, "--login-url", "an https page"),
    )


def _checked_duration(seconds: int) -> int:
    if seconds not in DURATION_SECONDS:
        raise SettingsError("--duration-seconds", expected="a number of seconds from 900 to 43200", found=str(seconds))
    return seconds


def _print(link: ConsoleLink, *, as_json: bool) -> None:
    """Print the link as it is: of all that is printed here, this alone must not be masked."""
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(link), indent=2).decode())
        return
    typer.echo(link.console_url)
    typer.echo(
        f"Opens once, within {link.opens_within_seconds} seconds, as {link.role_arn} until {link.session_ends}: "
        "whoever has this link is signed in.",
        err=True,
    )


def _session_name(someone: Administrator) -> str:
    """Return how the customer's ActionTrail names the session: by who opened it."""
    return re.sub(r"[^A-Za-z0-9.@_-]", "-", f"console-{re.split('[:/]', someone.arn)[-1]}")[:64]


def _checked(url: str, grammar: re.Pattern[str], option: str, expected: str) -> str:
    if not grammar.fullmatch(url):
        raise SettingsError(option, expected=expected, found=repr(url))
    return url
