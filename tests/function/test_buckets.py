"""How fast calls may follow one another, and what throttling teaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.buckets import Bucket

STEPS = st.lists(
    st.tuples(st.floats(0, 3), st.sampled_from(["take", "take", "take", "throttle", "close"])), min_size=1, max_size=80
)
RATES = st.floats(0.6, 200)


def drain(bucket: Bucket, now: float) -> int:
    """Take all that there is at *now*."""
    taken = 0
    while not bucket.take(now):
        taken += 1
    return taken


@given(STEPS, RATES, st.integers(1, 50))
def test_no_more_than_rate_and_burst_in_any_time(steps: list[tuple[float, str]], rate: float, burst: int) -> None:
    """Between any two moments at most `rate * seconds + burst` calls are let through, whatever is answered."""
    bucket, now = Bucket(rate, burst), 0.0
    taken: list[float] = []

    for seconds, what in steps:
        now += seconds
        if what == "take":
            taken += [now] * drain(bucket, now)
        else:
            bucket.slow_down(now, now, 1.5 if what == "close" else 0.0)

    for first, begin in enumerate(taken):
        for count, end in enumerate(taken[first:], start=1):
            assert count <= rate * (end - begin) + burst + 1e-6


@given(RATES, st.integers(1, 50), st.floats(0, 5))
def test_who_waits_as_long_as_told_gets_a_call(rate: float, burst: int, pause: float) -> None:
    """The wait that `take` returns is enough, and no longer than one call's share."""
    bucket = Bucket(rate, burst)
    drain(bucket, pause)

    wait_seconds = bucket.take(pause)

    assert 0 < wait_seconds <= max(1 / rate, 0.001) + 1e-9
    assert not bucket.take(pause + wait_seconds + 1e-9)


def test_throttling_halves_the_rate() -> None:
    """And what was saved up is gone."""
    bucket = Bucket(80, 10)

    bucket.slow_down(now=1.0, began_at=1.0)

    assert bucket.per_second == 40
    assert bucket.take(1.0) == pytest.approx(1 / 40)


def test_calls_that_were_under_way_together_count_once() -> None:
    """Thirty answers to one burst are one lesson, not thirty."""
    bucket = Bucket(80, 10)

    for _ in range(30):
        bucket.slow_down(now=1.0, began_at=0.9)
    bucket.slow_down(now=1.1, began_at=0.95)
    bucket.slow_down(now=1.2, began_at=1.05)

    assert bucket.per_second == pytest.approx(20, rel=0.05)


@given(st.lists(st.floats(0, 10), max_size=40), RATES)
def test_the_rate_recovers(throttled_after: list[float], rate: float) -> None:
    """Twenty seconds without throttling bring back the whole rate, and it never gets higher or down to nothing."""
    bucket, now = Bucket(rate, 5), 0.0

    for seconds in throttled_after:
        now += seconds
        bucket.slow_down(now, now)
        assert 0.25 <= bucket.per_second <= rate
    bucket.take(now + 10)
    bucket.take(now + 20.001)

    assert bucket.per_second == pytest.approx(rate)


def test_a_closed_bucket_lets_nothing_through() -> None:
    """Retry-After is kept to the second, and nothing is saved up meanwhile."""
    bucket = Bucket(100, 10)

    bucket.slow_down(now=5.0, began_at=4.9, closed_seconds=30)

    assert not drain(bucket, 34.9)
    assert bucket.take(20.0) >= 15
    assert drain(bucket, 35.1) <= 10
