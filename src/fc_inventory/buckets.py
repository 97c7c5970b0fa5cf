"""How fast calls may follow one another: a token bucket that learns from throttling. Pure: the time is handed in."""

from __future__ import annotations

SLOWEST_PER_SECOND = 0.5
RECOVERY_SHARE = 0.05  # of the highest rate, regained each second: from the bottom to the top in 20 seconds
SHORTEST_WAIT_SECONDS = 0.001


class Bucket:
    """Calls under one quota. In any *t* seconds at most `rate * t + burst` are let through, less after throttling.

    A throttling answer halves the rate, once for all the calls that were on their way then; each second without one
    gives a little back. Times are seconds of one monotonic clock.
    """

    def __init__(self, per_second: float, burst: float) -> None:
        self._highest, self._burst = per_second, burst
        self._tokens = burst
        self._counted_at: float | None = None
        self._slowed_at = float("-inf")
        self.per_second = per_second

    def take(self, now: float) -> float:
        """Take one call and return 0, or return the seconds until there may be one."""
        self._count(now)
        if now >= self._counted and self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        wait_seconds = self._counted - now + max(0.0, 1 - self._tokens) / self.per_second
        return max(wait_seconds, SHORTEST_WAIT_SECONDS)

    def slow_down(self, now: float, began_at: float, closed_seconds: float = 0.0) -> None:
        """Learn that a call which began at *began_at* was throttled, and let none through for *closed_seconds*."""
        self._count(now)
        if began_at >= self._slowed_at:
            self.per_second = max(self.per_second / 2, SLOWEST_PER_SECOND)
            self._tokens, self._slowed_at = 0.0, now
        if closed_seconds:
            self._tokens, self._counted_at = 0.0, max(self._counted, now + closed_seconds)

    @property
    def _counted(self) -> float:
        return self._counted_at if self._counted_at is not None else 0.0

    def _count(self, now: float) -> None:
        """Add the tokens of the time that went by; while the bucket is closed, none does."""
        elapsed = 0.0 if self._counted_at is None else max(0.0, now - self._counted_at)
        self._tokens = min(self._burst, self._tokens + elapsed * self.per_second)
        self.per_second = min(self._highest, self.per_second + elapsed * self._highest * RECOVERY_SHARE)
        self._counted_at = now if self._counted_at is None else max(self._counted_at, now)
