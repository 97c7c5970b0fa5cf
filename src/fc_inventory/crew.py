"""The threads that take steps: each takes whatever is due next, and no more of them than needed wait for the clock."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from math import inf

from fc_inventory.schedule import Schedule, Task

MAX_KEPT_THREADS = 192  # two scans' worth: those of an earlier invocation may still hang in a call
MAX_SUBSTITUTES = 64
HANGING_SECONDS = 1.0  # in a call, after which somebody else takes the thread's place


@cache
def _kept_threads() -> ThreadPoolExecutor:
    """Return the instance's threads, started as needed and kept: starting them anew took a fifth of a warm call."""
    return ThreadPoolExecutor(max_workers=MAX_KEPT_THREADS, thread_name_prefix="listing")


class Crew:
    """Works through a schedule, on a monotonic *clock*. A thread never sleeps for a task while another is due.

    One that hangs in a call works on nothing: a substitute does, as long as that lasts.
    """

    def __init__(self, schedule: Schedule, clock: Callable[[], float]) -> None:
        self._schedule, self._clock = schedule, clock
        self._change = threading.Condition()
        self._is_stopped = False
        self._watched_until = inf  # the time for which a thread waits
        self._idle = 0
        self._calling_since: dict[int, float] = {}  # of each thread that takes a step
        self._substitutes = 0

    def begin(self, threads: int, on_end: Callable[[Future[None]], None]) -> None:
        """Start so many threads; *on_end* gets the future of each when it has ended: by a bug, or with nothing left.

        Nobody waits for a call that hangs: it is left to its own time-out.
        """
        for _ in range(threads):
            _kept_threads().submit(contextvars.copy_context().run, self._work).add_done_callback(on_end)

    def reinforce(self, on_end: Callable[[Future[None]], None]) -> int:
        """Start a substitute for each thread that hangs and has none; return how many."""
        with self._change:
            missing = min(self._hanging(), MAX_SUBSTITUTES) - self._substitutes
            if missing <= 0 or not self._schedule.has_ready:
                return 0
            self._substitutes += missing
        self.begin(missing, on_end)
        return missing

    def wake(self) -> None:
        """Look again for what is due: a gate may have opened."""
        with self._change:
            self._change.notify_all()

    def stop(self) -> None:
        """Begin no more steps."""
        with self._change:
            self._is_stopped = True
            self._change.notify_all()

    def _work(self) -> None:
        task = self._next()
        while task is not None:
            lane = task.lane  # a step may end in another one
            then = task.step()
            with self._change:
                began_at = self._calling_since.pop(threading.get_ident())
                self._schedule.settle(task, lane, then, began_at=began_at, now=self._clock())
                task = None if self._is_superfluous() else self._next()

    def _hanging(self) -> int:
        now = self._clock()
        return sum(now - since > HANGING_SECONDS for since in self._calling_since.values())

    def _is_superfluous(self) -> bool:
        """Tell whether there are more substitutes than threads that hang; then one less is needed."""
        if self._substitutes <= self._hanging():
            return False
        self._substitutes -= 1
        self._change.notify()
        return True

    def _next(self) -> Task | None:
        """Return the next task, None where there is none any more."""
        with self._change:
            while not self._is_stopped:
                found = self._schedule.take(self._clock())
                if not isinstance(found, float):
                    self._hand_on()
                    self._calling_since[threading.get_ident()] = self._clock()
                    return found
                if self._schedule.is_finished:
                    self.stop()
                    break
                self._wait(found)
        return None

    def _wait(self, seconds: float) -> None:
        """Wait for a change; for the clock, too, unless another thread wakes earlier."""
        due_at = self._clock() + seconds
        is_watching = due_at < self._watched_until
        if is_watching:
            self._watched_until = due_at
        self._idle += 1
        self._change.wait(seconds if is_watching else None)
        self._idle -= 1
        if is_watching and self._watched_until == due_at:
            self._watched_until = inf

    def _hand_on(self) -> None:
        """Wake another thread where there may be more to do now, or earlier than anybody watches for."""
        if self._idle and (self._schedule.has_ready or self._schedule.due_at < self._watched_until):
            self._change.notify()
