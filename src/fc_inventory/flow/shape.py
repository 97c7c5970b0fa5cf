"""What the steps of a flow answer. Owns the answers' shape, published as `schemas/flow.schema.json`. Pure.

An answer passes between states, so it is small: CloudFlow fails an execution where one has more than 64 KiB
(https://www.alibabacloud.com/help/en/serverless-workflow/latest/input-and-output). What was found is in the files.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fc_inventory.documents import published_schema
from fc_inventory.flow.steps import ShardStep
from fc_inventory.outcomes import Status
from fc_inventory.report import Summary

MAX_NAMED = 50  # places or files that an answer names; their number is told beside


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next.

    Attributes:
        next: `scan` where there are shards to scan, else `merge`.
        run: the name of the run.
        round: the number of the round after this one.
        shards: the events of the shards to scan; those that have nothing left to do are not among them.
    """

    next: Literal["scan", "merge"]
    run: str
    round: int
    shards: tuple[ShardStep, ...]


class ShardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one invocation for one shard has stored.

    Attributes:
        run: the name of the run.
        number: the number of the shard.
        of: how many shards there are.
        finished: False where the time ran out: the same event again goes on.
        status: `complete`, `failed` (every outcome failed), or `partial`.
        summary: what the outcomes of this invocation add up to.
        file: the name of the file in the run's directory that has them.
    """

    run: str
    number: int
    of: int
    finished: bool
    status: Status
    summary: Summary
    file: str


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a shard that can't be used, or not whole, and why."""

    file: str
    reason: str


class MergeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run.

    Attributes:
        run: the name of the run.
        status: `complete`, `failed` (every outcome failed), or `partial`.
        summary: what all outcomes add up to; each configured target and region has one.
        file: the name of the file in the run's directory that has them: a snapshot.
        missing: how many targets and regions no shard has told anything about; their outcomes are `failed`.
        missing_places: the first of them, `target/region`.
        unreadable: how many files of shards can't be used, or not whole.
        unreadable_files: the first of them.
    """

    run: str
    status: Status
    summary: Summary
    file: str
    missing: int
    missing_places: tuple[str, ...]
    unreadable: int
    unreadable_files: tuple[Unreadable, ...]


Answer = PlanAnswer | ShardAnswer | MergeAnswer


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an answer: that of any of the steps."""
    steps = published_schema(tuple[PlanAnswer, ShardAnswer, MergeAnswer], "fc-inventory flow")
    return {**{name: steps[name] for name in ("$schema", "title", "$defs")}, "anyOf": steps["prefixItems"]}
