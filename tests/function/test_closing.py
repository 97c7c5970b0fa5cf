"""A listing ends early enough for its answer to be told in time."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.closing import MOST_SHARE, closing_seconds
from fc_inventory.scan import scan_targets
from local.cloud import Fault
from tests.function.fleets import fleet_of, scan_of, targets_of

SECONDS = st.floats(0, 900)
COUNTS = st.integers(0, 1_000_000)


@given(used=SECONDS, items=COUNTS, more=COUNTS, places=COUNTS)
def test_more_to_tell_takes_more_time_but_never_most_of_it(used: float, items: int, more: int, places: int) -> None:
    """What the listing may use is always more than what is kept from it."""
    some = closing_seconds(used, items=items, open_places=places, item_seconds=5e-6)
    much = closing_seconds(used, items=items + more, open_places=places, item_seconds=5e-6)

    assert 0 <= some <= much <= MOST_SHARE * used


def test_who_has_little_to_tell_keeps_nothing_back() -> None:
    """A few accounts have all the time that there is."""
    assert closing_seconds(60.0, items=100, open_places=10, item_seconds=5e-6) < 0.01


def test_a_listing_with_much_to_tell_ends_early(tmp_path: Path) -> None:
    """Where each item takes long to tell, the listing ends when so much time is left, and its cursor leads on."""
    with fleet_of(tmp_path, 3, services=1, functions=3000) as fleet:
        fleet.faults.add(Fault(delay_seconds=0.2))
        began = time.monotonic()

        ended = scan_targets(scan_of(fleet, targets_of(3), seconds=4, item_seconds=1.0))

    assert time.monotonic() - began < 3.2  # 2.9 s, and for 0.4 of that the answer; else 3.5 s
    assert {one.outcome.status for one in ended} == {"partial"}
    assert all(one.unfinished for one in ended)
