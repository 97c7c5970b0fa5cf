"""`history`: the snapshots of a directory, one a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fc_inventory.errors import SnapshotError
from fc_inventory.folder import snapshot_paths
from fc_inventory.snapshots import SnapshotHead, read_snapshot
from terminal.table import STYLES, WIDTH_OF_A_PIPE


class Line(msgspec.Struct, frozen=True):
    """A file, and its head or why it has none."""

    name: str
    head: SnapshotHead | None
    trouble: str | None = None


def history(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the snapshots are.")],
    *,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="What is printed.")] = "text",
) -> None:
    """Tell which snapshots there are, oldest first, and what each saw.

    Exit status: 0, 3 where one can't be read, 2 where there is no such directory.
    """
    lines = [_read(path) for path in snapshot_paths(directory)]
    if form == "json":
        typer.echo(msgspec.json.encode([_facts(line) for line in lines]).decode())
    else:
        width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
        Console(highlight=False, emoji=False, markup=False, width=width).print(_table(lines))
    raise typer.Exit(3 if any(line.trouble for line in lines) else 0)


def _read(path: Path) -> Line:
    try:
        return Line(path.name, read_snapshot(path).head)
    except SnapshotError as error:
        return Line(path.name, None, error.reason)


def _facts(line: Line) -> dict[str, object]:
    head = line.head
    if head is None:
        return {"name": line.name, "trouble": line.trouble}
    told = ("generated_at", "duration_ms", "status", "summary", "service_prefix")
    return {"name": line.name, **{name: getattr(head, name) for name in told}}


def _table(lines: list[Line]) -> Table:
    table = Table("snapshot", "ended", "status", "complete", "services", "FC 2.0", "FC 3.0", box=None, pad_edge=False)
    for line in lines:
        head = line.head
        if head is None:
            table.add_row(line.name, "", Text(line.trouble or "", "red"))
            continue
        summary = head.summary
        counts = (summary.services, summary.functions_v2, summary.functions_v3)
        complete = f"{summary.complete} of {summary.outcomes}"
        status = Text(head.status, STYLES[head.status])
        table.add_row(line.name, head.generated_at, status, complete, *map(str, counts))
    return table
