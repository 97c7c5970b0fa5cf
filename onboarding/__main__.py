"""The command line: `python -m onboarding COMMAND`.

Exit status: 0 all is well, 1 something is wrong or the cloud refused, 2 the command can't be carried out as it was
given, 3 a part of it was carried out.
"""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import msgspec
import typer

from fc_inventory.errors import CloudError, SettingsError
from fc_inventory.redaction import redact
from onboarding.add_target import add_target
from onboarding.check import check
from onboarding.console import console
from onboarding.granting import grant, grant_b, revoke
from onboarding.links import external_id, switch_url
from onboarding.presentation import describe_problem, print_json

app = typer.Typer(
    name="python -m onboarding",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(grant)
app.command()(grant_b)
app.command()(revoke)
app.command()(add_target)
app.command()(check)
app.command()(external_id)
app.command()(switch_url)
app.command()(console)


@app.callback()
def onboarding() -> None:
    """What accounts A and B do so that B's function sees A's services, and how A ends it.

    Exit status: 0 all is well, 1 something is wrong or the cloud refused, 2 wrong usage, 3 only a part was done (check:
    warnings only).
    """


def main() -> None:
    """Run a command; what keeps it from being carried out goes to standard error, with --json to standard output."""
    try:
        app()
    except SettingsError as error:
        _refuse([str(error)], {"status": "refused", "error": str(error)}, 2)
    except CloudError as error:
        answer = {"status": "refused", "problem": msgspec.to_builtins(error.problem)}
        _refuse([*describe_problem(error.problem), "Nothing is changed."], answer, 1)


def _refuse(lines: list[str], answer: dict[str, Any], exit_code: int) -> NoReturn:
    if "--json" in sys.argv[1:]:
        print_json(answer)
    else:
        typer.echo(redact("error: " + "\n".join(lines)), err=True)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
