"""Threads that hang in a call have substitutes, as long as they hang."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from fc_inventory.buckets import Bucket
from fc_inventory.crew import HANGING_SECONDS, MAX_SUBSTITUTES, Crew
from fc_inventory.schedule import Lane, Schedule, Task, Then

NOTHING_FOLLOWS = Then()


class Step:
    """A task of one step, in a lane that bounds nothing."""

    is_begun = False

    def __init__(self, lane: Lane, act: Callable[[], object]) -> None:
        self.lane = self.account = lane
        self._act = act

    def step(self) -> Then:
        """Do it."""
        self._act()
        return NOTHING_FOLLOWS


class Work:
    """A crew of two on a clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.lane = Lane(Bucket(1e9, 1e9), most_at_once=1000)
        self.schedule = Schedule(2)
        self.crew = Crew(self.schedule, lambda: self.time)
        self.ended: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.release = threading.Event()
        self.hanging = threading.Semaphore(0)

    def hang(self) -> None:
        """Hang until the test lets go."""
        self.hanging.release()
        assert self.release.wait(10)

    def add(self, count: int, act: Callable[[], object]) -> None:
        """Add so many tasks."""
        tasks: list[Task] = [Step(self.lane, act) for _ in range(count)]
        for task in tasks:
            self.schedule.add(task, self.time)

    def await_hanging(self, count: int) -> None:
        """Wait until so many more hang."""
        for _ in range(count):
            assert self.hanging.acquire(timeout=10)

    def reinforce(self) -> int:
        """Return how many substitutes came."""
        return self.crew.reinforce(self.ended.put)


def test_a_thread_that_hangs_has_one_substitute() -> None:
    """Not before it has hung for long, not twice, and only where there is something to do."""
    work = Work()
    work.add(3, work.hang)
    work.crew.begin(2, work.ended.put)
    work.await_hanging(2)

    too_early = work.reinforce()
    work.time = 2 * HANGING_SECONDS
    due, again = work.reinforce(), work.reinforce()
    work.await_hanging(1)
    work.time = 4 * HANGING_SECONDS
    without_work = work.reinforce()
    work.release.set()

    assert (too_early, due, again, without_work) == (0, 2, 0, 0)
    assert [work.ended.get(timeout=10) for _ in range(4)]


def test_substitutes_leave_when_nobody_hangs_any_more() -> None:
    """Else a moment's trouble would leave an instance with more threads at work than it is sized for."""
    work = Work()
    work.add(2, work.hang)
    work.add(2, work.hanging.release)
    work.schedule.add(Step(work.lane, work.hang), 0.0, wait_seconds=100)  # else all would leave, with nothing left
    work.crew.begin(2, work.ended.put)
    work.await_hanging(2)
    work.time = 2 * HANGING_SECONDS
    work.reinforce()
    work.await_hanging(2)

    work.release.set()
    left = [work.ended.get(timeout=10) for _ in range(2)]
    stays = work.ended.empty()
    work.crew.stop()

    assert len(left) == 2
    assert stays


def test_there_are_no_more_substitutes_than_connections() -> None:
    """However many hang."""
    work = Work()
    work.add(3 * MAX_SUBSTITUTES, work.hang)
    work.crew.begin(MAX_SUBSTITUTES, work.ended.put)
    work.await_hanging(MAX_SUBSTITUTES)
    work.time = 2 * HANGING_SECONDS

    first = work.reinforce()
    work.await_hanging(MAX_SUBSTITUTES)
    work.time = 4 * HANGING_SECONDS
    second = work.reinforce()
    work.crew.stop()
    work.release.set()

    assert (first, second) == (MAX_SUBSTITUTES, 0)
