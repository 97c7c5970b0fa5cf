"""The directory of snapshots: the order of the names, and what is kept."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fc_inventory import logs
from fc_inventory.errors import SnapshotError
from fc_inventory.folder import good_snapshots, listed_by, name_next, snapshot_paths, tidy
from fc_inventory.outcomes import Outcome
from fc_inventory.snapshots import SnapshotWriter
from tests.function.places import failed, listed, partial, report_of

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def run(directory: Path, *outcomes: Outcome, now: datetime = NOON) -> str:
    """Store a snapshot of *outcomes* and return its name."""
    path = name_next(directory, now)
    with SnapshotWriter() as writer:
        for outcome in outcomes:
            writer.write(outcome)
        writer.finish(report_of(*outcomes), path)
    return path.name


def names(directory: Path) -> list[str]:
    return [path.name for path in snapshot_paths(directory)]


@given(clock=st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=8))
def test_the_order_of_the_names_is_the_order_of_the_runs(
    clock: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However the clock jumps between them."""
    directory = tmp_path_factory.mktemp("snapshots")

    written = []
    for seconds in clock:
        path = name_next(directory, NOON + timedelta(seconds=seconds))
        path.touch()
        written.append(path)

    assert snapshot_paths(directory) == tuple(written)


def test_a_name_says_when_the_run_ended(tmp_path: Path) -> None:
    """UTC, to the microsecond."""
    assert run(tmp_path, listed("alpha")).startswith("20261124T120000.000000Z-")


def test_runs_at_the_same_moment_get_names_of_their_own(tmp_path: Path) -> None:
    """Two runs at once lose nothing to each other."""
    with ThreadPoolExecutor(8) as threads:
        written = list(threads.map(lambda _: run(tmp_path, listed("alpha")), range(16)))

    assert len(set(written)) == 16
    assert names(tmp_path) == sorted(written)
    assert len(list(good_snapshots(tmp_path))) == 16


@pytest.mark.parametrize("name", ["notes.txt", "20261399T120000.000000Z-00000000.ndjson.gz", "latest.ndjson.gz"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    """Only names of ours count, and only those with a date that there is."""
    (tmp_path / name).touch()

    tidy(tmp_path, keep=1)

    assert (names(tmp_path), (tmp_path / name).exists()) == ([], True)


def test_the_end_of_time_is_refused(tmp_path: Path) -> None:
    """No name sorts after the last date that there is."""
    (tmp_path / "99991231T235959.999999Z-00000000.ndjson.gz").touch()

    with pytest.raises(SnapshotError, match="no name comes after this one: remove it"):
        name_next(tmp_path, NOON)


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(SnapshotError, match="mount: can't be read: No such file or directory"):
        snapshot_paths(tmp_path / "mount")


def test_the_newest_are_kept(tmp_path: Path) -> None:
    """As many as the setting says."""
    written = [run(tmp_path, listed("alpha")) for _ in range(5)]

    tidy(tmp_path, keep=2)

    assert names(tmp_path) == written[-2:]


def test_the_last_complete_state_of_a_listing_is_kept(tmp_path: Path) -> None:
    """However old it is; what came between and is no base goes."""
    only_complete = run(tmp_path, listed("alpha"), listed("beta"))
    run(tmp_path, failed("alpha"), failed("beta"))
    half = run(tmp_path, partial("alpha"), listed("beta"))
    newest = [run(tmp_path, failed("alpha"), listed("beta")) for _ in range(3)]

    tidy(tmp_path, keep=2)

    assert names(tmp_path) == [only_complete, half, *newest[-2:]]


@settings(max_examples=20)
@given(
    runs=st.lists(st.tuples(*(st.sampled_from([listed, partial, failed]) for _ in range(2))), min_size=1, max_size=8),
    keep=st.integers(1, 3),
)
def test_no_last_complete_state_is_ever_lost(
    runs: list[tuple[object, object]], keep: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the history: the newest complete state of each listing is in the same snapshot before and after."""
    directory = tmp_path_factory.mktemp("snapshots")
    for first, second in runs:
        run(directory, first("alpha"), second("beta"))  # type: ignore[operator]

    before = last_complete(directory)
    tidy(directory, keep)

    assert last_complete(directory) == before


def last_complete(directory: Path) -> dict[object, str]:
    states: dict[object, str] = {}
    for snapshot in good_snapshots(directory):
        for entry in snapshot.head.entries:
            for listing in listed_by(snapshot, entry):
                states.setdefault(listing, snapshot.path.name)
    return states


def test_a_bad_file_is_skipped_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The good one before it is found; the bad one is left for somebody to look at, and counts as none of the newest."""
    logs.configure("INFO")
    good = run(tmp_path, listed("alpha"))
    bad = tmp_path / run(tmp_path, listed("alpha"))
    bad.write_bytes(bad.read_bytes()[:-1])

    tidy(tmp_path, keep=1)

    told = json.loads(capsys.readouterr().out)
    assert names(tmp_path) == [good, bad.name]
    assert [told[name] for name in ("event", "path", "reason")] == [
        "snapshot_skipped",
        str(bad),
        "is truncated: its last line is missing",
    ]


def test_what_crashed_runs_left_goes_after_two_days(tmp_path: Path) -> None:
    """Not before: its run may still be under way."""
    fresh, old = tmp_path / ".a.1.partial", tmp_path / ".a.2.partial"
    fresh.touch()
    old.touch()
    os.utime(old, (time.time(), time.time() - 2 * 86_400 - 1))

    tidy(tmp_path, keep=1)

    assert [path.name for path in tmp_path.iterdir()] == [fresh.name]
