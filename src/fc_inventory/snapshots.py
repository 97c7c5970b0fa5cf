"""One run in one file: a line of JSON for each outcome, in the order they ended, and as the last line the head.

The file is gzip, every line a member of its own: `zcat` shows them all, and each can be read alone, so that memory does
not grow with a run. The head (the report without its outcomes) says where each outcome's line begins. Behind it stands
an empty member whose extra field (RFC 1952, 2.3.1.1) says where the head begins: a file that lost its end lacks it.

A file is written beside its place and then renamed. On a disk and on NAS the rename is atomic. A mount of OSS is not
such a file system: a rename may copy and delete (https://github.com/aliyun/ossfs/tree/main-v1), and a file may only be
written from its start to its end and not be read meanwhile
(https://help.aliyun.com/zh/oss/developer-reference/configure-local-temp-directory-for-random-write-for-ossfs-2-0).
Which client Function Compute mounts with, and what its fsync promises, is unverified. So the bytes are gathered on the
instance and written in one go, and what then stands at the place is looked at before the snapshot counts as stored.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from fc_inventory.decoding import Decoder
from fc_inventory.errors import SnapshotError
from fc_inventory.findings import Finding, Gap
from fc_inventory.lines import MAX_LINE_BYTES, pack_end, pack_line, read_head_line, unpack_line
from fc_inventory.listing import Function, Service
from fc_inventory.outcomes import Coverage, Outcome
from fc_inventory.redaction import one_line
from fc_inventory.report import Report

SPOOLED_BYTES = 16 * 1024 * 1024  # packed; what is more waits on the instance's disk
PARTIAL_SUFFIX = ".partial"
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # what `msgspec.json.decode` raises
COMPUTED = ("findings", "not_evaluated")  # of the report: anybody who has the outcomes can have these


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """Where a snapshot has an outcome, and which of its listings are complete (`ListFunctions v3`)."""

    target: str
    account_id: str
    region: str
    role_arn: str
    complete: tuple[str, ...]
    offset: int
    size: int


class SnapshotHead(Report, frozen=True, kw_only=True):
    """The last line of a snapshot: its report without the outcomes and what is computed from each (the findings).

    It says what is needed to find the outcomes, and to compare them.

    Attributes:
        service_prefix: the selector of the run; only runs with the same one list the same things.
        service_fields: what the program that wrote it knew of a service; a field that is not there says nothing.
        function_fields: … of a function.
        entries: one for each outcome, in the order of the lines.
    """

    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[Gap, ...] = ()
    service_prefix: str = ""
    service_fields: tuple[str, ...] = ()
    function_fields: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


class _Version(msgspec.Struct):
    report_version: int


_HEAD, _VERSION, _OUTCOME = Decoder(SnapshotHead), Decoder(_Version), Decoder(Outcome)


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that has its end; its outcomes stay in the file until they are asked for."""

    path: Path
    head: SnapshotHead

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcomes one after the other. Raises SnapshotError where one is damaged."""
        with _reading(self.path), self.path.open("rb") as file:
            for entry in self.head.entries:
                yield read_outcome(file, entry, self.path)


class SnapshotWriter:
    """Gathers the outcomes of a run, packed, and stores them whole or not at all: `with SnapshotWriter() as writer`."""

    def __init__(self, *, service_prefix: str = "") -> None:
        self._service_prefix = service_prefix
        self._entries: list[Entry] = []
        self._spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> SnapshotWriter:  # noqa: PYI034 - typing.Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def write(self, outcome: Outcome) -> None:
        """Add *outcome*. Raises OSError where the instance's own disk is full."""
        line = pack_line(msgspec.json.encode(outcome))
        entry = Entry(
            target=outcome.target,
            account_id=outcome.account_id,
            region=outcome.region,
            role_arn=outcome.role_arn,
            complete=tuple(listing_of(part) for part in outcome.coverage if part.extent == "complete"),
            offset=self._spool.seek(0, os.SEEK_END),
            size=len(line),
        )
        self._spool.write(line)
        self._entries.append(entry)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield again what was written, for when it can't be stored."""
        for entry in self._entries:
            yield _outcome(_line(self._spool, entry, Path("spool")), Path("spool"))

    def finish(self, head: Report, path: Path) -> None:
        """Store everything at *path*, with *head* as the last line (its own outcomes are not looked at).

        Raises SnapshotError where that fails: then *path* is what it was, unless the file system breaks its word.
        """
        place = self._spool.seek(0, os.SEEK_END)
        try:
            self._spool.write(pack_line(msgspec.json.encode(self._last_line(head))))
            self._spool.write(pack_end(place))
            self._store(path)
        except OSError as error:
            raise SnapshotError(path, f"can't be stored: {error.strerror or error}") from None
        finally:
            self._spool.truncate(place)  # `outcomes` has no use for it, nor has another attempt

    def _last_line(self, head: Report) -> dict[str, Any]:
        kept = [name for name in Report.__struct_fields__ if name not in ("outcomes", *COMPUTED)]
        line = {name: getattr(head, name) for name in kept}
        return {
            **line,
            "service_prefix": self._service_prefix,
            "service_fields": Service.__struct_fields__,
            "function_fields": Function.__struct_fields__,
            "entries": self._entries,
        }

    def _store(self, path: Path) -> None:
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL_SUFFIX}")
        try:
            with open(partial, "xb", opener=_private) as file:
                self._spool.seek(0)
                shutil.copyfileobj(self._spool, file)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            with contextlib.suppress(OSError):  # the first error is the one to tell; a left-over is cleaned up later
                partial.unlink(missing_ok=True)
        _sync_directory(path.parent)
        if read_snapshot(path).head.entries != tuple(self._entries):
            raise SnapshotError(path, "can't be stored: the file system keeps something else than was written")


