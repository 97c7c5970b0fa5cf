"""Cold starts by the hundred, each a process of its own whose threads take turns as on a busy machine.

`python -m tests.function.cold_starts COUNT EVENT` prints how they ended, as JSON such as `{"answered": 200}`; others
are `signal 11` and `exit status 1`. The deployment is in the environment. Every process is a fork of this one, which
has imported the function and done nothing with it, as if Function Compute had frozen it there.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import index

AT_ONCE = 4
INVOCATIONS = 2  # of one instance, which has an instance concurrency
SWITCH_SECONDS = 1e-6


def start_cold(event: bytes) -> bool:
    """Answer *event* on a new instance, by as many threads as it takes at once; return whether all were answered."""
    sys.setswitchinterval(SWITCH_SECONDS)
    context = SimpleNamespace(request_id="1-64e70cf1-5cbef92e-000000000001")
    index.initialize(context)
    together = Barrier(INVOCATIONS)

    def invoke(_: int) -> str:
        together.wait()
        return index.handler(event, context)

    with ThreadPoolExecutor(INVOCATIONS) as threads:
        return all("status" in json.loads(answer) for answer in threads.map(invoke, range(INVOCATIONS)))


def fork(event: bytes) -> None:
    """Begin a cold start in a process of its own, whose exit status tells how it ended."""
    if os.fork():
        return
    status = 1
    try:
        status = 0 if start_cold(event) else 2
    finally:
        os._exit(status)


def wait() -> str:
    """Wait for any of the cold starts, and return how it ended."""
    code = os.waitstatus_to_exitcode(os.wait()[1])
    if code < 0:
        return f"signal {-code}"
    return "answered" if code == 0 else f"exit status {code}"


def main(count: int, event: bytes) -> None:
    """Start *count* times, a few at once, and print how they ended."""
    endings: Counter[str] = Counter()
    for number in range(count):
        if number >= AT_ONCE:
            endings[wait()] += 1
        fork(event)
    for _ in range(min(count, AT_ONCE)):
        endings[wait()] += 1
    sys.stdout.write(f"{json.dumps(endings)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), os.fsencode(sys.argv[2]))
