"""When one instance is enough: how many accounts it can list in one invocation, from what an account costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.alternatives import FUNCTIONS_EACH, OURS, PROGRAMS, SERVICES, fleet, run

FEW, MANY = 30, 300
TIMEOUTS_SECONDS = (60, 600)
VCPUS = (0.35, 1.0)
MEMORY_MB = 512  # as in s.yaml
CALLS_AT_ONCE = 32  # fc_inventory.scan.MAX_THREADS
ANSWERS = 4  # a session, and a page of each of the three lists
LATENCIES_SECONDS = (0.02, 0.2)
SESSIONS_PER_SECOND = 90  # fc_inventory.scan.STS_PER_SECOND: below the 100 that STS documents
LISTING_SHARE = 0.9  # of the time-out; the rest is for the answer


@dataclass(frozen=True)
class Cost:
    """What listing takes: CPU seconds and MB at the start, and for each account."""

    start_cpu_seconds: float
    start_mb: float
    account_cpu_seconds: float
    account_mb: float


def measure() -> Cost:
    """Return the cost, from a run with few accounts and one with many."""
    runs = {}
    for size in (FEW, MANY):
        with fleet(size) as task:
            runs[size] = run(PROGRAMS[OURS], task)
    few, many = runs[FEW], runs[MANY]
    cpu_seconds = (many.cpu_seconds - few.cpu_seconds) / (MANY - FEW)
    megabytes = (many.memory_mb - few.memory_mb) / (MANY - FEW)
    return Cost(few.cpu_seconds - FEW * cpu_seconds, few.memory_mb - FEW * megabytes, cpu_seconds, megabytes)


def bounds(cost: Cost, timeout_seconds: float) -> Iterator[tuple[str, float]]:
    """Yield what bounds an invocation of *timeout_seconds*, and how many accounts it allows."""
    timeout_seconds *= LISTING_SHARE
    for vcpu in VCPUS:
        yield f"CPU, {vcpu:g} vCPU", (timeout_seconds * vcpu - cost.start_cpu_seconds) / cost.account_cpu_seconds
    yield f"sessions, {SESSIONS_PER_SECOND} a second", timeout_seconds * SESSIONS_PER_SECOND
    for latency in LATENCIES_SECONDS:
        waits = f"waiting, {1000 * latency:.0f} ms for an answer"
        yield waits, timeout_seconds * CALLS_AT_ONCE / (ANSWERS * latency)
    yield f"memory, {MEMORY_MB} MB, the answer kept whole", (MEMORY_MB - cost.start_mb) / cost.account_mb


def table() -> str:
    """Measure, and return Markdown: two significant digits, since nothing here is known better."""
    cost = measure()
    columns = [dict(bounds(cost, seconds)) for seconds in TIMEOUTS_SECONDS]
    titles = " | ".join(f"accounts in {seconds} s" for seconds in TIMEOUTS_SECONDS)
    lines = [f"| bounded by | {titles} |", "|---" * (1 + len(columns)) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{_rounded(column[name]):,}" for column in columns) + " |" for name in columns[0]
    ]
    told = (
        f"An account of {SERVICES} services and {SERVICES * FUNCTIONS_EACH} functions in one region took "
        f"{1000 * cost.account_cpu_seconds:.1f} ms of CPU and {1000 * cost.account_mb:.0f} KB, reading the answer "
        f"included (from {FEW} to {MANY} accounts)."
    )
    return "\n".join([*lines, "", told])


def _rounded(count: float) -> int:
    whole = max(0, math.floor(count))
    return round(whole, min(0, 2 - len(str(whole))))
