"""From the event of a step to its answer: plan, scan one shard, or merge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from fc_inventory import logs
from fc_inventory.credentials import SessionStore
from fc_inventory.cursor import Work
from fc_inventory.errors import RequestError
from fc_inventory.flow.plan import plan_run
from fc_inventory.flow.reduction import merge_run
from fc_inventory.flow.run import run_directory
from fc_inventory.flow.shape import Answer
from fc_inventory.flow.shard import scan_shard
from fc_inventory.flow.steps import MergeStep, PlanStep, parse_step
from fc_inventory.invocation import Invocation
from fc_inventory.scan import Scan
from fc_inventory.settings import Settings


def take_step(content: dict[str, Any], settings: Settings, sessions: SessionStore, invocation: Invocation) -> str:
    """Answer the event *content* of a step, as JSON text.

    Raises RequestError and SnapshotError, so that the engine sees the task fail: it doesn't read answers. That targets
    failed is no such failure; it is in the files.
    """
    step = parse_step(content)
    if settings.shard_dir is None:
        raise RequestError("SHARD_DIR is not set, so there is no place for a run's files", status=409)
    directory = run_directory(Path(settings.shard_dir), step.run)
    answer: Answer
    if isinstance(step, PlanStep):
        answer = plan_run(step, settings.targets, directory)
    elif isinstance(step, MergeStep):
        answer = merge_run(step, settings.targets, directory, invocation)
    else:
        scan = Scan(settings, sessions, Work(settings.targets), invocation)
        answer = scan_shard(step, scan, directory)
    logs.info("step_taken", step=next(iter(content)), run=step.run)
    return msgspec.json.encode(answer).decode()
