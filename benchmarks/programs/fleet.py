"""A fleet of accounts, listed by this function's scan into a file, or by the SDKs alone: `… fleet ours|sdk`.

The task stands in JSON on standard input; the answer says how long the listing took, imports left out, the greatest
memory of the process, and how many functions there were.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypedDict

from benchmarks.programs.current_sdks import assume_role, count_functions, count_services
from benchmarks.programs.task import Target, Task


class FleetTask(TypedDict):
    """What is listed: each of the targets in each of the regions, by so many threads (the function has its own)."""

    task: Task
    regions: list[str]
    threads: int


class Fleet(TypedDict):
    """What it took."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    functions: int


def prepare_sdk(fleet: FleetTask) -> Callable[[], int]:
    """Return what makes the calls that the function would make, by as many threads, and only counts what is in them.

    All go to one region: that is where a local cloud sends clients that only change the endpoint.
    """
    task = fleet["task"]

    def list_one(target: Target) -> list[Callable[[], int]]:
        session = assume_role(task, target)
        listings: list[Callable[[], int]] = [
            lambda: count_services(session) * 0,
            lambda: count_functions(session, "v2"),
            lambda: count_functions(session, "v3"),
        ]
        return listings * len(fleet["regions"])

    def list_all() -> int:
        with ThreadPoolExecutor(fleet["threads"]) as threads:
            listings = [call for calls in threads.map(list_one, task["targets"]) for call in calls]
            return sum(threads.map(lambda call: call(), listings))

    return list_all


def prepare_ours(fleet: FleetTask) -> Callable[[], int]:
    """Return what scans as the function does, into a snapshot, whose functions it counts."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
    from fc_inventory import logs, sdk  # noqa: PLC0415 - it needs the path above, as all the following
    from fc_inventory.budget import Budget  # noqa: PLC0415
    from fc_inventory.credentials import SessionStore  # noqa: PLC0415
    from fc_inventory.cursor import Work  # noqa: PLC0415
    from fc_inventory.invocation import Invocation  # noqa: PLC0415
    from fc_inventory.report import tally_today  # noqa: PLC0415
    from fc_inventory.scan import Scan, iterate_outcomes  # noqa: PLC0415
    from fc_inventory.settings import load_settings, runtime_keys  # noqa: PLC0415
    from fc_inventory.snapshots import SnapshotWriter  # noqa: PLC0415

    os.environ.update(environ_of(fleet))
    settings = load_settings()
    logs.configure("ERROR")
    sdk.prepare()

    def list_all() -> int:
        now = time.monotonic()
        budget = Budget(now, now + 600)
        invocation = Invocation(request_id="benchmark", budget=budget, is_retry=False, caller=runtime_keys(None))
        tally = tally_today(())
        with SnapshotWriter() as writer, tempfile.TemporaryDirectory() as folder:
            for outcome in iterate_outcomes(Scan(settings, SessionStore(), Work(settings.targets), invocation)):
                writer.write(outcome)
                tally.add(outcome)
            head = tally.head_now(invocation)
            writer.finish(head, Path(folder) / "fleet.ndjson.gz")
        if head.status != "complete":
            raise RuntimeError(str(head.summary))
        return head.summary.functions_v2 + head.summary.functions_v3

    return list_all


def environ_of(fleet: FleetTask) -> dict[str, str]:
    """Return the function's settings, and its keys."""
    task = fleet["task"]
    targets = [
        {"name": target["account_id"], "role_arn": target["role_arn"], "regions": fleet["regions"]}
        for target in task["targets"]
    ]
    return {
        "FC_INVENTORY_ENDPOINT": task["endpoint"],
        "FC_REGION": task["region"],
        "TARGETS": json.dumps({"version": 1, "targets": targets}),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": task["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": task["access_key_secret"],
    }


def greatest_megabytes() -> float:
    """Return the most memory that this program had; `getrusage` would count in the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Read the task, do it, print what it took."""
    fleet: FleetTask = json.load(sys.stdin)
    list_all = {"ours": prepare_ours, "sdk": prepare_sdk}[sys.argv[1]](fleet)
    begun, cpu_begun = time.perf_counter(), time.process_time()
    functions = list_all()
    answer: Fleet = {
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu_begun,
        "memory_mb": greatest_megabytes(),
        "functions": functions,
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
