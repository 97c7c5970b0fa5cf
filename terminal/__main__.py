"""The command line: `python -m terminal COMMAND`."""

from __future__ import annotations

import sys

import typer

from fc_inventory.errors import CloudError, RequestError, SettingsError, SnapshotError
from fc_inventory.redaction import redact
from terminal.diff import diff
from terminal.history import history
from terminal.scan import scan

app = typer.Typer(
    name="python -m terminal",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(scan)
app.command()(diff)
app.command()(history)


@app.callback()
def terminal() -> None:
    """The inventory from your own terminal, with your own keys, nothing deployed."""


def main() -> None:
    """Run a command; what keeps it from being carried out is one line on standard error and exit status 2."""
    try:
        app()
    except RequestError as error:
        _refuse(f"--{error.field or 'selection'}: {error.message}".replace("_", "-"))
    except (SettingsError, CloudError, SnapshotError, OSError) as error:
        _refuse(str(error))


def _refuse(message: str) -> None:
    typer.echo(redact(f"error: {message}"), err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
