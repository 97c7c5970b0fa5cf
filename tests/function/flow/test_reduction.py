"""Reading shards place by place adds up to what merging whole reports does, for any reports."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.flow.reduction import Reduction
from fc_inventory.flow.run import new_path, read_run
from fc_inventory.merge import merge_reports, settle
from fc_inventory.outcomes import Outcome
from fc_inventory.report import Report
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.targets import Target
from tests.function.test_merge import any_report

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
        writer.finish(report, new_path(directory, number=number, of=3, part=1))


def in_order(outcomes: list[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: (outcome.target, outcome.region))


@given(st.lists(st.tuples(any_report(), st.integers(1, 3)), min_size=1, max_size=4))
def test_a_reduction_is_the_merge_of_all_files(shards: list[tuple[Report, int]]) -> None:
    """In whatever files the parts are, though one comes twice; and places that none has are there, too."""
    with tempfile.TemporaryDirectory() as directory:
        for report, number in [*shards, shards[0]]:
            store(report, Path(directory), number)
        reduction = Reduction(read_run(Path(directory)), TARGETS)

        outcomes = list(reduction.outcomes())

    told = [outcome for outcome in outcomes if not (outcome.error and outcome.error.category == "not_reported")]
    assert in_order(told) == in_order(list(settle(merge_reports(report for report, _ in shards)).outcomes))
    assert {(outcome.target, outcome.region) for outcome in outcomes} == {
        (target.name, region) for target in TARGETS for region in target.regions
    }
    assert len(outcomes) == len(told) + len(reduction.missing) == 4
