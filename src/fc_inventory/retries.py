"""Asks again where that can help, with jittered waits, within the invocation's time: the SDKs by themselves do not."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from fc_inventory import logs
from fc_inventory.budget import Budget
from fc_inventory.errors import CloudError

T = TypeVar("T")

MAX_ATTEMPTS = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0

_random = random.SystemRandom()  # the shared generator belongs to the host: a program that seeds it relies on it


def call_with_retries(attempt: Callable[[], T], budget: Budget, max_attempts: int = MAX_ATTEMPTS) -> T:
    """Return what *attempt* returns, or raise its CloudError once it is final, was the last, or no time is left."""
    for number in count(1):
        try:
            return attempt()
        except CloudError as error:
            wait_seconds = choose_wait(error, number, LONGEST_WAIT_SECONDS)
            if not error.retryable or number >= max_attempts or wait_seconds >= budget.remaining_seconds:
                raise
            log_retry(error)
        time.sleep(wait_seconds)
    raise AssertionError  # count() does not end


def log_retry(error: CloudError) -> None:
    """Tell the log that the call which ended in *error* will be made again."""
    problem = error.problem
    logs.warning("retrying", operation=problem.operation, host=problem.host, category=problem.category)


def choose_wait(error: CloudError, attempt: int, longest_asked_seconds: float) -> float:
    """Return the seconds to wait after the failed *attempt* (1 for the first).

    Full jitter (a random share of a doubling wait), or what the cloud itself asked for, up to *longest_asked_seconds*.
    """
    asked = error.retry_after_seconds
    if asked is not None:
        return min(asked, longest_asked_seconds) + _random.uniform(0, FIRST_WAIT_SECONDS)
    most = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
    return _random.uniform(0, most)
