"""Several reports made one: of shards, of the parts that a cursor led through, of runs that were repeated. Pure.

A *part* is what one report says of one listing: an API in a region of a target, from `first_page` on. Two parts of the
same listing that begin at the same page are two accounts of the same thing, and the one that says more is kept; where
neither reaches the end, both are, since a third one may go on from either. So a merge is a union: the order and the
grouping of reports don't matter, a report that comes twice counts once, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from fc_inventory.outcomes import Coverage, Extent, Outcome, outcome_status
from fc_inventory.report import Report, assemble_report

Place = tuple[str, str, str]  # target, region and role: a target that changed its role is another place
Key = tuple[str, str, int]  # API, version of Function Compute and first page: a part of a place
_EXTENTS = ("not_asked", "failed", "partial", "rest", "complete")  # by how much they say


@dataclass(frozen=True)
class _Part:
    """One listing of one outcome: its coverage and its items.

    `triggers` is the coverage of the triggers that the items, functions, carry: they stay together.
    """

    coverage: Coverage
    items: tuple[Any, ...] | None
    triggers: Coverage | None = None

    @property
    def key(self) -> Key:
        """Which listing this is, and from where on."""
        return self.coverage.api, self.coverage.fc_version, self.coverage.first_page

    @property
    def is_end(self) -> bool:
        """Whether no page of the listing follows."""
        return self.coverage.extent in ("complete", "rest")

    @property
    def next_page(self) -> int:
        """The first page that it does not have."""
        return self.coverage.first_page + self.coverage.pages

    @property
    def weight(self) -> tuple[int, int, int, int, int, int, bytes]:
        """How much it says; among equals an arbitrary order, the same whoever compares."""
        everything = msgspec.json.encode((self.coverage, self.items, self.triggers))
        return *_size(self.coverage), *_size(self.triggers), everything


def _size(line: Coverage | None) -> tuple[int, int, int]:
    return (_EXTENTS.index(line.extent), line.pages, line.items) if line else (-1, 0, 0)


def merge_reports(reports: Iterable[Report]) -> Report:
    """Return one report of all that *reports*, at least one, say; its outcomes stand in the order of target and region.

    A place stands there once for each of its parts that begin at different pages: `settle` joins those. When and by
    whom it was made is taken from the newest report; it has no cursor, since each of the reports may have one. What is
    worth a look is found anew, by the rules that any of the reports was made with.
    """
    parts = tuple(reports)
    by_place = _by_place(outcome for report in parts for outcome in report.outcomes)
    newest = max(parts, key=lambda report: (report.generated_at, report.request_id))
    return assemble_report(
        tuple(outcome for place in sorted(by_place) for outcome in union(by_place[place])),
        request_id=newest.request_id,
        generated_at=newest.generated_at,
        duration_ms=max(report.duration_ms for report in parts),
        rules={rule for report in parts for rule in report.rules},
    )


def settle(report: Report) -> Report:
    """Return *report* with one outcome for each place, its parts joined as far as they follow each other."""
    return assemble_report(
        tuple(settle_outcomes(outcomes) for outcomes in _by_place(report.outcomes).values()),
        request_id=report.request_id,
        generated_at=report.generated_at,
        duration_ms=report.duration_ms,
        rules=report.rules,
    )


def union(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the parts of one place without doubles: the first outcome holds each listing's first part, and so on."""
    chosen = _choose(outcomes)
    columns = [
        [part for key, parts in chosen.items() if key[:2] == listing for part in parts] for listing in _listings(chosen)
    ]
    frame = _frame(outcomes)
    return tuple(_outcome(frame, [part for part in row if part]) for row in zip_longest(*columns))


