"""A schedule worked through without threads and without waiting: calls take as long as they are said to."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from math import inf

from fc_inventory.schedule import Lane, Schedule, Task, Then


class Calls:
    """A task of so many calls, one after another, each of which takes *seconds*."""

    def __init__(self, lane: Lane, calls: int, seconds: float, account: Lane | None = None) -> None:
        self.lane: Lane = lane
        self.account: Lane = account or lane
        self.left, self.seconds = calls, seconds
        self.ended_at = inf
        self.is_begun = False
        self.following: tuple[Task, ...] = ()
        self.answer: Callable[[], Then] | None = None

    def step(self) -> Then:
        """Make one of the calls."""
        if self.answer is not None:
            return self.answer()
        self.left, self.is_begun = self.left - 1, True
        return Then(((self, 0.0),)) if self.left else Then(tuple((task, 0.0) for task in self.following))


class Call:
    """A call under way, or over."""

    def __init__(self, task: Calls, began_at: float) -> None:
        self.task, self.began_at, self.ended_at = task, began_at, began_at + task.seconds


def simulate(schedule: Schedule, tasks: list[Calls], threads: int) -> list[Call]:
    """Work through *tasks*; return all calls, in the order in which they began."""
    now, made, numbers = 0.0, [], count()
    under_way: list[tuple[float, int, Call]] = []
    for task in tasks:
        schedule.add(task, now)
    while True:
        found = schedule.take(now) if len(under_way) < threads else inf
        if isinstance(found, Calls):
            call = Call(found, now)
            made.append(call)
            heapq.heappush(under_way, (call.ended_at, next(numbers), call))
            continue
        assert isinstance(found, float)
        now = min(now + found, under_way[0][0] if under_way else inf)
        if now == inf:
            assert schedule.is_finished
            return made
        while under_way and under_way[0][0] <= now:
            _, _, call = heapq.heappop(under_way)
            then = call.task.step()
            call.task.ended_at = now
            schedule.settle(call.task, call.task.lane, then, began_at=call.began_at, now=now)
