"""Runs of the definition in flow/s.yaml: whatever happens to tasks, the inventory is that of one long invocation."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from fc_inventory.errors import SnapshotError
from fc_inventory.flow.run import INVENTORY
from fc_inventory.snapshots import read_snapshot
from tests.function.deployment import COMPANY_A, COMPANY_E, Deployment
from tests.function.flow.engine import ExecutionFailed, Json
from tests.function.flow.runs import RUN, comparable, execution, stored


def shard_files(shard_dir: Path) -> list[Path]:
    return sorted((shard_dir / RUN).glob("shard-*"))


@pytest.mark.parametrize("targets_per_shard", [1, 2, 50])
def test_a_run_finds_what_one_invocation_finds(fleet: Deployment, shard_dir: Path, targets_per_shard: int) -> None:
    """However many shards there are; one customer has revoked its trust, which is an outcome, not a failure."""
    whole = fleet.report()

    output = execution(fleet, targets_per_shard=targets_per_shard).run()

    assert stored(shard_dir) == comparable(whole["outcomes"])
    assert output == {
        "status": "partial",
        "summary": whole["summary"],
        "file": "inventory.ndjson.gz",
        "missing": 0,
        "missing_places": [],
        "unreadable": 0,
    }


def test_tasks_that_are_repeated_killed_and_out_of_order_change_nothing(fleet: Deployment, shard_dir: Path) -> None:
    """A task may run again after it has ended (its answer got lost), and may be killed before it has stored anything."""
    whole = fleet.report()
    run = execution(fleet, targets_per_shard=1)
    invoke, chance = run.invoke, random.Random(5)  # noqa: S311 - the same each time

    def unreliable(event: Json) -> Json:
        fate = chance.choice(["killed", "answer lost", "twice", "once"])
        if fate == "killed":
            raise TimeoutError("killed")
        answer = invoke(event)
        if fate == "answer lost":
            raise TimeoutError("answer lost")
        return invoke(event) if fate == "twice" else answer

    run.invoke = unreliable
    run.order = lambda items: chance.sample(items, len(items))
    outputs: list[Json] = []
    while not outputs:
        with contextlib.suppress(ExecutionFailed):  # plan or merge failed twice in a row: somebody starts it again
            outputs.append(run.run())

    assert len(run.tasks) > len(set(run.tasks))
    assert stored(shard_dir) == comparable(whole["outcomes"])
    assert outputs[0]["missing"] == 0


def test_what_no_round_could_scan_is_named(fleet: Deployment, shard_dir: Path) -> None:
    """Never left out: its outcome is failed, and the run is partial."""
    run = execution(fleet, targets_per_shard=1, rounds=2)
    invoke = run.invoke
    lost = invoke({"plan": {"run": "other", "round": 1, "rounds": 1, "targets_per_shard": 1}})["shards"][0]["number"]

    def broken(event: Json) -> Json:
        if event.get("shard", {}).get("number") == lost:
            raise MemoryError
        return invoke(event)

    run.invoke = broken
    output = run.run()

    missing = [outcome for outcome in stored(shard_dir) if (outcome["error"] or {}).get("category") == "not_reported"]
    assert output["status"] == "partial"
    assert output["missing_places"] == [f"{outcome['target']}/{outcome['region']}" for outcome in missing] != []
    assert {(outcome["status"], outcome["services"], outcome["functions"]) for outcome in missing} == {
        ("failed", None, None)
    }
    assert output["summary"]["outcomes"] == len(stored(shard_dir)) == 5


def test_a_truncated_file_is_scanned_again(fleet: Deployment, shard_dir: Path) -> None:
    """What an instance could write only in part counts as nothing, in the next plan too."""
    whole = fleet.report()
    run = execution(fleet, targets_per_shard=1)
    invoke = run.invoke
    cut: list[Path] = []

    def half_stored(event: Json) -> Json:
        answer = invoke(event)
        if "shard" in event and not cut:
            cut.append(shard_dir / RUN / answer["file"])
            cut[0].write_bytes(cut[0].read_bytes()[:-40])
        return answer

    run.invoke = half_stored
    output = run.run()

    assert stored(shard_dir) == comparable(whole["outcomes"])
    assert (output["missing"], output["unreadable"]) == (0, 1)


def test_a_damaged_line_takes_only_its_place_away(fleet: Deployment, shard_dir: Path) -> None:
    """The file is named, and the places that can't be read in it are."""
    execution(fleet, targets_per_shard=50).run()
    (file,) = shard_files(shard_dir)
    data = bytearray(file.read_bytes())
    data[40:60] = bytes(20)
    file.write_bytes(data)

    answer = fleet.report({"merge": {"run": RUN}})

    assert (answer["missing"], answer["summary"]["outcomes"]) == (1, 5)
    assert answer["unreadable_files"] == [{"file": file.name, "reason": "is damaged: a line can't be unpacked"}]


def test_a_run_of_nothing_but_failures_fails(fleet: Deployment, shard_dir: Path) -> None:
    """So that whoever watches executions sees it; the inventory still says why."""
    fleet.configure(COMPANY_E, SHARD_DIR=str(shard_dir))

    with pytest.raises(ExecutionFailed, match="EveryTargetFailed"):
        execution(fleet).run()

    assert [outcome["error"]["category"] for outcome in stored(shard_dir)] == ["trust_denied"]


def test_a_second_merge_has_the_same_inventory(fleet: Deployment, shard_dir: Path) -> None:
    """A merge that is repeated replaces its file by an equal one."""
    execution(fleet, targets_per_shard=2).run()
    first = stored(shard_dir)

    fleet.report({"merge": {"run": RUN}})

    assert stored(shard_dir) == first


def test_a_target_that_came_while_the_run_was_under_way_is_named(fleet: Deployment, shard_dir: Path) -> None:
    """The plan of the first round holds for the whole run, so that its files fit together."""
    fleet.configure(COMPANY_A, SHARD_DIR=str(shard_dir))
    execution(fleet).run()
    late = {"name": "late", "role_arn": "acs:ram::1567890123456789:role/fc-inventory-reader"}
    fleet.configure(COMPANY_A, late, SHARD_DIR=str(shard_dir))

    answer = fleet.report({"merge": {"run": RUN}})

    assert answer["missing_places"] == ["late/cn-hangzhou"]


def test_a_mount_that_is_not_there_fails_the_task(fleet: Deployment, shard_dir: Path) -> None:
    """Not an answer that an engine would take for success; what the shard has found can't be kept anywhere."""
    shard_dir.rmdir()

    with pytest.raises(SnapshotError, match="can't be made: No such file or directory"):
        fleet.invoke({"shard": {"run": RUN, "number": 1, "of": 1}})


def test_the_inventory_has_no_findings(fleet: Deployment, shard_dir: Path) -> None:
    """They grow with what there is, and would have to be kept until the end; whoever has the outcomes can have them."""
    assert fleet.report()["findings"]

    execution(fleet).run()

    head = read_snapshot(shard_dir / RUN / INVENTORY).head
    assert head.findings == ()
