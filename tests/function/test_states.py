"""The last complete state of each listing, wherever it is."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fc_inventory.comparison import Comparison
from fc_inventory.difference import Difference, FieldChange
from fc_inventory.folder import name_next
from fc_inventory.outcomes import Outcome
from fc_inventory.report import Report
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.states import MAX_OPEN_FILES, LastStates
from fc_inventory.targets import Target
from tests.function.places import ACCOUNTS, failed, function, listed, partial, place, renamed, report_of

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)


def run(directory: Path, *outcomes: Outcome) -> Path:
    """Store a snapshot and return its path."""
    path = name_next(directory, NOW)
    with SnapshotWriter() as writer:
        for outcome in outcomes:
            writer.write(outcome)
        writer.finish(report_of(*outcomes), path)
    return path


def compared(directory: Path, *outcomes: Outcome) -> Difference:
    """Compare *outcomes* with their last complete states."""
    comparison = Comparison()
    with LastStates(directory, "") as states:
        for outcome in outcomes:
            states.compare(outcome, comparison)
        return comparison.result(sorted(states.used))


def test_each_listing_has_its_own_last_complete_state(tmp_path: Path) -> None:
    """One run knew the functions, a later one the services; both are compared with."""
    functions = run(tmp_path, listed("alpha", "web", services=("old",)))
    services = run(tmp_path, place("alpha", (), None, ("complete", "failed", "failed")))

    difference = compared(tmp_path, listed("alpha", "new", services=("first",)))

    assert [(one.kind, one.service_name or one.function_name) for one in difference.changes] == [
        ("added", "new"),
        ("removed", "web"),
        ("added", "first"),
    ]
    assert difference.compared_with == (functions.name, services.name)


def test_what_was_known_in_part_is_no_state(tmp_path: Path) -> None:
    """The complete one before it is compared with."""
    run(tmp_path, listed("alpha", "web", "shop"))
    run(tmp_path, partial("alpha", "web"))
    run(tmp_path, failed("alpha"))

    assert compared(tmp_path, listed("alpha", "web", "shop")).status == "unchanged"


def test_a_target_is_found_by_its_role_then_by_its_name(tmp_path: Path) -> None:
    """In its account; the newest state counts, whatever the target was called then."""
    before = listed("alpha", "web")
    run(tmp_path, renamed(before, target="first-name"))
    run(tmp_path, renamed(listed("alpha", "shop"), target="second-name"))

    again = compared(tmp_path, renamed(before, target="first-name"))
    other_role = compared(tmp_path, renamed(before, target="second-name", role_arn="acs:ram::1:role/other"))
    other_account = compared(tmp_path, renamed(before, account_id=ACCOUNTS["beta"], target="first-name"))

    assert [(one.kind, one.function_name) for one in again.changes] == [("removed", "shop"), ("added", "web")]
    assert again.changes == tuple(msgspec.structs.replace(one, target="first-name") for one in other_role.changes)
    assert other_account.status == "baseline"


def test_two_targets_with_one_role_are_not_renamed(tmp_path: Path) -> None:
    """They list the same things, and each keeps its name."""
    run_of_both = [listed("alpha", "web"), renamed(listed("alpha", "web"), target="omega")]
    run(tmp_path, *run_of_both)

    difference = compared(tmp_path, *run_of_both)

    assert (difference.status, difference.renamed) == ("unchanged", ())


def test_many_files_are_never_open_at_once(tmp_path: Path) -> None:
    """Each target may have been complete in another run."""
    targets = [f"company-{number}" for number in range(MAX_OPEN_FILES + 5)]
    outcomes = [renamed(listed("alpha", "web"), target=name, role_arn=f"acs:ram::1:role/{name}") for name in targets]
    for outcome in outcomes:
        run(tmp_path, outcome)

    comparison = Comparison()
    with LastStates(tmp_path, "") as states:
        for outcome in outcomes:
            states.compare(outcome, comparison)
            assert len(states._files) <= MAX_OPEN_FILES

    assert comparison.result().status == "unchanged"
    assert len(states.used) == len(targets)


def test_a_snapshot_that_another_run_deletes_meanwhile_is_no_state(tmp_path: Path) -> None:
    """Nothing is called removed, and the run goes on."""
    path = run(tmp_path, listed("alpha", "web"))
    comparison = Comparison()

    with LastStates(tmp_path, "") as states:
        path.unlink()
        states.compare(listed("alpha"), comparison)

    assert comparison.result().status == "baseline"


def test_a_field_that_an_older_program_did_not_store_has_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of this program must not report every function."""
    line = SnapshotWriter._last_line

    def without_cpu(writer: SnapshotWriter, head: Report) -> dict[str, Any]:
        whole = line(writer, head)
        return {**whole, "function_fields": [name for name in whole["function_fields"] if name != "cpu"]}

    with monkeypatch.context() as older:
        older.setattr(SnapshotWriter, "_last_line", without_cpu)
        run(tmp_path, listed("alpha", function("web", memory_size=128)))

    (change,) = compared(tmp_path, listed("alpha", function("web", memory_size=512, cpu=0.5))).changes

    assert change.fields == (FieldChange("memory_size", 128, 512),)


def test_what_was_not_seen_for_longest_comes_first(tmp_path: Path) -> None:
    """First what was never complete, then by the last time that anything of it was; else the order stays."""
    run(tmp_path, listed("alpha", "web"), listed("beta", "web"))
    run(tmp_path, listed("alpha", "web"), failed("beta"), partial("gamma", "web"))
    accounts = {**ACCOUNTS, "delta": "1000000000000004"}
    targets = tuple(
        Target(name=name, role_arn=f"acs:ram::{account}:role/reader", account_id=account, regions=("cn-hangzhou",))
        for name, account in accounts.items()
    )

    with LastStates(tmp_path, "") as states:
        ordered = states.longest_unseen_first(targets)

    assert [target.name for target in ordered] == ["delta", "beta", "alpha", "gamma"]