def listing_of(coverage: Coverage) -> str:
    """Return the name of the listing that *coverage* is about, such as `ListFunctions v3`."""
    return f"{coverage.api} {coverage.fc_version}"


def read_snapshot(path: Path) -> Snapshot:
    """Return the snapshot at *path*; only its head is read. Raises SnapshotError where there is no whole one."""
    with _reading(path), path.open("rb") as file:
        text = unpack_line(read_head_line(file, path), path)
    try:
        version = _VERSION.decode(text).report_version
        if version != 1:
            age = "newer" if version > 1 else "older"
            raise SnapshotError(path, f"has report version {version}, {age} than the one that is read here, 1")
        return Snapshot(path, _HEAD.decode(text))
    except _UNDECODABLE as error:
        raise SnapshotError(path, f"is not a snapshot: {one_line(str(error), 200)}") from None


def read_outcome(file: IO[bytes], entry: Entry, path: Path) -> Outcome:
    """Return the outcome that *entry* names from *file*, which *path* is open as. Raises SnapshotError."""
    with _reading(path):
        return _outcome(_line(file, entry, path), path)


def _outcome(text: bytes, path: Path) -> Outcome:
    try:
        return _OUTCOME.decode(text)
    except _UNDECODABLE as error:
        raise SnapshotError(path, f"has an outcome that is none: {one_line(str(error), 200)}") from None


def _line(file: IO[bytes], entry: Entry, path: Path) -> bytes:
    if entry.offset < 0 or not 0 <= entry.size <= MAX_LINE_BYTES:
        raise SnapshotError(path, "is damaged: an outcome can't be where the head says")
    file.seek(entry.offset)
    return unpack_line(file.read(entry.size), path)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SnapshotError(path, f"can't be read: {error.strerror or error}") from None


def _private(path: str, flags: int) -> int:
    """Open a file that is nobody else's, where the file system knows of others: it is other companies' inventory."""
    return os.open(path, flags, 0o600)


def _sync_directory(directory: Path) -> None:
    """Make the rename last through a power failure, where the file system can promise that; mounts often can't."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
