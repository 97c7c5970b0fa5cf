"""Shards that run into their deadline: the same event again goes on, and nothing is listed twice."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from fc_inventory.snapshots import read_snapshot
from local.cloud import Fault
from tests.function.deployment import COMPANY_C, COMPANY_D, Deployment
from tests.function.flow.engine import Json
from tests.function.flow.runs import RUN, comparable, execution, stored

SLOW = Fault(delay_seconds=0.1)
SHORT_SECONDS = 0.8  # of which 0.3 are for the answer and a tenth of the rest for the file: a session and a page or two
SHARD = {"shard": {"run": RUN, "number": 1, "of": 1}}


def parts(shard_dir: Path) -> list[Path]:
    return sorted((shard_dir / RUN).glob("shard-*"))


def test_a_run_goes_on_until_nothing_is_left(fleet: Deployment, shard_dir: Path) -> None:
    """Round after round, though no invocation has the time for all pages of a listing."""
    whole = fleet.report()
    fleet.cloud.faults.add(SLOW)

    run = execution(fleet, timeout_seconds=SHORT_SECONDS, targets_per_shard=4, rounds=100)
    output = run.run()

    assert Counter(run.tasks)["Shard"] > 1
    assert stored(shard_dir) == comparable(whole["outcomes"])
    assert output["missing"] == 0


def test_parts_that_come_twice_or_are_killed_change_nothing(fleet: Deployment, shard_dir: Path) -> None:
    """An invocation that runs twice goes on from the same part, and both of its files count once."""
    whole = fleet.report()
    fleet.cloud.faults.add(SLOW)
    run = execution(fleet, timeout_seconds=SHORT_SECONDS, targets_per_shard=4, rounds=100)
    invoke, chance = run.invoke, random.Random(3)  # noqa: S311 - the same each time

    def unreliable(event: Json) -> Json:
        if "shard" not in event:
            return invoke(event)
        if chance.random() < 0.3:
            raise TimeoutError("killed")
        answer = invoke(event)
        return invoke(event) if chance.random() < 0.3 else answer

    run.invoke = unreliable
    run.run()

    assert stored(shard_dir) == comparable(whole["outcomes"])


def test_a_finished_shard_is_not_listed_again(fleet: Deployment) -> None:
    """Its event, come late or twice, is answered from its file."""
    first = fleet.report(SHARD)
    fleet.cloud.requests.clear()

    again = fleet.report(SHARD)

    assert again == first
    assert first["finished"] is True
    assert list(fleet.cloud.requests) == []


def test_an_invocation_tells_that_it_is_not_finished(fleet: Deployment, shard_dir: Path) -> None:
    """By a word; where to go on stands in the file, since it can be longer than what passes between states."""
    fleet.cloud.faults.add(SLOW)

    answer = fleet.report(SHARD, timeout_seconds=SHORT_SECONDS)

    assert answer["finished"] is False
    assert read_snapshot(shard_dir / RUN / answer["file"]).head.cursor


def test_a_lost_part_is_listed_again(fleet: Deployment, shard_dir: Path) -> None:
    """What follows it is no proof that it was there."""
    whole = fleet.report()
    fleet.cloud.faults.add(SLOW)
    execution(fleet, timeout_seconds=SHORT_SECONDS, targets_per_shard=4, rounds=100).run()
    fleet.cloud.faults.clear()
    parts(shard_dir)[0].unlink()
    lost = fleet.report({"merge": {"run": RUN}})

    execution(fleet, targets_per_shard=4, rounds=100).run()

    assert lost["status"] == "partial"
    assert stored(shard_dir) == comparable(whole["outcomes"])


def test_a_cursor_to_what_is_no_longer_configured_begins_anew(fleet: Deployment, shard_dir: Path) -> None:
    """The other targets of the shard are not lost with it."""
    fleet.configure(COMPANY_C, COMPANY_D, SHARD_DIR=str(shard_dir))
    fleet.cloud.faults.add(SLOW)
    assert fleet.report(SHARD, timeout_seconds=SHORT_SECONDS)["finished"] is False
    fleet.cloud.faults.clear()
    fleet.configure(COMPANY_D, SHARD_DIR=str(shard_dir))

    answer = fleet.report(SHARD)

    assert answer["finished"] is True
    assert answer["file"].startswith("shard-001-of-001-part-0001-")
    assert answer["summary"]["targets"] == 1


def test_a_shard_that_began_anew_goes_on_from_there(fleet: Deployment, shard_dir: Path) -> None:
    """The cursors that are refused stay in the directory, and lead nobody back to the beginning."""
    fleet.configure(COMPANY_C, {**COMPANY_C, "name": "gone"}, SHARD_DIR=str(shard_dir))
    fleet.cloud.faults.add(Fault(delay_seconds=0.2))
    assert [fleet.report(SHARD, timeout_seconds=SHORT_SECONDS)["finished"] for _ in range(2)] == [False, False]
    fleet.configure(COMPANY_C, SHARD_DIR=str(shard_dir))

    answers = [fleet.report(SHARD, timeout_seconds=SHORT_SECONDS) for _ in range(8)]

    assert answers[-1]["finished"] is True
    assert answers[0]["finished"] is False
    assert [path.name[17:26] for path in parts(shard_dir)].count("part-0001") == 2
