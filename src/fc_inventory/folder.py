"""The directory of snapshots: their names, in the order of the runs, and how many are kept.

A name is the time of its end, in UTC, and a random number: `20261124T132239.123456Z-5f0c9d1e.ndjson.gz`. None is named
before the newest that is there, so the order of the names is the order of the runs, even where a clock jumped back;
`generated_at` in the head is what the clock said.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from fc_inventory import logs
from fc_inventory.errors import SnapshotError
from fc_inventory.snapshots import PARTIAL_SUFFIX, Entry, Snapshot, read_snapshot

# No invocation takes longer than 86,400 seconds: https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/product-overview/limits-of-usage
ABANDONED_SECONDS = 2 * 86_400
_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(?P<moment>\d{8}T\d{6}\.\d{6}Z)-[0-9a-f]{8}\.ndjson\.gz")

Listed = tuple[str, str, str, str, str]  # account, role, region, service prefix, listing: a target's name may change


def name_next(directory: Path, now: datetime) -> Path:
    """Return the path of a snapshot that ends *now* (UTC): new, and after all that are there. Raises SnapshotError."""
    paths = snapshot_paths(directory)
    if paths:
        now = max(now, _moment_after(paths[-1]))
    return directory / f"{now.strftime(_MOMENT)}-{secrets.token_hex(4)}.ndjson.gz"


def snapshot_paths(directory: Path) -> tuple[Path, ...]:
    """Return the paths of all snapshots, oldest first. Raises SnapshotError where there is no such directory."""
    try:
        return tuple(sorted(path for path in directory.iterdir() if _is_named(path.name)))
    except OSError as error:
        raise SnapshotError(directory, f"can't be read: {error.strerror or error}") from None


def good_snapshots(directory: Path) -> Iterator[Snapshot]:
    """Yield what can be read, newest first; what can't is skipped, with a warning. Raises SnapshotError as above."""
    yield from filter(None, map(_read_or_skip, reversed(snapshot_paths(directory))))


def listed_by(snapshot: Snapshot, entry: Entry) -> Iterator[Listed]:
    """Yield the name of every listing that *entry* of *snapshot* has complete."""
    prefix = snapshot.head.service_prefix
    for listing in entry.complete:
        yield entry.account_id, entry.role_arn, entry.region, prefix, listing


def tidy(directory: Path, keep: int) -> None:
    """Delete all but the *keep* newest good snapshots and those which hold the last complete state of any listing.

    What crashed runs left half written goes after two days. What can't be deleted is told in the log and left: this
    comes after a run and must not fail it. Raises SnapshotError where the directory can't be read.
    """
    seen: set[Listed] = set()
    for number, snapshot in enumerate(good_snapshots(directory)):
        listed = {name for entry in snapshot.head.entries for name in listed_by(snapshot, entry)}
        if number >= keep and listed <= seen:
            _delete(snapshot.path)
        seen |= listed
    for path in directory.glob(f".*{PARTIAL_SUFFIX}"):
        with contextlib.suppress(FileNotFoundError):  # its run has just ended
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                _delete(path)


def _read_or_skip(path: Path) -> Snapshot | None:
    try:
        return read_snapshot(path)
    except SnapshotError as error:
        logs.warning("snapshot_skipped", path=str(error.path), reason=error.reason)
        return None


def _moment_after(path: Path) -> datetime:
    moment = datetime.strptime(path.name.partition("-")[0], _MOMENT).replace(tzinfo=timezone.utc)
    try:
        return moment + timedelta(microseconds=1)
    except OverflowError:
        raise SnapshotError(path, "no name comes after this one: remove it") from None


def _is_named(name: str) -> bool:
    matched = _NAME.fullmatch(name)
    if matched is None:
        return False
    try:
        datetime.strptime(matched["moment"], _MOMENT)  # noqa: DTZ007 - all are UTC
    except ValueError:
        return False
    return True


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logs.warning("snapshot_not_deleted", path=str(path), reason=error.strerror or str(error))
