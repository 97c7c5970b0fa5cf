"""The time that one invocation may use: FC kills a function at its time-out and loses what it has collected."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

FALLBACK_SECONDS = 60.0  # where the context tells no time-out
RESERVE_SHARE = 0.05  # for building and sending the answer …
RESERVE_SECONDS = (0.3, 3.0)  # … within these bounds


class Budget(msgspec.Struct, frozen=True):
    """From when to when, on a monotonic clock, calls are begun and waits go on."""

    began_at: float
    ends_at: float
    clock: Callable[[], float] = time.monotonic

    @property
    def remaining_seconds(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.ends_at - self.clock())

    @property
    def used_seconds(self) -> float:
        """Seconds since the invocation began."""
        return self.clock() - self.began_at

    def less(self, share: float) -> Budget:
        """Return the budget that leaves *share* of the seconds left to something else."""
        return msgspec.structs.replace(self, ends_at=self.ends_at - share * self.remaining_seconds)


def invocation_budget(context: Any, clock: Callable[[], float] = time.monotonic) -> Budget:
    """Return the budget of an invocation that begins now: `context.function.timeout` less a reserve.

    The time-out arrives as text from some runtimes and as a number from others; where there is none, 60 s are assumed.
    """
    try:
        timeout_seconds = float(context.function.timeout)
    except (AttributeError, TypeError, ValueError):
        timeout_seconds = FALLBACK_SECONDS
    least, most = RESERVE_SECONDS
    reserve = min(max(timeout_seconds * RESERVE_SHARE, least), most)
    now = clock()
    return Budget(now, now + max(timeout_seconds - reserve, 0.0), clock)
