"""What a user would take instead, beside this project's function: whole processes, against the same local cloud.

Each answer of the cloud takes 20 ms, as over a network. The programs take turns, so that the ratios hold where the
machine does something else, too; what they counted is checked against the world.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs.task import Count, Task
from benchmarks.servers import CLOUD, server

ROOT = Path(__file__).parents[1]
REGION = "cn-hangzhou"
CALLER = "1900000000000001"
LATENCY_SECONDS = 0.02
SERVICES, FUNCTIONS_EACH = 10, 5
ONE_TARGET_ROUNDS, MANY_TARGETS, MANY_ROUNDS = 9, 50, 3
NODE_PACKAGES = "@alicloud/pop-core@1.8.0 @alicloud/fc2@2.6.6"

OURS = "this function"
PROGRAMS: dict[str, tuple[str, ...]] = {
    OURS: (sys.executable, "-m", "benchmarks.programs.ours"),
    "current SDKs, a plain loop": (sys.executable, "-m", "benchmarks.programs.current_sdks"),
    "older Python SDK + aliyun-fc2": (sys.executable, "-m", "benchmarks.programs.older_sdk"),
    "Node pop-core + fc2": ("node", str(ROOT / "benchmarks" / "programs" / "pop_core.js")),
}


@dataclass(frozen=True)
class Run:
    """One run of a program as a whole process: wall time and CPU time in seconds, greatest memory in MB."""

    wall_seconds: float
    cpu_seconds: float
    memory_mb: float


def available() -> dict[str, tuple[str, ...]]:
    """Return the programs that can run here; the Node one needs its packages in build/node_modules."""
    has_node = shutil.which("node") and (ROOT / "build" / "node_modules" / "@alicloud" / "fc2").is_dir()
    return {name: command for name, command in PROGRAMS.items() if command[0] != "node" or has_node}


def compare(targets: int, rounds: int) -> Iterator[dict[str, Run]]:
    """Yield, for each of *rounds*, how each program did with *targets* accounts."""
    with fleet(targets) as task:
        for _ in range(rounds):
            yield {name: run(command, task) for name, command in available().items()}


@contextmanager
def fleet(
    targets: int,
    *,
    services: int = SERVICES,
    functions_each: int = FUNCTIONS_EACH,
    latency_seconds: float = LATENCY_SECONDS,
) -> Iterator[Task]:
    """Run a local cloud with *targets* accounts that trust one caller; give the task of listing them."""
    accounts = [str(1_800_000_000_000_000 + number) for number in range(targets)]
    world = ROOT / "build" / "benchmark-world.json"
    world.parent.mkdir(exist_ok=True)
    world.write_text(json.dumps({
        "faults": [{"delay_seconds": latency_seconds}] if latency_seconds else [],
        "accounts": [_caller(), *(_customer(account, services, functions_each) for account in accounts)],
    }))  # fmt: skip
    with server(*CLOUD, "--world", str(world)) as cloud:
        yield {
            "endpoint": f"http://127.0.0.1:{cloud.port}",
            "access_key_id": "LTAIbenchmark",
            "access_key_secret": "benchmark",
            "region": REGION,
            "targets": [{"account_id": account, "role_arn": f"acs:ram::{account}:role/reader"} for account in accounts],
        }


def _caller() -> dict[str, object]:
    key = {"id": "LTAIbenchmark", "secret": "benchmark"}
    user = {"name": "caller", "policies": ["AliyunSTSAssumeRoleAccess"], "access_keys": [key]}
    return {"id": CALLER, "users": [user]}


def _customer(account_id: str, count: int, functions_each: int) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{CALLER}:root"]}}
    role = {
        "name": "reader",
        "trust": {"Version": "1", "Statement": [statement]},
        "policies": ["AliyunFCReadOnlyAccess"],
    }
    functions = [{"name": "function-{n:03}", "count": functions_each}]
    services = [{"name": "service-{n:03}", "count": count, "functions": functions if functions_each else []}]
    return {"id": account_id, "roles": [role], "regions": [{"id": REGION, "services": services}]}


def run(command: tuple[str, ...], task: Task) -> Run:
    """Run a program as a process of its own. Raises RuntimeError where it does not see all that there is."""
    environ = {"PATH": os.environ["PATH"], "NODE_PATH": str(ROOT / "build" / "node_modules")}
    launched = [sys.executable, "-S", str(ROOT / "benchmarks" / "launch.py"), *command]
    done = subprocess.run(
        launched, cwd=ROOT, env=environ, input=json.dumps(task), capture_output=True, text=True, check=False
    )
    targets = len(task["targets"])
    expected: Count = {"services": targets * SERVICES, "functions": targets * SERVICES * FUNCTIONS_EACH}
    if done.returncode or json.loads(done.stdout) != expected:
        raise RuntimeError(
            f"{command}: exit status {done.returncode}, {done.stdout!r} and not {expected}: {done.stderr}"
        )
    return Run(**json.loads(done.stderr.rpartition("\n")[2]))


def rows(title: str, rounds: list[dict[str, Run]]) -> list[str]:
    """Return the rows of a Markdown table, one for each program: medians, and how much longer than ours."""
    lines = []
    for name in rounds[0]:
        wall, cpu, memory = (
            statistics.median(getattr(found[name], field) for found in rounds)
            for field in ("wall_seconds", "cpu_seconds", "memory_mb")
        )
        ratio = statistics.median(found[name].wall_seconds / found[OURS].wall_seconds for found in rounds)
        lines.append(f"| {title} | {name} | {wall:.2f} | {ratio:.1f} | {cpu:.2f} | {memory:.0f} |")
    return lines


def table() -> str:
    """Measure everything; return Markdown."""
    one = list(compare(1, ONE_TARGET_ROUNDS))
    many = list(compare(MANY_TARGETS, MANY_ROUNDS))
    return "\n".join(
        [
            "| task | program | wall, s | times ours | CPU, s | memory, MB |",
            "|---|---|---|---|---|---|",
            *rows("1 account, cold process", one),
            *rows(f"{MANY_TARGETS} accounts, cold process", many),
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
