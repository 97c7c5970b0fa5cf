"""Which step is next: fair to all accounts, never faster than a quota. Pure: no thread, no clock, no call is made here.

A *task* goes through *steps*, each a single call. Between two steps it stands in the queue of its *lane*, all calls
under one quota: a lane for each account, and one for each STS endpoint. The lanes take turns. A wait, be it for a
quota or before asking again, is a time before which something is not due: nobody sleeps for it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from math import inf
from typing import Protocol

import msgspec

from fc_inventory.buckets import Bucket

FEWEST_AT_ONCE = 2  # calls that an account may have under way, however many accounts there are, once one has ended
SLOW_SECONDS = 1.0  # accounts whose last call took so long leave half of the threads to the others
LEAST_USEFUL_SECONDS = 0.05  # a call that begins with less time left is refused by `sdk`


class Task(Protocol):
    """What is done step by step. `lane` is whose quota its next call uses, `account` for whom it is."""

    @property
    def lane(self) -> Lane:
        """The queue that its next step stands in."""

    @property
    def account(self) -> Lane:
        """The lane of the account that it is done for."""

    @property
    def is_begun(self) -> bool:
        """Whether a step of it has succeeded."""

    def step(self) -> Then:
        """Make one call; return what follows."""


class Then(msgspec.Struct, frozen=True):
    """What follows a step: tasks, each with the seconds before which it is not due.

    `is_throttled` tells that the cloud found the calls too many; it wants none for `closed_seconds`.
    """

    tasks: tuple[tuple[Task, float], ...] = ()
    is_throttled: bool = False
    closed_seconds: float = 0.0


class Lane:
    """The calls under one quota, whose *bucket* lanes can share.

    *most_at_once* bounds those under way; None shares the threads out evenly. A lane with a *gate* begins what is new:
    it is served only where nothing else is due, and while the gate says True.
    """

    def __init__(self, bucket: Bucket, most_at_once: int | None = None, gate: Callable[[], bool] | None = None) -> None:
        self.bucket, self.most_at_once, self.gate = bucket, most_at_once, gate
        self.ready: deque[Task] = deque()
        self.is_queued = False  # it stands in the turn, or waits for its bucket
        self.under_way = 0
        self.is_slow = False
        self.longest_seconds: float | None = None
        self.tasks = 0  # not ended, and for this account


class Schedule:
    """The tasks that are not ended. Not safe for threads by itself.

    What can't end before *ends_at* is not begun; that may change as long as tasks are left.
    """

    def __init__(self, threads: int, ends_at: float = inf) -> None:
        self._threads, self.ends_at = threads, ends_at
        self._turn: deque[Lane] = deque()
        self._gated: deque[Lane] = deque()
        self._later: list[tuple[float, int, Task | None, Lane]] = []  # when due; a lane alone waits for its bucket
        self._numbers = count()
        self._accounts = self._slow_accounts = 0
        self._slow_under_way = 0  # calls of slow accounts
        self._latest_seconds = 0.0
        self._under_way = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing is under way, and nothing will be."""
        return not (self.has_ready or self._later or self._under_way)

    @property
    def has_ready(self) -> bool:
        """Whether something may be due at once."""
        return bool(self._turn or self._gated)

    @property
    def due_at(self) -> float:
        """When the next of what waits is due; `inf` where nothing waits."""
        return self._later[0][0] if self._later else inf

    def add(self, task: Task, now: float, wait_seconds: float = 0.0) -> None:
        """Take in *task*, a new one or one that goes on."""
        if not task.account.tasks:
            self._count_account(task.account, 1)
        task.account.tasks += 1
        if wait_seconds > 0:
            self._put_off(now + wait_seconds, task, task.lane)
        else:
            self._queue(task, task.lane)

    def take(self, now: float) -> Task | float:
        """Return a task whose step is due, or the seconds until one may be: `inf` where only a step under way tells."""
        self._wake(now)
        task = self._take(self._turn, now) or self._take(self._gated, now)
        return task or max(0.0, self.due_at - now)

    def settle(self, task: Task, lane: Lane, then: Then, *, began_at: float, now: float) -> None:
        """Note that the step of *task* in *lane*, begun at *began_at*, is over, and what follows it."""
        lane.under_way -= 1
        self._under_way -= 1
        self._slow_under_way -= lane.is_slow
        self._latest_seconds = now - began_at
        if lane.most_at_once is None:
            self._judge(lane, is_slow=self._latest_seconds >= SLOW_SECONDS)
        lane.longest_seconds = max(lane.longest_seconds or 0.0, self._latest_seconds)
        if then.is_throttled:
            lane.bucket.slow_down(now, began_at, then.closed_seconds)
        for following, wait_seconds in then.tasks:
            self.add(following, now, wait_seconds)
        task.account.tasks -= 1
        if not task.account.tasks:
            self._count_account(task.account, -1)

    def _count_account(self, account: Lane, number: int) -> None:
        self._accounts += number
        self._slow_accounts += number * account.is_slow

    def _judge(self, account: Lane, *, is_slow: bool) -> None:
        """Note whether the last call of *account*, which has a task, was slow."""
        change = is_slow - account.is_slow
        account.is_slow = is_slow
        self._slow_accounts += change
        self._slow_under_way += change * account.under_way

    def _take(self, turn: deque[Lane], now: float) -> Task | None:
        """Go once around the lanes in *turn*; return the first task that may be begun."""
        for _ in range(len(turn)):
            lane = turn.popleft()
            if lane.under_way >= self._share(lane) or (lane.gate and not lane.gate()):
                turn.append(lane)
            elif now + self._margin_seconds(lane) > self.ends_at:
                self._cut(lane)
            elif wait_seconds := lane.bucket.take(now):
                self._put_off(now + wait_seconds, None, lane)
            else:
                return self._begin(lane)
        return None

    def _share(self, lane: Lane) -> int:
        """Return how many calls of *lane* may be under way."""
        if lane.most_at_once is not None:
            return lane.most_at_once
        if lane.is_slow and self._accounts > self._slow_accounts and self._slow_under_way >= max(1, self._threads // 2):
            return 0
        share = self._threads // max(1, self._accounts)
        if share > FEWEST_AT_ONCE:
            return share
        return FEWEST_AT_ONCE if lane.longest_seconds is not None else 1

    def _queue(self, task: Task, lane: Lane) -> None:
        """Let *task* stand in its lane: what was begun goes on before something else is begun."""
        if task.is_begun:
            lane.ready.appendleft(task)
        else:
            lane.ready.append(task)
        if not lane.is_queued:
            lane.is_queued = True
            self._turn_of(lane).append(lane)

    def _turn_of(self, lane: Lane) -> deque[Lane]:
        return self._gated if lane.gate else self._turn

    def _put_off(self, due_at: float, task: Task | None, lane: Lane) -> None:
        if due_at < self.ends_at:
            heapq.heappush(self._later, (due_at, next(self._numbers), task, lane))

    def _wake(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            _, _, task, lane = heapq.heappop(self._later)
            if task is None:
                self._turn_of(lane).append(lane)
            else:
                self._queue(task, lane)

    def _begin(self, lane: Lane) -> Task:
        task = lane.ready.popleft()
        lane.is_queued = bool(lane.ready)
        if lane.is_queued:
            self._turn_of(lane).append(lane)
        lane.under_way += 1
        self._under_way += 1
        self._slow_under_way += lane.is_slow
        return task

    @staticmethod
    def _cut(lane: Lane) -> None:
        lane.ready.clear()
        lane.is_queued = False

    def _margin_seconds(self, lane: Lane) -> float:
        """Return how much time a call must have: what the longest of its lane took, and twice that while it is short.

        A lane that has not been asked yet is expected to take as long as whichever answered last.
        """
        longest = self._latest_seconds if lane.longest_seconds is None else lane.longest_seconds
        return max(longest, min(2 * longest, 1.0)) + LEAST_USEFUL_SECONDS
