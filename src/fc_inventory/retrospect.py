"""What changed since the last complete states, for who looks between two runs of the timer: read, never stored."""

from __future__ import annotations

from pathlib import Path

import msgspec

from fc_inventory import logs
from fc_inventory.comparison import Comparison
from fc_inventory.difference import Difference
from fc_inventory.errors import SnapshotError
from fc_inventory.report import Report
from fc_inventory.settings import Settings
from fc_inventory.states import LastStates

MAX_CHANGES = 1000  # that are shown; all are counted


class Retrospect(msgspec.Struct, frozen=True, kw_only=True):
    """What changed; or, where that could not be told, the `reason`."""

    difference: Difference | None = None
    reason: str | None = None


def look_back(report: Report, settings: Settings, service_prefix: str) -> Retrospect | None:
    """Compare *report* with the last complete state of each of its listings; None where no snapshots are kept.

    Targets that were not selected are left out: nothing is said of them.
    """
    if settings.snapshot_dir is None:
        return None
    try:
        with LastStates(Path(settings.snapshot_dir), service_prefix) as states:
            comparison = Comparison(MAX_CHANGES, (target.name for target in settings.targets))
            for outcome in report.outcomes:
                states.compare(outcome, comparison)
            return Retrospect(difference=comparison.result(sorted(states.used)))
    except SnapshotError as error:
        logs.warning("not_compared", path=str(error.path), reason=error.reason)
        return Retrospect(reason=error.reason)
