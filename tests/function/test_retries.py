"""When and how often a failed call is asked again."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from fc_inventory import retries
from fc_inventory.budget import Budget
from fc_inventory.diagnosis import Failure, diagnose
from fc_inventory.errors import CloudError

THROTTLED = diagnose(Failure(operation="ListServices", host="h", role_arn="r", http_status=429, code="Throttling.User"))
DENIED = diagnose(Failure(operation="ListServices", host="h", role_arn="r", http_status=403, code="AccessDenied"))


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self.now += seconds
        self.sleeps.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in the place of sleep, and no jitter: the longest wait of each."""
    clock = Clock()
    monkeypatch.setattr("fc_inventory.retries.time", SimpleNamespace(sleep=clock.sleep))
    monkeypatch.setattr("fc_inventory.retries._random", SimpleNamespace(uniform=lambda _, most: most))
    return clock


def failing(error: CloudError, times: int) -> Callable[[], str]:
    left = [error] * times

    def attempt() -> str:
        if left:
            raise left.pop()
        return "answer"

    return attempt


def budget(clock: Clock, seconds: float) -> Budget:
    return Budget(0.0, seconds, lambda: clock.now)


def test_waits_double(clock: Clock) -> None:
    """Up to four waits, each at most twice as long as the one before."""
    assert retries.call_with_retries(failing(THROTTLED, 4), budget(clock, 60)) == "answer"

    assert clock.sleeps == [0.2, 0.4, 0.8, 1.6]


def test_the_fifth_failure_is_final(clock: Clock) -> None:
    """The last error is the one that is told."""
    with pytest.raises(CloudError) as failure:
        retries.call_with_retries(failing(THROTTLED, 5), budget(clock, 60))

    assert failure.value is THROTTLED
    assert len(clock.sleeps) == 4


def test_a_denial_is_not_asked_again(clock: Clock) -> None:
    """What cannot pass is not waited for."""
    with pytest.raises(CloudError):
        retries.call_with_retries(failing(DENIED, 1), budget(clock, 60))

    assert clock.sleeps == []


def test_no_wait_reaches_beyond_the_budget(clock: Clock) -> None:
    """Rather than wait past the end, the failure is told while there is time to."""
    with pytest.raises(CloudError):
        retries.call_with_retries(failing(THROTTLED, 4), budget(clock, 1.0))

    assert clock.sleeps == [0.2, 0.4]


@pytest.mark.parametrize(("asked_seconds", "waited_seconds"), [(0.3, 0.5), (3600.0, 5.2)])
def test_the_clouds_own_wait_is_kept(clock: Clock, asked_seconds: float, waited_seconds: float) -> None:
    """`x-acs-retry-after` is followed, up to five seconds, with a little jitter on top."""
    error = CloudError(THROTTLED.problem, retryable=True, retry_after_seconds=asked_seconds)

    retries.call_with_retries(failing(error, 1), budget(clock, 60))

    assert clock.sleeps == pytest.approx([waited_seconds])
