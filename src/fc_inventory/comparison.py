"""What changed between two runs, place by place. Pure.

A target with another name, or with another role of the same account, is still the same: it is called renamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from fc_inventory.changes import FIELDS, Place, compare_listing, name_unknown, side_of
from fc_inventory.difference import Baseline, Change, Counts, Difference, DifferenceStatus, Renamed, Unknown
from fc_inventory.outcomes import Outcome
from fc_inventory.snapshots import listing_of

PlaceKey = tuple[str, ...]


def keys_of(place: Place) -> tuple[PlaceKey, ...]:
    """Return by what *place* is found again in another run, the surest first."""
    account, region = place.account_id, place.region
    return (
        (account, region, place.role_arn, place.target),
        (account, region, "role", place.role_arn),
        (account, region, "target", place.target),
    )


class Comparison:
    """Takes pairs of outcomes, one after the other; keeps at most *limit* changes, but counts all."""

    def __init__(self, limit: int | None = None, targets: Iterable[str] = ()) -> None:
        self._limit = limit
        self._counts: Counter[str] = Counter()
        self._changes: list[Change] = []
        self._unknown: list[Unknown] = []
        self._baselines: list[Baseline] = []
        self._renamed: set[tuple[str, str, str, str, str]] = set()
        self._targets = set(targets)  # names that are in use, whether or not they are compared

    def add(self, older: Outcome | None, newer: Outcome, fields: frozenset[str] = FIELDS) -> None:
        """Compare the same place in two runs, in those *fields* that both knew; *older* is None where there is none."""
        self._targets.add(newer.target)
        if older is not None and (older.target, older.role_arn) != (newer.target, newer.role_arn):
            self._renamed.add((newer.account_id, older.target, newer.target, older.role_arn, newer.role_arn))
        for coverage in (line for line in newer.coverage if line.api != "ListTriggers"):  # a field of functions
            found = tuple(compare_listing(newer, side_of(older, coverage), side_of(newer, coverage), fields))
            self._counts["unchanged"] += not found and coverage.extent != "not_asked"
            for each in found:
                self._keep(each)

    def miss(self, older: Place, listings: Iterable[str], reason: str = "not covered by the later run") -> None:
        """Note that the later run does not cover a place of the earlier one, which knew these *listings*."""
        for listing in listings:
            self._keep(name_unknown(older, listing, reason))

    def result(self, compared_with: Sequence[str] = ()) -> Difference:
        """Return what differs; *compared_with* names what the earlier states come from."""
        counts = Counts(
            added=self._counts["added"],
            removed=self._counts["removed"],
            changed=self._counts["changed"],
            unknown=len(self._unknown),
            baselines=len(self._baselines),
            unchanged_listings=self._counts["unchanged"],
        )
        return Difference(
            status=_status(counts),
            counts=counts,
            compared_with=tuple(sorted(compared_with)),
            changes=tuple(sorted(self._changes, key=_order)),
            unknown=tuple(sorted(self._unknown, key=attrgetter("target", "region", "listing"))),
            baselines=tuple(sorted(self._baselines, key=attrgetter("target", "region", "listing"))),
            renamed=tuple(_renamed(*names) for names in sorted(self._renamed) if self._is_real(names)),
        )

    def _keep(self, found: Change | Unknown | Baseline) -> None:
        if isinstance(found, Unknown):
            self._unknown.append(found)
        elif isinstance(found, Baseline):
            self._baselines.append(found)
        else:
            self._counts[found.kind] += 1
            if self._limit is None or len(self._changes) < self._limit:
                self._changes.append(found)

    def _is_real(self, names: tuple[str, str, str, str, str]) -> bool:
        """Tell whether a target is called otherwise, or whether two targets have the same role."""
        _, old_target, new_target, _, _ = names
        return old_target == new_target or old_target not in self._targets


def compare(older: Iterable[Outcome], newer: Iterable[Outcome]) -> Difference:
    """Return what changed from the outcomes of one run to those of a later one."""
    comparison = Comparison()
    before = {key: outcome for outcome in older for key in reversed(keys_of(outcome))}
    missed = {id(outcome): outcome for outcome in before.values()}
    for outcome in newer:
        earlier = next((before[key] for key in keys_of(outcome) if key in before), None)
        comparison.add(earlier, outcome)
        missed.pop(id(earlier), None)
    for outcome in missed.values():
        comparison.miss(outcome, (listing_of(line) for line in outcome.coverage if line.extent != "not_asked"))
    return comparison.result()


def _renamed(account_id: str, old_target: str, new_target: str, old_role_arn: str, new_role_arn: str) -> Renamed:
    return Renamed(
        account_id=account_id,
        old_target=old_target,
        new_target=new_target,
        old_role_arn=old_role_arn,
        new_role_arn=new_role_arn,
    )


def _order(change: Change) -> tuple[Any, ...]:
    return change.target, change.region, change.item, change.service_name or "", change.function_name or "", change.kind


def _status(counts: Counts) -> DifferenceStatus:
    if counts.added or counts.removed or counts.changed:
        return "changed"
    return "unknown" if counts.unknown else "baseline" if counts.baselines else "unchanged"
