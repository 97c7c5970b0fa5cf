"""The shape of what changed between two runs. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

DifferenceStatus = Literal["changed", "unknown", "baseline", "unchanged"]


class FieldChange(msgspec.Struct, frozen=True):
    """One field of an item, before and after."""

    field: str
    old: Any
    new: Any


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An item that came, went or is another now.

    Attributes:
        kind: `added`, `removed` or `changed`.
        target: the target's name in the later run; with `account_id` and `region` the place.
        item: `service` or `function`; named by `service_name` (FC 2.0) and `function_name` (None for a service).
        fields: what changed; empty unless `kind` is `changed`.
        whole: the item as the report has it, where it came or went.
    """

    kind: Literal["added", "removed", "changed"]
    target: str
    account_id: str
    region: str
    item: Literal["service", "function"]
    fc_version: Literal["v2", "v3"]
    service_name: str | None
    function_name: str | None
    fields: tuple[FieldChange, ...] = ()
    whole: dict[str, Any] | None = None


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A listing (`ListFunctions v3`) that can't be compared as a whole: what is gone from it, nobody knows."""

    target: str
    account_id: str
    region: str
    listing: str
    reason: str


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """A listing that is complete and has no earlier state to be compared with; later runs are compared with it."""

    target: str
    account_id: str
    region: str
    listing: str
    items: int


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """A target of the same account that has another name, or another role, than before."""

    account_id: str
    old_target: str
    new_target: str
    old_role_arn: str
    new_role_arn: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each there are, whether or not all of them stand in the difference."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    unknown: int = 0
    baselines: int = 0
    unchanged_listings: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is different.

    Attributes:
        status: `changed` where anything is known to be; else `unknown` where anything is; else `baseline` where
            something is seen for the first time; else `unchanged`.
        counts: of everything, what is left out below included.
        compared_with: the names of the snapshots that hold the earlier states.
        changes: by target, region and name.
        unknown: listings that can't be compared as a whole.
        baselines: listings that are complete for the first time.
        renamed: targets that are known under another name or by another role.
    """

    status: DifferenceStatus
    counts: Counts
    compared_with: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    renamed: tuple[Renamed, ...] = ()
