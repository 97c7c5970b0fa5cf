"""Reading shards place by place adds up to what merging whole reports does, for any reports."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.flow.reduction import Reduction
from fc_inventory.flow.run import new_path, read_run, shard_name
from fc_inventory.merge import merge_reports, place_of, settle
from fc_inventory.outcomes import EARLIER_PART
from fc_inventory.report import Report
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.targets import Target
from tests.function.test_merge import any_report
from tests.function.test_merge import outcome as outcome_of
from tests.function.test_merge import report as report_of

TARGETS = tuple(
    Target(
        name=name,
        role_arn="acs:ram::1234567890123456:role/r",
        account_id="1234567890123456",
        regions=("cn-hangzhou", "cn-shanghai"),
    )
    for name in ("alpha", "beta")
)


def store(report: Report, directory: Path, number: int) -> None:
    with SnapshotWriter() as writer:
        for outcome in report.outcomes:
            writer.write(outcome)
        writer.finish(report, new_path(directory, shard_name(number, 3), 1))


@given(st.lists(st.tuples(any_report(), st.integers(1, 3)), min_size=1, max_size=4))
def test_a_reduction_is_the_merge_of_all_files(shards: list[tuple[Report, int]]) -> None:
    """In whatever files the parts are, though one comes twice; and places that none has are there, too."""
    with tempfile.TemporaryDirectory() as directory:
        for report, number in [*shards, shards[0]]:
            store(report, Path(directory), number)
        reduction = Reduction(read_run(Path(directory)), TARGETS)

        outcomes = list(reduction.outcomes())

    whole = {place_of(outcome): outcome for outcome in settle(merge_reports(report for report, _ in shards)).outcomes}
    for outcome in outcomes:
        expected = whole.pop(place_of(outcome), None)
        if expected is None:
            assert (outcome.status, outcome.error and outcome.error.category) == ("failed", "not_reported")
            continue
        lost = [line.reason == EARLIER_PART for line in expected.coverage]
        assert outcome == expected or any(lost)
        assert [bool(line.error and line.error.category == "not_reported") for line in outcome.coverage] == lost
    assert whole == {}
    assert len(outcomes) == 4


def test_a_part_that_got_lost_is_not_complete() -> None:
    """Though what is left of the place is: the listing that the lost part had is failed, and told."""
    complete = (1, ((),), "complete")
    later: list[Any] = [None, complete, complete]
    with tempfile.TemporaryDirectory() as directory:
        store(report_of([outcome_of(("alpha", "cn-hangzhou"), later)]), Path(directory), 1)

        (outcome,) = Reduction(read_run(Path(directory)), ()).outcomes()

    assert (outcome.status, [line.extent for line in outcome.coverage]) == (
        "partial",
        ["failed", "complete", "complete"],
    )
