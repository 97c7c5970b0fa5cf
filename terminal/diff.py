"""`diff`: what changed between two snapshots."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from fc_inventory.difference import Difference, DifferenceStatus
from fc_inventory.errors import SnapshotError
from fc_inventory.folder import snapshot_paths
from fc_inventory.snapshots import Snapshot, read_snapshot
from fc_inventory.states import compare_snapshots
from fc_inventory.telling import as_markdown, as_text

EXIT_CODES: dict[DifferenceStatus, int] = {"unchanged": 0, "changed": 1, "unknown": 3, "baseline": 3}

Form = Literal["text", "json", "markdown"]


def diff(
    older: Annotated[Path, typer.Argument(metavar="A", help="A snapshot, or the directory where they are.")],
    newer: Annotated[
        Path | None, typer.Argument(metavar="B", help="A later one; with a directory, its last two are compared.")
    ] = None,
    *,
    form: Annotated[Form, typer.Option("--format", help="What is printed; markdown fits a chat message.")] = "text",
) -> None:
    """Tell what changed from snapshot A to snapshot B: added, removed, changed, and what can't be known.

    Exit status: 0 unchanged, 1 changed, 3 no known change but not all can be compared, 2 wrong usage or no snapshot.
    """
    before, after = _last_two(older) if newer is None else (read_snapshot(older), read_snapshot(newer))
    difference = compare_snapshots(before, after)
    typer.echo(_rendered(difference, form))
    raise typer.Exit(EXIT_CODES[difference.status])


def _last_two(directory: Path) -> tuple[Snapshot, Snapshot]:
    found = list(islice(filter(None, map(_read_or_warn, reversed(snapshot_paths(directory)))), 2))
    if len(found) < 2:  # noqa: PLR2004 - two make a difference
        raise SnapshotError(directory, f"expected two snapshots that can be read, found {len(found)}")
    after, before = found
    return before, after


def _read_or_warn(path: Path) -> Snapshot | None:
    try:
        return read_snapshot(path)
    except SnapshotError as error:
        typer.echo(f"warning: {error}", err=True)
        return None


def _rendered(difference: Difference, form: Form) -> str:
    if form == "json":
        return msgspec.json.encode(difference).decode()
    return as_text(difference) if form == "text" else as_markdown(difference)
