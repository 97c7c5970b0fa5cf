"""The directory of a run, and which of the configured targets each of its shards has.

A shard stores what an invocation has found under a name of its own: `shard-003-of-040-part-0002-5f0c9d1e.ndjson.gz`. So
an invocation that is repeated, or runs twice at once, never takes anything away. What two files say of the same is
joined when they are merged.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from fc_inventory import logs
from fc_inventory.errors import SnapshotError
from fc_inventory.flow.shape import Unreadable
from fc_inventory.snapshots import Snapshot, read_snapshot
from fc_inventory.targets import Target

INVENTORY = "inventory.ndjson.gz"
_NAME = re.compile(r"shard-(?P<number>\d{3})-of-(?P<of>\d{3})-part-(?P<part>\d{4})-[0-9a-f]{8}\.ndjson\.gz")


@dataclass(frozen=True)
class ShardFile:
    """A file of a shard that has its end; `part` counts what one invocation after the other has added."""

    number: int
    of: int
    part: int
    snapshot: Snapshot

    @property
    def is_last(self) -> bool:
        """Whether the shard was finished with it: no later part has anything left to do."""
        return self.snapshot.head.cursor is None


@dataclass(frozen=True)
class StoredRun:
    """What the shards of a run have stored, and what of it can't be read."""

    files: tuple[ShardFile, ...]
    unreadable: tuple[Unreadable, ...]


def run_directory(shard_dir: Path, run: str) -> Path:
    """Return the directory of *run*, whose name a step has checked, made if it isn't there. Raises SnapshotError."""
    directory = shard_dir / run
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise SnapshotError(directory, f"can't be made: {error.strerror or error}") from None
    return directory


def read_run(directory: Path, shard: str = "") -> StoredRun:
    """Return what is in *directory*, or what one *shard* of it has stored, in the order of shards and parts.

    Raises SnapshotError where the directory can't be read.
    """
    try:
        names = sorted(path.name for path in directory.iterdir() if path.name.startswith(shard))
    except OSError as error:
        raise SnapshotError(directory, f"can't be read: {error.strerror or error}") from None
    files: list[ShardFile] = []
    unreadable: list[Unreadable] = []
    for matched in filter(None, map(_NAME.fullmatch, names)):
        try:
            snapshot = read_snapshot(directory / matched[0])
        except SnapshotError as error:
            unreadable.append(unreadable_file(error))
            continue
        files.append(ShardFile(int(matched["number"]), int(matched["of"]), int(matched["part"]), snapshot))
    return StoredRun(tuple(files), tuple(unreadable))


def unreadable_file(error: SnapshotError) -> Unreadable:
    """Return how an answer names the file that *error* is about; the log names it, too."""
    logs.warning("shard_unreadable", path=str(error.path), reason=error.reason)
    return Unreadable(file=error.path.name, reason=error.reason)


def last_files(files: Iterable[ShardFile]) -> list[ShardFile]:
    """Return what the next invocation for the shard that has *files* can go on from, what has come furthest first.

    Those are the parts before which none is missing; one with which the shard was finished precedes the others.
    """
    by_part: dict[int, list[ShardFile]] = {}
    for file in files:
        by_part.setdefault(file.part, []).append(file)
    reached = [file for part in takewhile(by_part.__contains__, count(1)) for file in by_part[part]]
    return sorted(reached, key=lambda file: (file.is_last, file.part), reverse=True)


def new_path(directory: Path, shard: str, part: int) -> Path:
    """Return the path of what an invocation for *shard* stores, one that no other has."""
    return directory / f"{shard}-part-{part:04}-{secrets.token_hex(4)}.ndjson.gz"


def shard_name(number: int, of: int) -> str:
    """Return how the names of a shard's files begin."""
    return f"shard-{number:03}-of-{of:03}"


def shard_of(target: Target, of: int) -> int:
    """Return the number of the shard that *target* belongs to, from 1.

    It follows from the name alone, so that a target stays where it is when others come or go while a run is under way.
    """
    return zlib.crc32(target.name.encode()) % of + 1
