"""What tests ask of runs, and how they compare inventories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from fc_inventory import handler as function
from fc_inventory.flow.run import INVENTORY
from fc_inventory.snapshots import read_snapshot
from tests.function.deployment import Deployment
from tests.function.flow.engine import Execution, Json, properties

RUN = "nightly-2026-11-24"
VOLATILE = ("role_session_name", "request_id")


def definition(**plan: int) -> Json:
    """Return the definition in flow/s.yaml, with other numbers in its plan step where *plan* has them."""
    machine: Json = properties(ACCOUNT_ID="1345678901234567")["definition"]
    (step,) = (state for state in machine["States"] if state["Name"] == "Plan")
    step["Parameters"]["body"]["plan"].update(plan)
    return machine


def execution(deployed: Deployment, timeout_seconds: float = 20, **plan: int) -> Execution:
    """Return an execution that invokes *deployed*, a new instance each time; a shard has *timeout_seconds*."""

    def invoke(event: Json) -> Json:
        function._instance = None
        return deployed.report(event, timeout_seconds=timeout_seconds if "shard" in event else 20)

    return Execution(definition(**plan), RUN, invoke)


def stored(shard_dir: Path, file: str = INVENTORY) -> list[Json]:
    """Return the outcomes in a file of the run, in the order of their places."""
    outcomes = read_snapshot(shard_dir / RUN / file).outcomes()
    return comparable([json.loads(msgspec.json.encode(outcome)) for outcome in outcomes])


def comparable(outcomes: list[Json]) -> list[Json]:
    """Return *outcomes* in one order, without what differs from invocation to invocation."""
    return sorted(map(_steady, outcomes), key=lambda outcome: (outcome["target"], outcome["region"]))


def _steady(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _steady(value) for name, value in node.items() if name not in VOLATILE}
    return [_steady(value) for value in node] if isinstance(node, list) else node
