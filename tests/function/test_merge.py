"""Laws of merging reports: of shards, of the parts that a cursor led through, of runs that were repeated."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fc_inventory.diagnosis import local_problem
from fc_inventory.listing import APIS, Api, Function, Service
from fc_inventory.merge import merge_reports, settle
from fc_inventory.outcomes import Coverage, Extent, Outcome, outcome_status
from fc_inventory.report import Report, assemble_report

LATE = local_problem("deadline", operation="ListFunctions", role_arn="r", message="late").problem
EARLIER = "an earlier part has it"

Pages = tuple[tuple[str, ...], ...]  # the names on each page of a listing
Listing = tuple[int, Pages, Extent]  # first page, pages, how it ended


def item(api: Api, name: str) -> Service | Function:
    if api.action == "ListServices":
        return Service(service_name=name)
    return Function(fc_version=api.fc_version, function_name=name)


def line(api: Api, listing: Listing | None) -> Coverage:
    named: dict[str, Any] = {"api": api.action, "api_version": api.api_version, "fc_version": api.fc_version}
    if listing is None:
        return Coverage(**named, extent="not_asked", reason=EARLIER)
    first_page, pages, extent = listing
    error = None if extent in ("complete", "rest") else LATE
    items = sum(len(page) for page in pages)
    return Coverage(**named, extent=extent, error=error, first_page=first_page, pages=len(pages), items=items)


def outcome(place: tuple[str, str], listings: list[Listing | None], session: str = "run-1") -> Outcome:
    coverage = tuple(line(api, listing) for api, listing in zip(APIS, listings, strict=True))
    items = [
        [item(api, name) for page in listing[1] for name in page] if listing and listing[1] else None
        for api, listing in zip(APIS, listings, strict=True)
    ]
    functions = [each for listed in items[1:] for each in listed or ()]
    services: Any = items[0]
    return Outcome(
        target=place[0],
        account_id="1234567890123456",
        account_alias=None,
        tags={},
        region=place[1],
        role_arn="acs:ram::1234567890123456:role/r",
        role_session_name=session,
        status=outcome_status(coverage),
        error=next((each.error for each in coverage if each.error), None),
        coverage=coverage,
        services=None if services is None else tuple(services),
        functions=None if items[1] is items[2] is None else tuple(functions),  # type: ignore[arg-type] # both are functions
    )


def report(outcomes: list[Outcome], number: int = 1) -> Report:
    return assemble_report(
        tuple(outcomes), request_id=f"run-{number}", generated_at=f"2026-11-24T12:00:{number:02}Z", duration_ms=number
    )


PLACES = st.tuples(st.sampled_from(["alpha", "beta"]), st.sampled_from(["cn-hangzhou", "cn-shanghai"]))
PAGES: st.SearchStrategy[Pages] = st.lists(
    st.lists(st.sampled_from("abc"), max_size=2).map(tuple), min_size=1, max_size=4
).map(tuple)


@st.composite
def any_listing(draw: st.DrawFn) -> Listing | None:
    if draw(st.integers(0, 3)) == 0:
        return None
    first_page = draw(st.integers(1, 3))
    extents: list[Extent] = ["partial", "failed", "complete" if first_page == 1 else "rest"]
    extent = draw(st.sampled_from(extents))
    return first_page, () if extent == "failed" else draw(PAGES), extent


@st.composite
def any_report(draw: st.DrawFn) -> Report:
    places = draw(st.lists(PLACES, min_size=1, max_size=3, unique=True))
    number = draw(st.integers(1, 9))
    return report([outcome(each, draw(st.tuples(*[any_listing()] * 3)), f"run-{number}") for each in places], number)  # type: ignore[arg-type] # a tuple of three


def merged(*reports: Report) -> Report:
    return merge_reports(reports)


@given(any_report(), any_report(), any_report())
def test_the_order_and_the_grouping_of_reports_do_not_matter(one: Report, two: Report, three: Report) -> None:
    """Shards may end, and be reduced, in any order."""
    whole = merged(one, two, three)

    assert merged(three, one, two) == whole
    assert merged(merged(one, two), three) == whole
    assert merged(one, merged(two, three)) == whole


@given(any_report(), any_report())
def test_a_report_that_comes_twice_counts_once(one: Report, two: Report) -> None:
    """Engines that run a task at least once may run it again."""
    assert merged(one, two, one) == merged(one, two)
    assert merged(merged(one, two)) == merged(one, two)


@given(any_report(), any_report())
def test_a_merge_loses_nothing_that_says_more(one: Report, two: Report) -> None:
    """Each listing of each report is in the merge, as it was or with more."""
    whole = {
        (each.target, each.region, line.api, line.fc_version, line.first_page): line
        for each in merged(one, two).outcomes
        for line in each.coverage
    }

    ranks = ["not_asked", "failed", "partial", "rest", "complete"]
    for each in (*one.outcomes, *two.outcomes):
        for told in each.coverage:
            kept = whole[each.target, each.region, told.api, told.fc_version, told.first_page]
            assert (ranks.index(kept.extent), kept.pages) >= (ranks.index(told.extent), told.pages)


@st.composite
def a_chain(draw: st.DrawFn) -> tuple[Report, list[Report]]:
    """Draw one unhurried report, and the reports of invocations that a deadline cut, one going on where the last ended."""
    places = draw(st.lists(PLACES, min_size=1, max_size=3, unique=True))
    full = {place: [draw(PAGES) for _ in APIS] for place in places}
    whole = report([outcome(place, [(1, pages, "complete") for pages in listed]) for place, listed in full.items()])
    read = {(place, index): 0 for place in places for index in range(3)}
    parts: list[Report] = []
    while any(read[place, index] < len(full[place][index]) for place, index in read):
        told = []
        for place in places:
            if all(read[place, index] == len(full[place][index]) for index in range(3)):
                continue
            told.append(outcome(place, [_go_on(draw, full[place][index], read, (place, index)) for index in range(3)]))
        parts.append(report(told, len(parts) + 1))
    return whole, parts


def _go_on(draw: st.DrawFn, pages: Pages, read: dict[Any, int], key: Any) -> Listing | None:
    begun = read[key]
    if begun == len(pages):
        return None
    got = len(pages) - begun - draw(st.integers(0, len(pages) - begun))
    read[key] += got
    is_end = read[key] == len(pages)
    extent: Extent = ("rest" if begun else "complete") if is_end else "partial" if got else "failed"
    return begun + 1, pages[begun : begun + got], extent


@given(a_chain(), st.randoms(use_true_random=False))
def test_the_parts_of_a_chain_add_up_to_one_unhurried_run(chain: tuple[Report, list[Report]], random: Any) -> None:
    """In whatever order they are merged, and though one comes twice."""
    whole, parts = chain
    shuffled = [*parts, random.choice(parts)]
    random.shuffle(shuffled)

    settled = settle(merge_reports(shuffled))

    plain = {"request_id": "", "generated_at": "", "duration_ms": 0}
    by_place = report(sorted(whole.outcomes, key=lambda each: (each.target, each.region)))
    assert msgspec.structs.replace(settled, **plain) == msgspec.structs.replace(by_place, **plain)


@st.composite
def cut(draw: st.DrawFn, pages: Pages) -> list[Listing]:
    """Draw the parts in which invocations with a deadline read *pages*."""
    cuts = sorted(draw(st.sets(st.integers(1, len(pages) - 1), min_size=1)))
    ends = [*cuts, len(pages)]
    return [
        (begin + 1, pages[begin:end], "partial" if end < len(pages) else "rest" if begin else "complete")
        for begin, end in zip([0, *cuts], ends, strict=True)
    ]


@settings(max_examples=300)  # few of them leave one chain's part where the other one's next was expected
@given(st.data(), st.integers(2, 6), st.randoms(use_true_random=False))
def test_what_another_chain_has_read_takes_nothing_away(data: st.DataObject, pages: int, random: Any) -> None:
    """An invocation that ran twice at once was cut at different pages, and only one of the two was gone on from."""
    read = tuple((f"service-{number}",) for number in range(pages))
    chain, other = data.draw(cut(read)), data.draw(cut(read))
    parts = [*chain, *data.draw(st.lists(st.sampled_from(other), min_size=1, max_size=2, unique=True))]
    random.shuffle(parts)
    reports = [report([outcome(("alpha", "r"), [part, None, None])]) for part in parts]
    half = random.randint(1, len(reports))

    settled = settle(merge_reports([merge_reports(some) for some in (reports[:half], reports[half:]) if some]))

    (only,) = settled.outcomes
    assert (only.coverage[0].extent, only.coverage[0].pages, only.coverage[0].items) == ("complete", pages, pages)
    assert only.services == tuple(item(APIS[0], name) for (name,) in read)


def test_a_gap_in_a_chain_stays_visible() -> None:
    """A part that got lost must not look like the end."""
    first, last = (1, (("a",), ("b",)), "partial"), (4, (("d",),), "rest")
    none = (1, ((),), "complete")
    parts: list[list[Any]] = [[first, none, none], [last, None, None]]

    settled = settle(merge_reports([report([outcome(("alpha", "r"), part)]) for part in parts]))

    (only,) = settled.outcomes
    assert (only.status, only.coverage[0].extent, only.coverage[0].pages) == ("partial", "partial", 2)
    assert only.services == (Service(service_name="a"), Service(service_name="b"))


def test_a_rest_alone_is_a_part() -> None:
    """What an earlier part has read is not in this report, so it is not complete."""
    rest: list[Any] = [(3, (("c",),), "rest"), None, None]

    settled = settle(merge_reports([report([outcome(("alpha", "r"), rest)])]))

    assert (settled.status, settled.outcomes[0].coverage[0].extent) == ("partial", "rest")


def test_a_target_that_changed_its_role_is_another_place() -> None:
    """What two roles may see is not one listing."""
    old = outcome(("alpha", "r"), [(1, (("a",),), "complete")] * 3)
    new = msgspec.structs.replace(old, role_arn="acs:ram::1234567890123456:role/other")

    settled = settle(merge_reports([report([old]), report([new])]))

    assert [each.role_arn for each in settled.outcomes] == [new.role_arn, old.role_arn]
