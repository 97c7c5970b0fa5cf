"""Snapshots: written whole or not at all, read one outcome at a time, and bad files told for what they are."""

from __future__ import annotations

import errno
import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from fc_inventory.errors import SnapshotError
from fc_inventory.lines import MAX_LINE_BYTES, pack_end, pack_line
from fc_inventory.report import Report
from fc_inventory.snapshots import COMPUTED, SnapshotWriter, read_outcome, read_snapshot
from tests.function.test_report import REPORTS

ROOT = Path(__file__).parents[2]


def stored(report: Report, path: Path) -> Path:
    with SnapshotWriter() as writer:
        for outcome in report.outcomes:
            writer.write(outcome)
        writer.finish(report, path)
    return path


@pytest.fixture
def report() -> Report:
    """A report of three outcomes."""
    return three_outcomes()


def three_outcomes() -> Report:
    from tests.function.places import failed, listed, report_of  # noqa: PLC0415 - also run by a process of its own

    return report_of(listed("alpha", "billing"), listed("beta", "shop", "web"), failed("gamma"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a snapshot goes."""
    return tmp_path / "one.ndjson.gz"


@given(drawn=REPORTS)
def test_what_is_written_is_read(drawn: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every outcome and the head come back as they were, whatever account A names its things."""
    path = tmp_path_factory.mktemp("snapshots") / "one.ndjson.gz"

    snapshot = read_snapshot(stored(drawn, path))

    assert tuple(snapshot.outcomes()) == drawn.outcomes
    kept = [name for name in Report.__struct_fields__ if name not in ("outcomes", *COMPUTED)]
    assert [getattr(snapshot.head, name) for name in kept] == [getattr(drawn, name) for name in kept]


def test_a_large_run_waits_on_disk(report: Report, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is stored; memory holds no more than a set size of it."""
    monkeypatch.setattr("fc_inventory.snapshots.SPOOLED_BYTES", 100)

    assert tuple(read_snapshot(stored(report, path)).outcomes()) == report.outcomes


def test_any_gzip_program_shows_the_lines(report: Report, path: Path) -> None:
    """A line for each outcome, and the head as the last one."""
    lines = [json.loads(line) for line in gzip.decompress(stored(report, path).read_bytes()).splitlines()]

    *outcomes, head = lines
    assert outcomes == json.loads(msgspec.json.encode(report))["outcomes"]
    assert (head["report_version"], head["summary"]["outcomes"]) == (1, 3)


def test_the_head_says_which_listings_are_complete(report: Report, path: Path) -> None:
    """So that a base for comparing is found without reading what is no base."""
    entries = read_snapshot(stored(report, path)).head.entries

    assert [(entry.target, entry.complete) for entry in entries] == [
        ("alpha", ("ListServices v2", "ListFunctions v2", "ListFunctions v3")),
        ("beta", ("ListServices v2", "ListFunctions v2", "ListFunctions v3")),
        ("gamma", ()),
    ]


def test_storing_leaves_nothing_else_behind(report: Report, path: Path) -> None:
    """No temporary file stays."""
    stored(report, path)

    assert [each.name for each in path.parent.iterdir()] == ["one.ndjson.gz"]


@pytest.mark.parametrize("cut", [1, 33, 34, 35, 400])
def test_a_truncated_file_is_told_as_such(report: Report, path: Path, cut: int) -> None:
    """However little of its end is missing."""
    whole = stored(report, path).read_bytes()
    path.write_bytes(whole[:-cut])

    with pytest.raises(SnapshotError, match=r"one\.ndjson\.gz: is truncated: its last line is missing$"):
        read_snapshot(path)


def without_end(line: bytes) -> bytes:
    return gzip.compress(line)


def as_head(line: bytes) -> bytes:
    """Return a file whose head is *line* and whose end is right."""
    packed = pack_line(line)
    return packed + pack_end(0)


def bomb() -> bytes:
    """Return a head of 200 KB that unpacks to 200 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(200)) + packer.flush()
    return packed + pack_end(0)


BAD = {
    "empty": (lambda: b"", "is truncated: it is empty"),
    "text": (lambda: b'{"report_version": 1}\n', "is not a snapshot: not gzip"),
    "other gzip": (lambda: without_end(b"hello"), "is not a snapshot: gzip of something else"),
    "newer": (
        lambda: as_head(b'{"report_version": 2}'),
        "has report version 2, newer than the one that is read here, 1",
    ),
    "older": (
        lambda: as_head(b'{"report_version": 0}'),
        "has report version 0, older than the one that is read here, 1",
    ),
    "no report": (lambda: as_head(b'{"a": 1}'), "is not a snapshot: Object missing required field `report_version`"),
    "no JSON": (lambda: as_head(b"hello"), "is not a snapshot: JSON is malformed: invalid character (byte 0)"),
    "not a head": (
        lambda: as_head(b'{"report_version": 1}'),
        "is not a snapshot: Object missing required field `request_id`",
    ),
    "no UTF-8": (
        lambda: as_head(b'{"report_version": 1, "request_id": "\xff"}'),
        "is not a snapshot: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ),
    "nested": (
        lambda: as_head(b'{"report_version": 1, "a": ' + b"[" * 100_000),
        "is not a snapshot: maximum recursion depth exceeded while deserializing an object",
    ),
    "bomb": (bomb, "has a line of more than 67108864 bytes, unpacked"),
}


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_snapshot_is_told_as_such(path: Path, content: Callable[[], bytes], reason: str) -> None:
    """Each kind of wrong file has its own words, and none is unpacked without bounds."""
    path.write_bytes(content())

    with pytest.raises(SnapshotError) as refused:
        read_snapshot(path)

    assert refused.value.reason == reason


def test_a_damaged_line_is_told_as_such(report: Report, path: Path) -> None:
    """The checksum of a line is looked at when it is read; the lines before it are good."""
    content = bytearray(stored(report, path).read_bytes())
    second = read_snapshot(path).head.entries[1]
    content[second.offset + second.size // 2] ^= 0xFF
    path.write_bytes(content)
    outcomes = read_snapshot(path).outcomes()

    first = next(outcomes)

    assert first == report.outcomes[0]
    with pytest.raises(SnapshotError, match="is damaged: a line can't be unpacked"):
        next(outcomes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"size": -1}, "is damaged: an outcome can't be where the head says"),
        ({"offset": -1}, "is damaged: an outcome can't be where the head says"),
        ({"size": MAX_LINE_BYTES + 1}, "is damaged: an outcome can't be where the head says"),
        ({"size": 20}, "is damaged: a line has another length than the head says"),
        ({"size": 10_000}, "is damaged: a line has another length than the head says"),
        ({"offset": 10**9}, "is damaged: a line has another length than the head says"),
        ({"offset": 1}, "is damaged: a line can't be unpacked"),
    ],
)
def test_a_head_that_is_wrong_about_a_line_is_told_as_such(
    report: Report, path: Path, changes: dict[str, int], reason: str
) -> None:
    """Nothing else is read for an outcome, and nothing endless."""
    snapshot = read_snapshot(stored(report, path))
    entry = msgspec.structs.replace(snapshot.head.entries[0], **changes)

    with path.open("rb") as file, pytest.raises(SnapshotError) as refused:
        read_outcome(file, entry, path)

    assert refused.value.reason == reason


def test_no_file_at_all_is_told(path: Path) -> None:
    """The path and the reason, no trace."""
    with pytest.raises(SnapshotError, match=r"one\.ndjson\.gz: can't be read: No such file or directory$"):
        read_snapshot(path)


def test_a_directory_that_is_missing_is_not_made(report: Report, tmp_path: Path) -> None:
    """Where the mount is missing, a new directory would be on the instance's own disk and gone with it."""
    with pytest.raises(SnapshotError, match="can't be stored: No such file or directory"):
        stored(report, tmp_path / "mount" / "one.ndjson.gz")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(
    report: Report, path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is at the place, nothing temporary beside it, and the outcomes are not lost."""
    stored(three_outcomes(), path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[call], fail)

    with SnapshotWriter() as writer:
        writer.write(report.outcomes[0])
        with pytest.raises(SnapshotError, match="can't be stored: No space left on device"):
            writer.finish(report, path)
        kept = list(writer.outcomes())

    assert kept == [report.outcomes[0]]
    assert [each.name for each in path.parent.iterdir()] == ["one.ndjson.gz"]
    assert path.read_bytes() == before


def test_a_rename_that_copies_and_is_cut_short_is_noticed(
    report: Report, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that is none, such as a mount of a bucket, may say that all went well."""

    def copy_half(source: Path, target: Path) -> None:
        content = source.read_bytes()
        target.write_bytes(content[: len(content) // 2])
        source.unlink()

    monkeypatch.setattr(Path, "replace", copy_half)

    with pytest.raises(SnapshotError, match="is truncated: its last line is missing"):
        stored(report, path)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs a system with users")
def test_no_right_to_write_is_told(report: Report, path: Path) -> None:
    """Root may write anywhere, so root becomes somebody else first."""
    path.parent.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        path.parent.parent.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(SnapshotError, match="can't be stored: Permission denied"):
            stored(report, path)
    finally:
        os.seteuid(user)
        path.parent.chmod(0o755)


STORING = """
import os, sys, time
from pathlib import Path
from fc_inventory.snapshots import SnapshotWriter
from tests.function.test_snapshots import stored, three_outcomes
step = sys.argv[2]
def stop(*_):
    print("there", flush=True)
    time.sleep(60)
if step == "writing":
    SnapshotWriter.finish = stop
elif step == "before the rename":
    Path.replace = stop
else:
    import fc_inventory.snapshots
    fc_inventory.snapshots._sync_directory = stop
stored(three_outcomes(), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("step", "readable"), [("writing", False), ("before the rename", False), ("after the rename", True)]
)
def test_a_run_that_is_killed_leaves_a_whole_snapshot_or_none(path: Path, step: str, readable: bool) -> None:
    """Wherever it is killed, the place holds nothing or everything."""
    command = [sys.executable, "-c", textwrap.dedent(STORING), str(path), step]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    assert path.exists() is readable
    if readable:
        assert len(list(read_snapshot(path).outcomes())) == 3
