"""Which call is next: fair, within quotas and within the time, shown on a clock that nobody waits for."""

from __future__ import annotations

from collections import Counter
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.buckets import Bucket
from fc_inventory.schedule import FEWEST_AT_ONCE, Lane, Schedule, Then
from tests.function.simulation import Call, Calls, simulate

THREADS = 32


def lane(per_second: float = 1e6, burst: float = 1e6, **changes: Any) -> Lane:
    return Lane(Bucket(per_second, burst), **changes)


def quick_accounts(accounts: int, listings: int = 15, seconds: float = 0.02) -> list[Calls]:
    lanes = [lane() for _ in range(accounts)]
    return [Calls(each, 1, seconds) for each in lanes for _ in range(listings)]


def end_of(tasks: list[Calls]) -> float:
    return max(task.ended_at for task in tasks)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.floats(0.01, 3)), min_size=1, max_size=60),
    st.sampled_from([1, 2, 4]),
)
def test_every_call_is_made_once(drawn: list[tuple[int, int, float]], threads: int) -> None:
    """Whoever is in whichever lane, with whatever durations: nothing is forgotten, nothing done twice."""
    lanes = [lane(50, 5) for _ in range(6)]
    tasks = [Calls(lanes[number], calls, seconds) for number, calls, seconds in drawn]

    made = simulate(Schedule(threads), tasks, threads)

    assert Counter(id(call.task) for call in made) == {
        id(task): calls for task, (_, calls, _) in zip(tasks, drawn, strict=True)
    }


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.floats(0.01, 3)), min_size=1, max_size=60))
def test_no_lane_is_faster_than_its_quota(drawn: list[tuple[int, int, float]]) -> None:
    """In any time, at most rate x time + burst calls of one account begin."""
    lanes = [lane(5, 2) for _ in range(6)]

    made = simulate(Schedule(16), [Calls(lanes[number], *rest) for number, *rest in drawn], 16)  # type: ignore[arg-type] # two numbers

    for each in lanes:
        begun = [call.began_at for call in made if call.task.lane is each]
        for first, begin in enumerate(begun):
            assert all(number <= 5 * (end - begin) + 2.001 for number, end in enumerate(begun[first:], start=1))


@pytest.mark.parametrize("seconds", [10, 60])
def test_a_slow_account_does_not_hold_up_the_others(seconds: float) -> None:
    """Sixty listings of ten seconds, queued first, cost a hundred other accounts no more than their two threads."""
    alone = quick_accounts(100)
    simulate(Schedule(THREADS), alone, THREADS)
    slow_lane = lane()
    beside, slow = quick_accounts(100), [Calls(slow_lane, 1, seconds) for _ in range(60)]

    simulate(Schedule(THREADS), [*slow, *beside], THREADS)

    assert end_of(beside) <= end_of(alone) * THREADS / (THREADS - FEWEST_AT_ONCE) + 0.1


@pytest.mark.parametrize(("slow_accounts", "seconds"), [(12, 1), (24, 1), (60, 21)])
def test_many_slow_accounts_do_not_hold_up_the_others(slow_accounts: int, seconds: float) -> None:
    """Each may try one call, ten seconds long; from then on all of them together have half of the threads."""
    others = [Calls(lane(), 15, 0.02) for _ in range(40)]
    slow_lanes = [lane() for _ in range(slow_accounts)]
    slow = [Calls(each, 1, 10) for each in slow_lanes for _ in range(20)]

    simulate(Schedule(THREADS, ends_at=60), [*slow, *others], THREADS)

    assert end_of(others) < seconds + 0.02 * 15 * 40 / (THREADS / 2)


def test_slow_accounts_get_all_threads_where_nobody_else_has_something_to_do() -> None:
    """Half of the threads wait only for others."""
    slow = [Calls(each, 10, 2) for each in [lane() for _ in range(40)]]

    simulate(Schedule(THREADS), [*slow, *quick_accounts(10)], THREADS)

    assert end_of(slow) <= 2 * (40 * 10 / THREADS + 2)


def test_an_account_that_is_left_alone_gets_all_threads() -> None:
    """The cap holds only while others have something to do."""
    slow_lane = lane()
    slow = [Calls(slow_lane, 1, 10) for _ in range(62)]

    simulate(Schedule(THREADS), [*slow, *quick_accounts(10)], THREADS)

    assert end_of(slow) < 31


def test_accounts_take_turns() -> None:
    """A big account that came first gets no more calls than each of the others while they have some left."""
    big, lanes = lane(), [lane() for _ in range(9)]
    tasks = [Calls(big, 100, 0.1), *(Calls(each, 10, 0.1) for each in lanes)]

    made = simulate(Schedule(1), tasks, 1)

    assert Counter(id(call.task) for call in made[:100]) == {id(task): 10 for task in tasks}


