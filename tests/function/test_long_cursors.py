"""Cursors that get long: of fleets whose listings are all in the middle."""

from __future__ import annotations

import random

import msgspec
import pytest

from fc_inventory.cursor import LONGEST_TEXT, LONGEST_TOKEN, Ended, make_cursor, resume
from fc_inventory.listing import APIS, Listing, Reading
from fc_inventory.regions import KNOWN
from fc_inventory.retries import MAX_ATTEMPTS
from tests.function.fleets import targets_of
from tests.function.places import listed

TARGETS = targets_of(600, ("cn-hangzhou",))


def ended(name: str, reading: Reading) -> Ended:
    outcome = msgspec.structs.replace(listed("alpha"), target=name)
    return Ended(outcome, (Listing(APIS[0], "cn-hangzhou", "", reading),))


def noise(characters: int, seed: int) -> str:
    return random.Random(seed).randbytes(characters // 2).hex()  # noqa: S311 - no secret


def test_listings_that_do_not_fit_begin_anew_those_with_the_fewest_pages_first() -> None:
    """Rather repeat some pages than lose a place: all are still there, and what is written can be read."""
    cut = [
        ended(target.name, Reading(first_page=page, next_token=noise(200, page)))
        for page, target in enumerate(TARGETS, start=2)
    ]

    text = make_cursor(cut, "")

    assert text is not None
    parts = resume(text, TARGETS).parts
    assert parts is not None
    assert [name for name, _ in parts] == [target.name for target in TARGETS]
    pages = [reading.first_page for listings in parts.values() for reading in listings.values()]
    kept = [page for page in pages if page > 1]
    assert 150 < len(kept) < 600
    assert kept == list(range(602 - len(kept), 602))


def test_names_that_do_not_fit_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """There is then no cursor: what is missing stands in the report, and can be asked for in halves."""
    cut = [ended(noise(64, number), Reading()) for number in range(2500)]

    assert make_cursor(cut, "") is None
    assert "cursor_too_long" in caplog.text


def test_what_unpacks_to_more_than_is_read_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Names of a kind pack well: what is short enough to be sent may still be too much to be unpacked."""
    listings = {region: tuple(Listing(api, region) for api in APIS) for region in sorted(KNOWN)}
    cut = [
        Ended(msgspec.structs.replace(listed("alpha", region=region), target=target.name), of_region)
        for target in targets_of(3000)
        for region, of_region in listings.items()
    ]

    assert make_cursor(cut, "") is None
    assert "cursor_too_long" in caplog.text


@pytest.mark.parametrize(
    ("reading", "goes_on"),
    [
        (Reading(attempts=MAX_ATTEMPTS), Reading(attempts=MAX_ATTEMPTS - 1)),
        (Reading(first_page=2, next_token="x" * (LONGEST_TOKEN + 1), attempts=1), Reading()),
    ],
    ids=["the last attempt has just failed", "the token is too long"],
)
def test_no_listing_spoils_the_cursor_of_the_others(reading: Reading, goes_on: Reading) -> None:
    """What can't be said of it is left out: it is asked once more, or begins anew."""
    name, other = TARGETS[0].name, TARGETS[1].name

    text = make_cursor([ended(name, reading), ended(other, Reading())], "")

    assert text is not None
    assert resume(text, TARGETS).parts == {
        (name, "cn-hangzhou"): {APIS[0]: goes_on},
        (other, "cn-hangzhou"): {APIS[0]: Reading()},
    }


def test_what_is_written_can_be_read_however_long() -> None:
    """At the limit, too."""
    for count in (50, 300, 600):
        cut = [ended(target.name, Reading(first_page=2, next_token=noise(300, 1))) for target in TARGETS[:count]]

        text = make_cursor(cut, "")

        assert text is not None
        assert len(text) <= LONGEST_TEXT
        assert len(resume(text, TARGETS).targets) == count
