"""The timer's run where snapshots are kept: it stores what it saw, and answers with what changed since the last time.

What it is compared with is the last complete state of each listing, whichever run saw that. Outcomes are stored and
compared as they come, so that memory grows with what changed, not with what there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import msgspec
from msgspec.structs import replace

from fc_inventory import logs
from fc_inventory.comparison import Comparison
from fc_inventory.cursor import Ended, make_cursor
from fc_inventory.errors import EveryTargetFailed, RequestError, SnapshotError
from fc_inventory.folder import name_next, tidy
from fc_inventory.report import Report, assemble_report, build_report, tally_today
from fc_inventory.scan import Scan, run_scan, scan_targets
from fc_inventory.selectors import Request
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.states import LastStates, Spot
from fc_inventory.watch_answer import Incomplete, Unstored, Watch, build_watch, incomplete_of

MAX_CHANGES = 1000  # that are kept: more than an answer takes; all are counted
STORING_SHARE = 0.1  # of the invocation's time, kept for storing; how fast a mount takes a file is unverified


def watch_targets(scan: Scan, request: Request) -> str:
    """Scan, store, compare; return the answer as JSON: a `Watch`, or an `Unstored`.

    Raises EveryTargetFailed where every outcome failed (that is stored, too), and RequestError for a form of its own.
    """
    if request.format != "json":
        raise RequestError("expected json: where snapshots are kept, a timer's answer is what changed", field="format")
    assert scan.settings.snapshot_dir  # noqa: S101 - else nobody comes here
    directory = Path(scan.settings.snapshot_dir)
    try:
        states = LastStates(directory, scan.work.service_prefix)
    except SnapshotError as error:
        return _answer(_unstored(_report(scan), error))
    with states, SnapshotWriter(service_prefix=scan.work.service_prefix) as writer:
        comparison, incomplete, head = _compare_all(scan, states, writer)
        try:
            path = _store(writer, head, directory, scan.settings.snapshot_keep)
        except SnapshotError as error:
            return _answer(_unstored(_whole(head, writer, scan), error))
        if head.status == "failed":
            return _answer(_whole(head, writer, scan))
        return _answer(build_watch(head, path.name, comparison.result(sorted(states.used)), incomplete))


def _report(scan: Scan) -> Report:
    """Return the report as who asks for one gets it."""
    ended = scan_targets(scan)
    cursor = make_cursor(ended, scan.work.service_prefix)
    outcomes = tuple(one.outcome for one in ended)
    return build_report(outcomes, scan.invocation, cursor=cursor, rules=scan.settings.rules)


def _compare_all(scan: Scan, states: LastStates, writer: SnapshotWriter) -> tuple[Comparison, list[Incomplete], Report]:
    comparison = Comparison(MAX_CHANGES, (target.name for target in scan.settings.targets))
    incomplete: list[Incomplete] = []
    unfinished: list[Ended] = []
    tally = tally_today(())  # what the rules find is for a report
    shorter = replace(scan.invocation, budget=scan.invocation.budget.less(STORING_SHARE))
    work = replace(scan.work, targets=states.longest_unseen_first(scan.work.targets))
    for one in run_scan(replace(scan, work=work, invocation=shorter, item_seconds=0.0)):
        writer.write(one.outcome)
        tally.add(one.outcome)
        states.compare(one.outcome, comparison)
        if one.outcome.status != "complete":
            incomplete.append(incomplete_of(one.outcome))
        if one.unfinished:
            unfinished.append(Ended(replace(one.outcome, services=None, functions=None), one.unfinished))
    for entry in states.forgotten(_configured(scan)):
        comparison.miss(entry, entry.complete, "no longer configured")
    cursor = make_cursor(unfinished, scan.work.service_prefix)
    return comparison, incomplete, replace(tally.head_now(scan.invocation), cursor=cursor)


def _configured(scan: Scan) -> Iterator[Spot]:
    """Yield every place of the targets document, asked in this run or not."""
    for target in scan.settings.targets:
        for region in target.regions:
            yield Spot(target.name, target.account_id, region, target.role_arn)


def _store(writer: SnapshotWriter, head: Report, directory: Path, keep: int) -> Path:
    path = name_next(directory, datetime.now(timezone.utc))
    writer.finish(head, path)
    logs.info("stored", path=str(path))
    try:
        tidy(directory, keep)
    except SnapshotError as error:  # the snapshot is there
        logs.warning("not_tidied", path=str(error.path), reason=error.reason)
    return path


def _whole(head: Report, writer: SnapshotWriter, scan: Scan) -> Report:
    """Return the report with its outcomes, in the order of the targets and their regions."""
    places = [(target.name, region) for target in scan.work.targets for region in target.regions]
    order = {place: number for number, place in enumerate(places)}
    outcomes = sorted(writer.outcomes(), key=lambda outcome: order[outcome.target, outcome.region])
    report = assemble_report(
        tuple(outcomes),
        request_id=head.request_id,
        generated_at=head.generated_at,
        duration_ms=head.duration_ms,
        rules=scan.settings.rules,
    )
    return replace(report, cursor=head.cursor)


def _unstored(report: Report, error: SnapshotError) -> Unstored:
    logs.warning("not_stored", path=str(error.path), reason=error.reason)
    fields = {name: getattr(report, name) for name in Report.__struct_fields__}
    return Unstored(**fields, storage_error=str(error))


def _answer(answer: Watch | Report) -> str:
    """Return *answer* as JSON; raise it where everything failed, so that FC tries again and tells."""
    logs.info("answered", kind="timer", status=answer.status, duration_ms=answer.duration_ms)
    text = msgspec.json.encode(answer).decode()
    if answer.status == "failed":
        raise EveryTargetFailed(text)
    return text
