"""One inventory out of all shards' files, read place by place, so that memory doesn't grow with what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import IO

from msgspec.structs import replace

from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import SnapshotError
from fc_inventory.flow.run import INVENTORY, StoredRun, read_run, unreadable_file
from fc_inventory.flow.shape import MAX_NAMED, MergeAnswer, Unreadable
from fc_inventory.flow.steps import MergeStep
from fc_inventory.invocation import Invocation
from fc_inventory.listing import APIS
from fc_inventory.merge import Place, place_of, settle_outcomes
from fc_inventory.outcomes import EARLIER_PART, Coverage, Outcome, outcome_status
from fc_inventory.report import tally_today
from fc_inventory.snapshots import Entry, SnapshotWriter, read_outcome
from fc_inventory.targets import Target

Part = tuple[Path, Entry]  # where a file has an outcome


class Reduction:
    """What the shards of one run have stored, joined: `outcomes` once, then `missing` and `unreadable`."""

    def __init__(self, run: StoredRun, targets: tuple[Target, ...]) -> None:
        self._run = run
        self._expected = {
            (target.name, region, target.role_arn): target for target in targets for region in target.regions
        }
        self.missing: list[Place] = []
        self.unreadable: list[Unreadable] = list(run.unreadable)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield one outcome for every place that is configured or that a shard has told about."""
        told: set[Place] = set()
        for paths, places in groupby(sorted(_by_place(self._run).values(), key=_paths), key=_paths):
            with ExitStack() as stack:
                files = {path: file for path in paths if (file := self._open(path, stack))}
                for parts in places:
                    known = [outcome for part in parts if (outcome := self._read(part, files))]
                    if known:
                        told.add(place_of(known[0]))
                        yield _whole(settle_outcomes(known))
        self.missing = [place for place in self._expected if place not in told]
        yield from (_unreported(self._expected[place], place[1]) for place in self.missing)

    def _open(self, path: Path, stack: ExitStack) -> IO[bytes] | None:
        try:
            return stack.enter_context(path.open("rb"))
        except OSError as error:
            self._note(SnapshotError(path, f"can't be read: {error.strerror or error}"))
            return None

    def _read(self, part: Part, files: dict[Path, IO[bytes]]) -> Outcome | None:
        path, entry = part
        if path not in files:
            return None
        try:
            return read_outcome(files[path], entry, path)
        except SnapshotError as error:
            self._note(error)
            return None

    def _note(self, error: SnapshotError) -> None:
        if all(file.file != error.path.name for file in self.unreadable):
            self.unreadable.append(unreadable_file(error))


def merge_run(step: MergeStep, targets: tuple[Target, ...], directory: Path, invocation: Invocation) -> MergeAnswer:
    """Store the inventory of the run in its *directory*, and return what it adds up to.

    A run that is merged again has the same inventory, or a better one. Raises SnapshotError where it can't be stored.
    """
    reduction = Reduction(read_run(directory), targets)
    tally = tally_today(())  # without findings, which grow with what is there: who has the outcomes can have those
    with SnapshotWriter() as writer:
        for outcome in reduction.outcomes():
            writer.write(outcome)
            tally.add(outcome)
        head = tally.head_now(invocation)
        writer.finish(head, directory / INVENTORY)
    return MergeAnswer(
        run=step.run,
        status=head.status,
        summary=head.summary,
        file=INVENTORY,
        missing=len(reduction.missing),
        missing_places=tuple(f"{target}/{region}" for target, region, _ in reduction.missing[:MAX_NAMED]),
        unreadable=len(reduction.unreadable),
        unreadable_files=tuple(reduction.unreadable[:MAX_NAMED]),
    )


def _by_place(run: StoredRun) -> dict[Place, list[Part]]:
    by_place: dict[Place, list[Part]] = {}
    for file in run.files:
        for entry in file.snapshot.head.entries:
            by_place.setdefault((entry.target, entry.region, entry.role_arn), []).append((file.snapshot.path, entry))
    return by_place


def _paths(parts: Sequence[Part]) -> list[Path]:
    return [path for path, _ in parts]


def _whole(outcome: Outcome) -> Outcome:
    """Return *outcome*; a listing that an earlier part has is failed in it: that part got lost, else it were here."""
    if all(line.reason != EARLIER_PART for line in outcome.coverage):
        return outcome
    coverage = tuple(
        _lost(line, outcome.role_arn) if line.reason == EARLIER_PART else line for line in outcome.coverage
    )
    error = next(line.error for line in coverage if line.error)
    return replace(outcome, status=outcome_status(coverage), error=error, coverage=coverage)


def _lost(line: Coverage, role_arn: str) -> Coverage:
    message = "no file of the run that can be read has this listing"
    problem = local_problem("not_reported", operation=line.api, role_arn=role_arn, message=message).problem
    return replace(line, extent="failed", reason=None, error=problem)


def _unreported(target: Target, region: str) -> Outcome:
    """Return the outcome of a place that no shard has told anything about: failed, and nothing known."""
    named = (
        Coverage(api=api.action, api_version=api.api_version, fc_version=api.fc_version, extent="failed")
        for api in APIS
    )
    coverage = tuple(_lost(line, target.role_arn) for line in named)
    return Outcome(
        target=target.name,
        account_id=target.account_id,
        account_alias=target.account_alias,
        tags=target.tags,
        region=region,
        role_arn=target.role_arn,
        role_session_name="",
        status="failed",
        error=coverage[0].error,
        coverage=coverage,
        services=None,
        functions=None,
    )
