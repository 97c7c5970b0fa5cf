"""The command line: ``python -m local COMMAND``."""

from __future__ import annotations

import sys

import typer

from local.cloud.command import cloud
from local.runtime.command import invoke, serve, show_log
from local.runtime.errors import HarnessError
from local.runtime.hosting import Hosting

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
def local(context: typer.Context) -> None:
    """A strict local Alibaba Cloud, and what Function Compute does around a function, on this machine."""
    context.obj = _make_host


def _make_host(python: str, log: bool) -> Hosting:
    return Hosting(python=python, log_sink=show_log) if log else Hosting(python=python)


def main() -> None:
    """Run a command; whatever keeps it from starting is one line on standard error and exit status 2."""
    try:
        app()
    except HarnessError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