def test_a_wait_before_asking_again_costs_nobody_a_thread() -> None:
    """An account in a pause of a minute leaves the only thread to the others."""
    paused = Calls(lane(), 1, 0.1)
    answers = [Then(((paused, 60.0),)), Then()]
    paused.answer = lambda: answers.pop(0)
    others = quick_accounts(5, 3, 0.1)

    made = simulate(Schedule(1), [paused, *others], 1)

    assert end_of(others) < 2
    assert [round(call.began_at) for call in made if call.task is paused] == [0, 60]


def test_throttling_slows_its_own_lane_only() -> None:
    """The throttled account goes on at half of its rate; the others notice nothing."""
    slowed_lane = lane(10, 1)
    slowed = Calls(slowed_lane, 1, 0.001)
    answers = [Then(((slowed, 0.0),), is_throttled=True), *[Then(((slowed, 0.0),))] * 10, Then()]
    slowed.answer = lambda: answers.pop(0)
    other_lane = lane(10, 1)
    other = Calls(other_lane, 12, 0.001)

    simulate(Schedule(4), [slowed, other], 4)

    assert slowed_lane.bucket.per_second < other_lane.bucket.per_second == 10
    assert other.ended_at == pytest.approx(1.1, abs=0.1)
    assert slowed.ended_at > 1.7


def test_nothing_is_begun_that_cannot_end_in_time() -> None:
    """An account whose answers take a second is asked for the last time more than a second before the end."""
    slow_lane, quick_lane = lane(), lane()
    slow, quick = Calls(slow_lane, 100, 1.0), Calls(quick_lane, 10_000, 0.01)

    made = simulate(Schedule(2, ends_at=10.0), [slow, quick], 2)

    assert max(call.ended_at for call in made) <= 10
    assert max(call.began_at for call in made if call.task is quick) > 9.9
    assert max(call.ended_at for call in made if call.task is slow) >= 8.0


def test_a_wait_beyond_the_end_is_not_waited_for() -> None:
    """The schedule is finished at once; the task has simply not ended."""
    task = Calls(lane(), 1, 0.1)
    task.answer = lambda: Then(((task, 60.0),))

    made = simulate(Schedule(2, ends_at=10.0), [task], 2)

    assert [call.began_at for call in made] == [0.0]


def test_sessions_come_as_fast_as_their_quota_and_listings_fill_the_rest() -> None:
    """A thousand accounts of fifteen calls take hardly longer than the calls themselves: STS's pace is hidden."""
    sts = lane(90, 10, most_at_once=16, gate=lambda: True)
    tasks, listings = [], []
    for _ in range(1000):
        account = lane(100, 100)
        asking = Calls(sts, 1, 0.02, account)
        following = [Calls(account, 1, 0.02) for _ in range(15)]
        asking.following = tuple(following)
        tasks.append(asking)
        listings += following

    made = simulate(Schedule(THREADS), tasks, THREADS)

    assert len(made) == 16_000
    assert end_of(listings) < 1.15 * max(16_000 * 0.02 / THREADS, 990 / 90)
    begun = sorted(call.began_at for call in made if call.task.lane is sts)
    assert max(sum(begin <= other < begin + 1 for other in begun) for begin in begun[::50]) <= 101


def test_something_new_is_begun_only_where_nothing_else_is_due() -> None:
    """So a budget of two calls suffices for a session and a page, and few accounts are in the middle at once."""
    new = lane(gate=lambda: True)
    pages = [Calls(lane(), 3, 0.1) for _ in range(3)]
    sessions = [Calls(new, 1, 0.1, page.account) for page in pages]
    for session, page in zip(sessions, pages, strict=True):
        session.following = (page,)

    made = simulate(Schedule(1), sessions, 1)

    assert [call.task for call in made] == [
        one for session, page in zip(sessions, pages, strict=True) for one in (session, page, page, page)
    ]


def test_a_closed_gate_holds_up_only_its_own_lane() -> None:
    """Nothing new is begun until it opens; what was begun goes on."""
    others = quick_accounts(2, 5)
    gate = lane(gate=lambda: all(task.ended_at < inf for task in others))
    new = Calls(gate, 1, 0.1)

    made = simulate(Schedule(4), [new, *others], 4)

    assert made[-1].task is new
    assert len(made) == 11


def test_an_empty_schedule_is_finished() -> None:
    """There is nothing to wait for."""
    schedule = Schedule(THREADS)

    assert (schedule.take(0.0), schedule.is_finished) == (inf, True)


def test_calls_know_their_time() -> None:
    """The simulation itself: a call ends when it began plus what it takes."""
    call = Call(Calls(lane(), 1, 2.0), 1.0)

    assert call.ended_at == 3.0
