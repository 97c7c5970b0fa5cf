"""What changed in one listing of one place, as far as both runs know it. Pure.

Nothing is called removed unless both runs listed it completely: what failed or ended early is unknown. A listing that
is complete for the first time is a baseline, not as many additions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from fc_inventory.difference import Baseline, Change, FieldChange, Unknown
from fc_inventory.listing import Function, Service
from fc_inventory.outcomes import Coverage, Outcome
from fc_inventory.snapshots import listing_of

FIELDS = frozenset(Service.__struct_fields__) | frozenset(Function.__struct_fields__)

Item = Service | Function


class Place(Protocol):
    """Where listings were taken: an outcome, or the entry of one."""

    @property
    def target(self) -> str: ...  # noqa: D102 - as in Outcome
    @property
    def account_id(self) -> str: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102
    @property
    def role_arn(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Side:
    """One listing of one run; `items` is None where none are known."""

    coverage: Coverage | None
    items: dict[tuple[str, str], Item] | None

    @property
    def is_complete(self) -> bool:
        """Whether every page was read."""
        return self.coverage is not None and self.coverage.extent == "complete"

    @property
    def was_asked(self) -> bool:
        """Whether the run tried."""
        return self.coverage is not None and self.coverage.extent != "not_asked"


def compare_listing(
    place: Outcome, old: Side, new: Side, fields: frozenset[str]
) -> Iterator[Change | Unknown | Baseline]:
    """Yield how the listing differs between its *old* and its *new* side, in those *fields* that both runs knew."""
    if old.items is not None and new.items is not None:
        yield from _changes(place, old, new, fields)
    assert new.coverage is not None  # noqa: S101 - it comes from there
    listing = listing_of(new.coverage)
    if new.is_complete and (old.is_complete or not old.was_asked):
        if not old.is_complete:
            yield _baseline(place, listing, new)
    elif new.was_asked or old.was_asked:
        yield name_unknown(
            place, listing, _why(new.coverage) if not new.is_complete else "not complete in the earlier run"
        )


def _changes(place: Outcome, old: Side, new: Side, fields: frozenset[str]) -> Iterator[Change]:
    before, now = old.items or {}, new.items or {}
    for key, item in now.items():
        earlier = before.get(key)
        if earlier is None:
            if old.is_complete:
                yield _change(place, "added", item)
        elif earlier != item:
            changed = tuple(_field_changes(earlier, item, fields))
            if changed:
                yield _change(place, "changed", item, changed)
    if old.is_complete and new.is_complete:
        yield from (_change(place, "removed", item) for key, item in before.items() if key not in now)


def _field_changes(old: Item, new: Item, fields: frozenset[str]) -> Iterator[FieldChange]:
    for name in new.__struct_fields__:
        before, now = getattr(old, name), getattr(new, name)
        is_unknown = name == "triggers" and (before is None or now is None)
        if name in fields and before != now and not is_unknown:
            yield FieldChange(name, before, now)


def _change(
    place: Outcome, kind: Literal["added", "removed", "changed"], item: Item, fields: tuple[FieldChange, ...] = ()
) -> Change:
    is_function = isinstance(item, Function)
    return Change(
        kind=kind,
        target=place.target,
        account_id=place.account_id,
        region=place.region,
        item="function" if is_function else "service",
        fc_version=item.fc_version if isinstance(item, Function) else "v2",
        service_name=item.service_name,
        function_name=item.function_name if isinstance(item, Function) else None,
        fields=fields,
        whole=None if fields else msgspec.to_builtins(item),
    )


def name_unknown(place: Place, listing: str, reason: str) -> Unknown:
    """Return that *listing* of *place* can't be compared as a whole."""
    return Unknown(
        target=place.target, account_id=place.account_id, region=place.region, listing=listing, reason=reason
    )


def _baseline(place: Place, listing: str, side: Side) -> Baseline:
    return Baseline(
        target=place.target,
        account_id=place.account_id,
        region=place.region,
        listing=listing,
        items=len(side.items or {}),
    )


def side_of(outcome: Outcome | None, like: Coverage) -> Side:
    """Return the listing of *outcome* that is the same as *like*."""
    coverage = (
        next((line for line in outcome.coverage if listing_of(line) == listing_of(like)), None) if outcome else None
    )
    if outcome is None or coverage is None or coverage.extent in ("failed", "not_asked"):
        return Side(coverage, None)
    items: tuple[Item, ...] = (
        outcome.services or ()
        if coverage.api == "ListServices"
        else tuple(each for each in outcome.functions or () if each.fc_version == coverage.fc_version)
    )
    return Side(coverage, {_name_of(item): item for item in items})


def _name_of(item: Item) -> tuple[str, str]:
    return item.service_name or "", item.function_name if isinstance(item, Function) else ""


def _why(coverage: Coverage) -> str:
    if coverage.extent == "not_asked":
        return coverage.reason or "not asked"
    return f"{coverage.extent}: {coverage.error.category}" if coverage.error else coverage.extent
