"""The command line: ``python -m local COMMAND``."""

from __future__ import annotations

import sys

import typer

from local.cloud.command import cloud
from local.runtime.command import invoke, serve
from local.runtime.errors import HarnessError

app = typer.Typer(
    name="python -m local",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(cloud)
app.command()(invoke)
app.command()(serve)


@app.callback()
def local() -> None:
    """A strict local Alibaba Cloud, and what Function Compute does around a function, on this machine."""


def main() -> None:
    """Run a command; whatever keeps it from starting is one line on standard error and exit status 2."""
    try:
        app()
    except HarnessError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
