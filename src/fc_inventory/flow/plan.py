"""How many shards there are, and which of them still have something to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fc_inventory.flow.run import ShardFile, last_files, read_run, shard_of
from fc_inventory.flow.shape import PlanAnswer
from fc_inventory.flow.steps import MAX_SHARDS, PlanStep, ShardStep
from fc_inventory.targets import Target


def plan_run(step: PlanStep, targets: tuple[Target, ...], directory: Path) -> PlanAnswer:
    """Return the shards that have targets and are not finished; none once there were `step.rounds` rounds.

    Raises SnapshotError where *directory*, the run's, can't be read.
    """
    files = read_run(directory).files
    # The first round decides, so that all files of a run fit together though the targets document has changed.
    of = max((file.of for file in files), default=shard_count(len(targets), step.targets_per_shard))
    wanted = {shard_of(target, of) for target in targets} - _finished(file for file in files if file.of == of)
    if step.round > step.rounds:
        wanted = set()
    return PlanAnswer(
        next="scan" if wanted else "merge",
        run=step.run,
        round=step.round + 1,
        shards=tuple(ShardStep(run=step.run, number=number, of=of) for number in sorted(wanted)),
    )


def _finished(files: Iterable[ShardFile]) -> set[int]:
    by_number: dict[int, list[ShardFile]] = {}
    for file in files:
        by_number.setdefault(file.number, []).append(file)
    return {number for number, of_shard in by_number.items() if any(file.is_last for file in last_files(of_shard))}


def shard_count(targets: int, targets_per_shard: int) -> int:
    """Return how many shards *targets* make; where they would be too many, each has more targets instead."""
    return min(MAX_SHARDS, -(-targets // targets_per_shard))
