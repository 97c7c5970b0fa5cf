"""Asks again where that can help, with jittered waits, within the invocation's time: the SDKs by themselves do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

import tenacity

from fc_inventory import logs
from fc_inventory.budget import Budget
from fc_inventory.errors import CloudError

T = TypeVar("T")

MAX_ATTEMPTS = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0

_random = random.SystemRandom()  # the shared generator belongs to the host: a program that seeds it relies on it


def call_with_retries(attempt: Callable[[], T], budget: Budget, max_attempts: int = MAX_ATTEMPTS) -> T:
    """Return what *attempt* returns, or raise its CloudError once it is final, was the last, or no time is left."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, CloudError) and error.retryable),
        wait=_wait_seconds,
        stop=lambda state: state.attempt_number >= max_attempts or state.upcoming_sleep >= budget.remaining_seconds,
        before_sleep=_log_retry,
        reraise=True,
    )
    result: T = retrying(attempt)
    return result


def _wait_seconds(state: tenacity.RetryCallState) -> float:
    """Full jitter (a random share of a doubling wait), or what the cloud itself asked for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, CloudError) else None
    if asked is not None:
        return min(asked, LONGEST_WAIT_SECONDS) + _random.uniform(0, FIRST_WAIT_SECONDS)
    most = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1))
    return _random.uniform(0, most)


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, CloudError):
        problem = error.problem
        logs.warning("retrying", operation=problem.operation, host=problem.host, category=problem.category)
