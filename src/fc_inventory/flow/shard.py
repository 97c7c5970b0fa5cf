"""The scan of one shard: its outcomes go to a file, one after the other; the answer says what they add up to."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from fc_inventory.errors import RequestError
from fc_inventory.flow.run import new_path, shard_of
from fc_inventory.flow.shape import ShardAnswer
from fc_inventory.flow.steps import ShardStep
from fc_inventory.report import tally_today
from fc_inventory.scan import Scan, iterate_outcomes
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.targets import Target

STORING_SHARE = 0.1  # of the invocation's time; how fast a mount takes a file is unverified


def targets_of(step: ShardStep, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return those of the configured *targets* that the shard has. Raises RequestError (404) where it has none."""
    chosen = tuple(target for target in targets if shard_of(target, step.of) == step.number)
    if not chosen:
        raise RequestError("no configured target is in this shard", status=404, field="shard.number")
    return chosen


def scan_shard(step: ShardStep, scan: Scan, directory: Path) -> ShardAnswer:
    """Scan what *scan* names, all of it the shard's, and store it in the run's *directory*.

    Raises SnapshotError where nothing can be stored.
    """
    path = new_path(directory, number=step.number, of=step.of, part=1)
    tally = tally_today(())
    with SnapshotWriter() as writer:
        for outcome in iterate_outcomes(_with_time_to_store(scan)):
            writer.write(outcome)
            tally.add(outcome)
        head = tally.head_now(scan.invocation)
        writer.finish(head, path)
    return ShardAnswer(
        run=step.run,
        number=step.number,
        of=step.of,
        status=head.status,
        summary=head.summary,
        file=path.name,
    )


def _with_time_to_store(scan: Scan) -> Scan:
    budget = scan.invocation.budget.less(STORING_SHARE)
    return replace(scan, invocation=replace(scan.invocation, budget=budget))
