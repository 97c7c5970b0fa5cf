"""What a cold start costs: fresh processes in turns, each importing what a program needs and making its first calls.

Imports are what a user's program would import of the same SDKs, and of the older one, as pip installs them, byte code
included; the function's is `import index` and `initialize`, on the artefact as `make build` stages it. What is done
first is measured inside of the process, without the start of Python itself.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alternatives import ROOT, fleet
from benchmarks.environments import Environment, make_environments
from benchmarks.programs.task import Task

ROUNDS = 15
SLIM, FULL, CURRENT, OLDER = "this function", "… `make build FULL=1`", "current SDKs", "older SDK"

_TIMED = """
import time
def now(): return time.perf_counter(), time.process_time()
begun = now()
{imports}
imported = now()
{ready}
calling = now()
{calls}
called = now()
print(*(after - before for after, before in zip((*imported, *called), (*begun, *calling))))
"""
_OURS = """
import sys
from types import SimpleNamespace
sys.path.insert(0, {code!r})
import index
context = SimpleNamespace(request_id="benchmark", function=SimpleNamespace(timeout=60))
index.initialize(context)
"""
_CURRENT = """
import alibabacloud_sts20150401.client, alibabacloud_fc_open20210406.client, alibabacloud_fc20230330.client
"""
_CURRENT_READY = """
import json
from benchmarks.programs import current_sdks as program
task = json.loads({task!r})
"""
_CURRENT_CALLS = """
session = program.assume_role(task, task["targets"][0])
program.count_services(session), program.count_functions(session, "v2"), program.count_functions(session, "v3")
"""
_OLDER = """
import aliyunsdkcore.client
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest
"""


@dataclass(frozen=True)
class Start:
    """One cold start in seconds, wall and CPU: of the imports with what prepares the first call, and of that call."""

    wall: float
    cpu: float
    first_call_wall: float
    first_call_cpu: float


def table() -> str:
    """Measure everything; return Markdown."""
    lines = [
        "| runtime | what | import, ms | CPU, ms | of current SDKs | of older SDK | first call, CPU ms | zip, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with fleet(1, latency_seconds=0) as task:
        for environment in make_environments():
            lines += rows(environment, list(measure(environment, task)))
    return "\n".join(lines)


def measure(environment: Environment, task: Task) -> Iterator[dict[str, Start]]:
    """Yield, for each round, one cold start of each program; a round before the first warms the disk's cache."""
    programs = _programs(environment, task)
    for number in range(ROUNDS + 1):
        starts = {name: _start(python, script, task) for name, (python, script) in programs.items()}
        if number:
            yield starts


def _programs(environment: Environment, task: Task) -> dict[str, tuple[str, str]]:
    ready = _CURRENT_READY.format(task=json.dumps(task))
    invoke = 'assert \'"status":"complete"\' in index.handler(b"", context)'
    ours = {
        name: (environment.python, _TIMED.format(imports=_OURS.format(code=str(code)), ready="", calls=invoke))
        for name, code in ((SLIM, environment.slim), (FULL, environment.full))
    }
    return {
        **ours,
        CURRENT: (environment.current_sdks, _TIMED.format(imports=_CURRENT, ready=ready, calls=_CURRENT_CALLS)),
        OLDER: (environment.older_sdk, _TIMED.format(imports=_OLDER, ready="", calls="")),
    }


def _start(python: str, script: str, task: Task) -> Start:
    environ = {
        "PATH": os.environ["PATH"],
        "FC_INVENTORY_ENDPOINT": task["endpoint"],
        "FC_REGION": task["region"],
        "ROLE_ARN": task["targets"][0]["role_arn"],
        "LOG_LEVEL": "ERROR",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": task["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": task["access_key_secret"],
    }
    finished = subprocess.run(
        [python, "-c", script], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return Start(*map(float, finished.stdout.split()))


def rows(environment: Environment, rounds: list[dict[str, Start]]) -> Iterator[str]:
    """Yield a row for each program: medians, and medians of the ratios of wall times within a round."""
    for name in rounds[0]:
        wall, cpu, first = (
            1000 * statistics.median(getattr(starts[name], field) for starts in rounds)
            for field in ("wall", "cpu", "first_call_cpu")
        )
        ratios = (
            statistics.median(starts[name].wall / starts[other].wall for starts in rounds) for other in (CURRENT, OLDER)
        )
        shares = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        code = {SLIM: environment.slim, FULL: environment.full}.get(name)
        size = f"{_zip_megabytes(code):.1f}" if code else "-"
        called = f"{first:.1f}" if name != OLDER else "-"
        yield f"| {environment.runtime.name} | {name} | {wall:.0f} | {cpu:.0f} | {shares} | {called} | {size} |"


def _zip_megabytes(code: Path) -> float:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(code.rglob("*")):
            archive.write(path, path.relative_to(code))
    return len(packed.getvalue()) / 1e6


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
