"""Many accounts at once: beside what the SDK itself reaches with as many threads, and beside one after another.

Each answer of the local cloud takes 20 ms, as over a network. The runs are processes of their own, in turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from benchmarks.alternatives import CALLER, LATENCY_SECONDS, REGION
from benchmarks.programs.fleet import Fleet, FleetTask
from benchmarks.servers import CLOUD, server

ROOT = Path(__file__).parents[1]
REGIONS = ("cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "eu-central-1")
THREADS = 32  # those of the function
CALLS_EACH = 1 + 3 * len(REGIONS)  # of an account: a session, and a page of each listing
ACCOUNTS, ROUNDS = 200, 3
FEW = 10  # accounts that are listed one after another, whose time is multiplied
SIZES = (10, 100, 1_000)
STORED_ACCOUNTS, STORED_FUNCTIONS = 1_000, 200


@contextmanager
def fleet(accounts: int, regions: Sequence[str] = REGIONS, functions: int = 3) -> Iterator[FleetTask]:
    """Run a local cloud with so many accounts, each with so many functions of FC 3.0 and a service in each region."""
    ids = [str(1_800_000_000_000_000 + number) for number in range(accounts)]
    world = ROOT / "build" / "benchmark-fleet.json"
    world.parent.mkdir(exist_ok=True)
    user = {
        "name": "caller",
        "policies": ["AliyunSTSAssumeRoleAccess"],
        "access_keys": [{"id": "LTAIbenchmark", "secret": "benchmark"}],
    }
    customers = [_customer(account, regions, functions) for account in ids]
    faults = [{"delay_seconds": LATENCY_SECONDS}]
    world.write_text(json.dumps({"faults": faults, "accounts": [{"id": CALLER, "users": [user]}, *customers]}))
    with server(*CLOUD, "--world", str(world)) as cloud:
        yield {
            "task": {
                "endpoint": f"http://127.0.0.1:{cloud.port}",
                "access_key_id": "LTAIbenchmark",
                "access_key_secret": "benchmark",
                "region": REGION,
                "targets": [{"account_id": account, "role_arn": f"acs:ram::{account}:role/reader"} for account in ids],
            },
            "regions": list(regions),
            "threads": THREADS,
        }


def _customer(account_id: str, regions: Sequence[str], functions: int) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{CALLER}:root"]}}
    role = {
        "name": "reader",
        "trust": {"Version": "1", "Statement": [statement]},
        "policies": ["AliyunFCReadOnlyAccess"],
    }
    held = {"services": [{"name": "service"}], "functions": [{"name": "function-{n:03}", "count": functions}]}
    return {"id": account_id, "roles": [role], "regions": [{"id": region, **held} for region in regions]}


def run(program: Literal["ours", "sdk"], task: FleetTask) -> Fleet:
    """Run a program as a process of its own, beside the core of the cloud. Raises RuntimeError where it fails."""
    command = [sys.executable, "-m", "benchmarks.programs.fleet", program]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: Fleet = json.loads(done.stdout)
    return found


def compare() -> list[str]:
    """Return rows: calls a second of the function, of the SDK with as many threads, and one after another."""
    with fleet(ACCOUNTS) as task:
        few: FleetTask = {**task, "threads": 1, "task": {**task["task"], "targets": task["task"]["targets"][:FEW]}}
        rounds = [(run("ours", task), run("sdk", task), run("sdk", few)) for _ in range(ROUNDS)]
    if any(ours["functions"] != sdk["functions"] for ours, sdk, _ in rounds):
        raise RuntimeError("the function and the SDKs don't count alike")
    calls = ACCOUNTS * CALLS_EACH
    ours = [calls / one["seconds"] for one, _, _ in rounds]
    ceiling = [calls / one["seconds"] for _, one, _ in rounds]
    alone = [FEW * CALLS_EACH / one["seconds"] for _, _, one in rounds]
    share = [mine / its for mine, its in zip(ours, ceiling, strict=True)]
    times = [mine / its for mine, its in zip(ours, alone, strict=True)]
    cpu = [one["cpu_seconds"] / its["cpu_seconds"] for one, its, _ in rounds]
    title = f"{ACCOUNTS} accounts x {len(REGIONS)} regions, calls a second"
    return [
        _row(title, "this function", ours, f"{statistics.median(cpu):.2f} of the SDK's CPU time"),
        _row(title, f"the SDK, {THREADS} threads", ceiling, f"this function has {statistics.median(share):.0%} of it"),
        _row(
            title,
            f"the SDK, one after another ({FEW} accounts)",
            alone,
            f"this function has {statistics.median(times):.1f} times that",
        ),
    ]


def _row(title: str, who: str, found: list[float], ratio: str) -> str:
    return f"| {title} | {who} | {statistics.median(found):,.0f} ({min(found):,.0f} to {max(found):,.0f}) | {ratio} |"


def grow() -> list[str]:
    """Return rows: how long the function takes for fleets of several sizes, in all regions."""
    seconds = {}
    for size in SIZES:
        with fleet(size) as task:
            seconds[size] = run("ours", task)["seconds"]
    title = f"accounts x {len(REGIONS)} regions, seconds"
    return [
        f"| {size:,} {title} | this function | {found:.2f} | {1000 * found / size:.1f} ms an account |"
        for size, found in seconds.items()
    ]


def store() -> list[str]:
    """Return rows: the greatest memory of a process that stores a fleet as a snapshot, and of one ten times as big."""
    found = {}
    for size in (STORED_ACCOUNTS // 10, STORED_ACCOUNTS):
        with fleet(size, (REGION,), STORED_FUNCTIONS) as task:
            found[size] = run("ours", task)
    title = f"accounts x {STORED_FUNCTIONS} functions into a snapshot, MB of memory"
    return [
        f"| {size:,} {title} | this function | {one['memory_mb']:.0f} | {one['seconds']:.1f} s |"
        for size, one in found.items()
    ]


def table() -> str:
    """Measure everything; return Markdown."""
    return "\n".join(["| what | who | measured | ratio |", "|---|---|---|---|", *compare(), *grow(), *store()])


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