def settle_outcomes(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the one outcome that the parts of one place, in any order, add up to."""
    chosen = _choose(outcomes)
    return _outcome(_frame(outcomes), [_join(_chain(chosen, listing)) for listing in _listings(chosen)])


def place_of(outcome: Outcome) -> Place:
    """Return what tells the outcomes that can be merged from others."""
    return outcome.target, outcome.region, outcome.role_arn


def _by_place(outcomes: Iterable[Outcome]) -> dict[Place, list[Outcome]]:
    by_place: dict[Place, list[Outcome]] = {}
    for outcome in outcomes:
        by_place.setdefault(place_of(outcome), []).append(outcome)
    return by_place


def _frame(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome whose alias, tags and session name are kept: the same whoever merges first."""
    return max(
        outcomes,
        key=lambda one: msgspec.json.encode((one.role_session_name, one.account_alias, one.tags), order="sorted"),
    )


def _choose(outcomes: Iterable[Outcome]) -> dict[Key, tuple[_Part, ...]]:
    """Return the parts that say most, for each listing and first page, in their order."""
    by_key: dict[Key, list[_Part]] = {}
    for outcome in outcomes:
        for part in _parts(outcome):
            by_key.setdefault(part.key, []).append(part)
    return {key: _useful(by_key[key]) for key in sorted(by_key)}


def _useful(parts: list[_Part]) -> tuple[_Part, ...]:
    """Return which of *parts*, all from the same page on, say most: one, or one for each page that may be the next."""
    heaviest = _heaviest(parts)
    if heaviest.is_end or not heaviest.coverage.pages:
        return (heaviest,)
    by_next: dict[int, list[_Part]] = {}
    for part in parts:
        by_next.setdefault(part.next_page, []).append(part)
    return tuple(_heaviest(by_next[page]) for page in sorted(by_next) if page > heaviest.coverage.first_page)


def _heaviest(parts: list[_Part]) -> _Part:
    return parts[0] if len(parts) == 1 else max(parts, key=lambda part: part.weight)


def _parts(outcome: Outcome) -> Iterator[_Part]:
    triggers = {line.fc_version: line for line in outcome.coverage if line.api == "ListTriggers"}
    for line in outcome.coverage:
        if line.api != "ListTriggers":
            known = _items(outcome, line) if line.pages else None
            yield _Part(line, known, triggers.get(line.fc_version) if line.api == "ListFunctions" else None)


def _items(outcome: Outcome, line: Coverage) -> tuple[Any, ...]:
    if line.api == "ListServices":
        return outcome.services or ()
    return tuple(function for function in outcome.functions or () if function.fc_version == line.fc_version)


def _listings(chosen: Iterable[Key]) -> list[tuple[str, str]]:
    """Return the listings in a report's order: ListServices, the functions of FC 2.0, those of FC 3.0."""
    return sorted({(api, version) for api, version, _ in chosen}, key=lambda one: (one[0] != "ListServices", one))


def _chain(chosen: dict[Key, tuple[_Part, ...]], listing: tuple[str, str]) -> list[_Part]:
    """Return the parts of *listing* that follow each other from its first known page on, and say most; at least one."""
    best: dict[int, list[_Part]] = {}  # by the page that they begin at
    for key in sorted((key for key in chosen if key[:2] == listing), reverse=True):
        chains = [[part, *(() if part.is_end else best.get(part.next_page, ()))] for part in chosen[key]]
        best[key[2]] = chains[0] if len(chains) == 1 else max(chains, key=_reach)
    return best[min(best)]


def _reach(chain: list[_Part]) -> tuple[bool, int, list[Any]]:
    """Return how far *chain* comes; among equals an arbitrary order, the same whoever compares."""
    return chain[-1].is_end, chain[-1].next_page, [part.weight for part in chain]


def _join(parts: list[_Part]) -> _Part:
    first, last = parts[0].coverage, parts[-1].coverage
    pages = sum(part.coverage.pages for part in parts)
    coverage = msgspec.structs.replace(
        last,
        extent=_joined_extent(first, last, pages),
        first_page=first.first_page,
        pages=pages,
        items=sum(part.coverage.items for part in parts),
    )
    items = tuple(item for part in parts for item in part.items or ()) if pages else None
    return _Part(coverage, items, _join_triggers(parts, coverage))


def _joined_extent(first: Coverage, last: Coverage, pages: int) -> Extent:
    if last.extent == "rest" and first.first_page == 1:
        return "complete"
    return "partial" if last.extent == "failed" and pages else last.extent


def _join_triggers(parts: list[_Part], functions: Coverage) -> Coverage | None:
    """Return the coverage of the triggers in *parts*, which add up to *functions*; None where a part has none."""
    lines = [part.triggers for part in parts if part.triggers]
    if len(lines) < len(parts) or len(lines) == 1:
        return lines[0] if len(lines) == len(parts) else None
    items = sum(line.items for line in lines)
    pages = 0
    for part, line in zip(parts, lines, strict=True):
        pages += line.pages
        if line.error is not None and (line.extent, line.error) != (part.coverage.extent, part.coverage.error):
            extent: Extent = "partial" if items or pages else "failed"
            first_page = functions.first_page
            return msgspec.structs.replace(line, extent=extent, first_page=first_page, pages=pages, items=items)
    named = {"api": lines[0].api, "api_version": lines[0].api_version}
    return msgspec.structs.replace(functions, **named, items=items)


def _outcome(frame: Outcome, parts: list[_Part]) -> Outcome:
    """Return the outcome that consists of *parts*, one of each listing that is known, and the rest of *frame*."""
    coverage = tuple(part.coverage for part in parts) + tuple(part.triggers for part in parts if part.triggers)
    services = [part.items for part in parts if part.coverage.api == "ListServices" and part.items is not None]
    functions = [part.items for part in parts if part.coverage.api != "ListServices" and part.items is not None]
    return msgspec.structs.replace(
        frame,
        status=outcome_status(coverage),
        error=next((line.error for line in coverage if line.error), None),
        coverage=coverage,
        services=services[0] if services else None,
        functions=tuple(function for items in functions for function in items) if functions else None,
    )
