"""`check`: the doctor at a shell. B's side runs the function's own check, A's side reads what A has granted."""

from __future__ import annotations

import logging
from typing import Annotated

import msgspec
import typer

from fc_inventory.check.shape import CheckStatus
from fc_inventory.errors import SettingsError
from onboarding import options
from onboarding.check_sides import Question, check_as_customer, check_as_owner
from onboarding.check_table import show_check
from onboarding.presentation import print_json

EXIT_CODES: dict[CheckStatus, int] = {"ok": 0, "broken": 1, "warning": 3}


def check(  # noqa: PLR0913 - a command's parameters are its options
    *,
    side: Annotated[
        str, typer.Option(metavar="a|b", help="Whose keys look: b, the function's owner, or a, the customer.")
    ] = "b",
    role_arn: Annotated[
        str | None, typer.Option(metavar="ARN", help="A's role; b: by default the targets of the function's settings.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The external ID that A's role demands.")
    ] = None,
    region: Annotated[list[str] | None, typer.Option(metavar="ID", help="A region to check; can be repeated.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="b: a target of the settings; can be repeated.")
    ] = None,
    principal: Annotated[
        str | None, typer.Option(metavar="ARN", help="a: whom the role is meant to trust: the function's role in B.")
    ] = None,
    execution_role: Annotated[
        str, typer.Option(metavar="NAME", help="b: the function's execution role, read where these keys may.")
    ] = "fc-inventory",
    duration_seconds: Annotated[
        int | None, typer.Option(metavar="N", help="Life of a session that the function asks for: 900 to 43200.")
    ] = None,
    triggers: Annotated[
        bool, typer.Option("--triggers", help="The function lists triggers, too; b: so it does with TRIGGERS=true.")
    ] = False,
    profile: options.Profile = None,
    as_json: options.AsJson = False,
) -> None:
    """Either account: find the first broken link between them, why it is broken, and the fix.

    Exit status: 0 all is well, 1 something is broken, 2 wrong usage, 3 nothing is broken but there are warnings.
    """
    logging.getLogger("fc_inventory").setLevel(logging.CRITICAL)  # the function's log is no part of the answer
    question = Question(
        role_arn=role_arn,
        external_id=external_id,
        regions=tuple(region or ()),
        targets=tuple(target or ()),
        principal=principal,
        execution_role=execution_role,
        duration_seconds=duration_seconds,
        profile=profile,
        triggers=triggers,
    )
    if side not in ("a", "b"):
        raise SettingsError("--side", expected="a or b", found=repr(side))
    report = check_as_customer(question) if side == "a" else check_as_owner(question)
    if as_json:
        print_json(msgspec.to_builtins(report))
    else:
        show_check(report)
    raise typer.Exit(EXIT_CODES[report.status])
