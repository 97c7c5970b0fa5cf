"""The scan of one shard: its outcomes go to a file, one after the other; the answer says what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from fc_inventory import logs
from fc_inventory.cursor import Ended, Work, make_cursor, resume
from fc_inventory.errors import RequestError
from fc_inventory.flow.run import ShardFile, last_files, new_path, read_run, shard_name, shard_of
from fc_inventory.flow.shape import ShardAnswer
from fc_inventory.flow.steps import ShardStep
from fc_inventory.report import Report, Tally, tally_today
from fc_inventory.scan import Scan, run_scan
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.targets import Target

STORING_SHARE = 0.1  # of the invocation's time; how fast a mount takes a file is unverified


def scan_shard(step: ShardStep, scan: Scan, directory: Path) -> ShardAnswer:
    """List the shard's part of *scan* from where its last file in the run's *directory* ends, and store that.

    Where an earlier invocation finished the shard, nothing is listed: its file is the answer. Raises RequestError where
    the shard has no target, SnapshotError where nothing can be stored.
    """
    targets = targets_of(step, scan.work.targets)
    shard = shard_name(step.number, step.of)
    last = last_files(read_run(directory, shard).files)
    if last and last[0].is_last:
        return _answer(step, last[0].snapshot.head, last[0].snapshot.path)
    work, part = _go_on(last, targets)
    path = new_path(directory, shard, part)
    return _answer(step, _store(replace(scan, work=work), path), path)


def targets_of(step: ShardStep, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return those of the configured *targets* that the shard has. Raises RequestError (404) where it has none."""
    chosen = tuple(target for target in targets if shard_of(target, step.of) == step.number)
    if not chosen:
        raise RequestError("no configured target is in this shard", status=404, field="shard.number")
    return chosen


def _go_on(last: list[ShardFile], targets: tuple[Target, ...]) -> tuple[Work, int]:
    """Return what is left of the shard and the number of the part that has it.

    Where the targets document changed so that every cursor names what isn't configured any more, it begins anew.
    """
    for file in last:
        work = _resumed(file, targets)
        if work:
            return work, file.part + 1
    return Work(targets), 1


def _resumed(file: ShardFile, targets: tuple[Target, ...]) -> Work | None:
    """Return what *file*, which is not the shard's last, leaves to be done; None where its cursor is refused."""
    try:
        return resume(file.snapshot.head.cursor or "", targets)
    except RequestError as refusal:
        logs.warning("cursor_refused", file=file.snapshot.path.name, message=refusal.message)
        return None


def _store(scan: Scan, path: Path) -> Report:
    tally = tally_today(())
    budget = scan.invocation.budget.less(STORING_SHARE)
    shorter = replace(scan, invocation=replace(scan.invocation, budget=budget))
    with SnapshotWriter() as writer:
        cursor = make_cursor(_written(run_scan(shorter), writer, tally), scan.work.service_prefix)
        head = replace(tally.head_now(scan.invocation), cursor=cursor)
        writer.finish(head, path)
    return head


def _written(ended: Iterable[Ended], writer: SnapshotWriter, tally: Tally) -> Iterator[Ended]:
    for one in ended:
        writer.write(one.outcome)
        tally.add(one.outcome)
        yield one


def _answer(step: ShardStep, head: Report, path: Path) -> ShardAnswer:
    return ShardAnswer(
        run=step.run,
        number=step.number,
        of=step.of,
        finished=head.cursor is None,
        status=head.status,
        summary=head.summary,
        file=path.name,
    )
