"""What a warm call of the function costs on top of the SDKs' own calls: CPU time, against the local cloud.

Two processes take turns on one core: one invokes the function again and again, the other makes the same calls with the
same SDKs, as installed, one after the other, and does nothing with the answers. The server runs on the other core.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from benchmarks.alternatives import ROOT, fleet
from benchmarks.programs import current_sdks
from benchmarks.programs.task import Task
from benchmarks.servers import pin

ROUNDS, CALLS = 15, 20
WANTED_SHARE = 0.15
SIZES = {  # services, functions in each, FINDINGS
    "100 services without functions, a finding about each": (100, 0, "on"),
    "100 services without functions, `FINDINGS=off`": (100, 0, "off"),
    "100 services with 5 functions each": (100, 5, "on"),
}


def table() -> str:
    """Measure everything; return Markdown."""
    return "\n".join(
        ["| one warm call | function, CPU ms | SDKs' calls, CPU ms | on top |", "|---|---|---|---|", *rows()]
    )


def rows() -> Iterator[str]:
    """Yield a row for each size: medians of the milliseconds, and the median of how much more the function takes."""
    for name, (services, functions_each, findings) in SIZES.items():
        os.environ["FINDINGS"] = findings
        pairs = list(measure(services, functions_each))
        ours, theirs = (statistics.median(found) for found in zip(*pairs, strict=True))
        more = statistics.median(mine / its - 1 for mine, its in pairs)
        yield f"| {name} | {1000 * ours:.2f} | {1000 * theirs:.2f} | {more:+.0%} (wanted: below {WANTED_SHARE:.0%}) |"


def measure(services: int, functions_each: int) -> Iterator[tuple[float, float]]:
    """Yield for each round the CPU seconds of one call: the function's, and the SDKs'."""
    with (
        fleet(1, services=services, functions_each=functions_each, latency_seconds=0) as task,
        _worker("function", task) as ours,
        _worker("sdks", task) as theirs,
    ):
        for number in range(ROUNDS + 1):
            pair = ours(), theirs()
            if number:  # the first round warms up
                yield pair


@contextmanager
def _worker(name: str, task: Task) -> Iterator[Callable[[], float]]:
    """Run a process that makes so many calls each time it is asked; give the function that asks it."""
    command = [sys.executable, "-m", "benchmarks.warm_call", name]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe, as asked for
        assert process.stdout is not None  # noqa: S101 - the same
        given, told = process.stdin, process.stdout
        given.write(json.dumps(task) + "\n")

        def ask() -> float:
            given.write("\n")
            given.flush()
            return float(told.readline())

        yield ask
        given.close()


def _work(call: Callable[[], object]) -> None:
    """Make so many calls for each line of standard input; print the CPU seconds that one took, all threads included."""
    for _ in sys.stdin:
        begun = time.process_time()
        for _ in range(CALLS):
            call()
        sys.stdout.write(f"{(time.process_time() - begun) / CALLS}\n")
        sys.stdout.flush()


def _function(task: Task) -> Callable[[], object]:
    (target,) = task["targets"]
    os.environ.update(
        FC_INVENTORY_ENDPOINT=task["endpoint"],
        FC_REGION=task["region"],
        ROLE_ARN=target["role_arn"],
        LOG_LEVEL="WARNING",
        ALIBABA_CLOUD_ACCESS_KEY_ID=task["access_key_id"],
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=task["access_key_secret"],
    )
    sys.path.insert(0, str(ROOT / "src"))
    import index  # noqa: PLC0415 - it needs the path above

    context = SimpleNamespace(request_id="benchmark", function=SimpleNamespace(timeout=600))
    index.initialize(context)
    if json.loads(index.handler(b"", context))["status"] != "complete":
        sys.exit("the function did not see all")
    return lambda: index.handler(b"", context)


def _sdks(task: Task) -> Callable[[], object]:
    session = current_sdks.assume_role(task, task["targets"][0])

    def call() -> int:
        return current_sdks.count_services(session) + sum(
            current_sdks.count_functions(session, version) for version in ("v2", "v3")
        )

    return call


if __name__ == "__main__":
    pin(1)
    if len(sys.argv) > 1:
        _work({"function": _function, "sdks": _sdks}[sys.argv[1]](json.loads(sys.stdin.readline())))
    else:
        sys.stdout.write(table() + "\n")
