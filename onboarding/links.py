"""`external-id` and `switch-url`: what one company hands to the other, or to its people. No call is made."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlencode

import typer

from onboarding import options, parameters
from onboarding.presentation import print_json

EXTERNAL_ID_BYTES = 16  # 128 bits: nobody guesses it


def external_id(*, as_json: options.AsJson = False) -> None:
    """Account B: make a random external ID for one customer; each customer gets one of its own."""
    made = secrets.token_hex(EXTERNAL_ID_BYTES)
    if as_json:
        print_json({"external_id": made})
    else:
        typer.echo(made)


def switch_url(
    *,
    account: Annotated[str, typer.Option(metavar="ID", help="The account that the role belongs to.")],
    role_name: Annotated[str, typer.Option(metavar="NAME", help="The role to switch to.")] = "fc-inventory-reader",
    as_json: options.AsJson = False,
) -> None:
    """Account B: print the console's Switch Identity link, with which a RAM user of B acts as A's role."""
    parameters.check_account_id(account, "--account")
    parameters.check_role_name(role_name, "--role-name")
    url = switch_identity_url(account, role_name)
    if as_json:
        print_json({"switch_url": url})
    else:
        typer.echo(url)


def switch_identity_url(account_id: str, role_name: str) -> str:
    """Return the console's Switch Identity link, with account and role filled in.

    https://www.alibabacloud.com/help/en/ram/user-guide/assume-a-ram-role; that the page takes these two parameters is
    seen in the vendor's own tools and not documented (unverified).
    """
    query = urlencode({"parentAlias": f"{account_id}.onaliyun.com", "roleName": role_name})
    return f"https://signin.aliyun.com/switchRole.htm?{query}"
