"""`python -m terminal diff` and `history`: what changed, from a shell."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fc_inventory.outcomes import Outcome
from fc_inventory.snapshots import SnapshotWriter
from terminal.__main__ import main
from tests.function.places import failed, function, listed, report_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; give exit status, standard output, standard error."""

    def command(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["terminal", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capsys.readouterr())

    return command


def store(directory: Path, number: int, *outcomes: Outcome, service_prefix: str = "") -> Path:
    """Store the snapshot of an hour."""
    path = directory / f"20261124T0{number}0000.000000Z-0000000{number}.ndjson.gz"
    with SnapshotWriter(service_prefix=service_prefix) as writer:
        for outcome in outcomes:
            writer.write(outcome)
        writer.finish(report_of(*outcomes, generated_at=f"2026-11-24T0{number}:00:00Z"), path)
    return path


def test_unchanged_ends_with_0(run: Run, tmp_path: Path) -> None:
    """And says so in one line."""
    first, second = (store(tmp_path, number, listed("alpha", "web")) for number in (1, 2))

    assert run("diff", first, second) == (0, "unchanged since 2026-11-24T01:00:00Z: all 3 listings as before\n", "")


def test_changed_ends_with_1(run: Run, tmp_path: Path) -> None:
    """Whatever else is unknown."""
    first = store(tmp_path, 1, listed("alpha", "web"), listed("beta"))
    second = store(tmp_path, 2, listed("alpha"), failed("beta"))

    code, out, _ = run("diff", first, second)

    assert (code, out.splitlines()[1]) == (1, "- alpha cn-hangzhou function web (FC 3.0)")


def test_unknown_ends_with_3(run: Run, tmp_path: Path) -> None:
    """A target that is not covered is not removed."""
    first, second = store(tmp_path, 1, listed("alpha"), listed("beta")), store(tmp_path, 2, listed("alpha"))

    code, out, _ = run("diff", first, second)

    assert (code, out.splitlines()[0]) == (3, "unknown since 2026-11-24T01:00:00Z: 3 listings can't be compared")


def test_a_directory_stands_for_its_last_two(run: Run, tmp_path: Path) -> None:
    """Of those that can be read."""
    store(tmp_path, 1, listed("alpha", "web"))
    store(tmp_path, 2, listed("alpha"))
    store(tmp_path, 3, listed("alpha", "new"))
    bad = store(tmp_path, 4, listed("alpha"))
    bad.write_bytes(b"")

    code, out, err = run("diff", tmp_path)

    assert (code, out.splitlines()[1:]) == (1, ["+ alpha cn-hangzhou function new (FC 3.0)"])
    assert err == f"warning: {bad}: is truncated: it is empty\n"


def test_json_is_the_whole_difference(run: Run, tmp_path: Path) -> None:
    """In the shape that the timer's answer has it."""
    store(tmp_path, 1, listed("alpha", function("web", memory_size=128)))
    store(tmp_path, 2, listed("alpha", function("web", memory_size=512)))

    code, out, _ = run("diff", tmp_path, "--format", "json")

    (change,) = json.loads(out)["changes"]
    assert (code, change["fields"]) == (1, [{"field": "memory_size", "old": 128, "new": 512}])


def test_markdown_fits_a_chat(run: Run, tmp_path: Path) -> None:
    """Names as code."""
    store(tmp_path, 1, listed("alpha"))
    store(tmp_path, 2, listed("alpha", "new"))

    _, out, _ = run("diff", tmp_path, "--format", "markdown")

    assert out.splitlines()[2:] == ["- **added** `alpha` cn-hangzhou function `new` (FC 3.0)"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "can't be read: No such file or directory"), (b"text", "is not a snapshot: not gzip")],
)
def test_no_snapshot_ends_with_2(run: Run, tmp_path: Path, content: bytes | None, reason: str) -> None:
    """One line with the path and the reason."""
    other = tmp_path / "other"
    if content is not None:
        other.write_bytes(content)

    code, out, err = run("diff", store(tmp_path, 1, listed("alpha")), other)

    assert (code, out, err) == (2, "", f"error: {other}: {reason}\n")


def test_runs_that_list_different_things_end_with_2(run: Run, tmp_path: Path) -> None:
    """Or a narrowed list would look like removals."""
    first, second = store(tmp_path, 1, listed("alpha")), store(tmp_path, 2, listed("alpha"), service_prefix="bil")

    code, _, err = run("diff", first, second)

    assert (code, "the two runs have different service prefixes, '' and 'bil'" in err) == (2, True)


def test_one_snapshot_is_not_enough(run: Run, tmp_path: Path) -> None:
    """For a directory."""
    store(tmp_path, 1, listed("alpha"))

    assert run("diff", tmp_path) == (2, "", f"error: {tmp_path}: expected two snapshots that can be read, found 1\n")


def test_history_has_a_line_for_each_snapshot(run: Run, tmp_path: Path) -> None:
    """Oldest first; one that can't be read has the reason, and the status says so."""
    store(tmp_path, 1, listed("alpha", "web"), failed("beta"))
    store(tmp_path, 2, listed("alpha")).write_bytes(b"text")

    code, out, _ = run("history", tmp_path)

    assert (code, [line.split() for line in out.splitlines()[1:]]) == (
        3,
        [
            [
                "20261124T010000.000000Z-00000001.ndjson.gz",
                "2026-11-24T01:00:00Z",
                "partial",
                "1",
                "of",
                "2",
                "0",
                "0",
                "1",
            ],
            ["20261124T020000.000000Z-00000002.ndjson.gz", "is", "not", "a", "snapshot:", "not", "gzip"],
        ],
    )


def test_history_as_json(run: Run, tmp_path: Path) -> None:
    """What the heads say."""
    store(tmp_path, 1, listed("alpha", "web"), service_prefix="bil")

    code, out, _ = run("history", tmp_path, "--format", "json")

    (line,) = json.loads(out)
    assert (code, line["status"], line["summary"]["functions_v3"], line["service_prefix"]) == (0, "complete", 1, "bil")


def test_history_of_nothing(run: Run, tmp_path: Path) -> None:
    """No directory is a mistake."""
    code, _, err = run("history", tmp_path / "none")

    assert (code, err) == (2, f"error: {tmp_path / 'none'}: can't be read: No such file or directory\n")
