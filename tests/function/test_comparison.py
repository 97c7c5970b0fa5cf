"""What changed between two runs, and what nobody can know."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.comparison import Comparison, compare
from fc_inventory.difference import Baseline, Change, Difference, FieldChange, Renamed, Unknown
from fc_inventory.listing import Function, Service
from fc_inventory.outcomes import Coverage, Extent, Outcome
from tests.function.places import ACCOUNTS, failed, function, listed, partial, place, renamed

COMPLETE: tuple[Extent, Extent, Extent] = ("complete", "complete", "complete")
NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)
MEMORY = st.sampled_from([128, 512])
ALL_COMPLETE: st.SearchStrategy[Extent] = st.just("complete")
EXTENTS: st.SearchStrategy[Extent] = st.sampled_from(["complete", "rest", "partial", "failed", "not_asked"])


@st.composite
def inventories(draw: st.DrawFn, extents: st.SearchStrategy[Extent] = ALL_COMPLETE) -> tuple[Outcome, ...]:
    """Outcomes of two targets, as far as their *extents* know them."""
    return tuple(_outcome(draw, name, extents) for name in ("alpha", "beta"))


def _outcome(draw: st.DrawFn, target: str, extents: st.SearchStrategy[Extent]) -> Outcome:
    ends = (draw(extents), draw(extents), draw(extents))
    known = [end not in ("failed", "not_asked") for end in ends]
    services = tuple(Service(service_name=name, role=draw(st.none() | st.just("r"))) for name in draw(NAMES))
    of_v2 = tuple(
        Function(fc_version="v2", service_name="s", function_name=name, memory_size=draw(MEMORY))
        for name in draw(NAMES)
    )
    of_v3 = tuple(function(name, memory_size=draw(MEMORY)) for name in draw(NAMES))
    functions = (of_v2 if known[1] else ()) + (of_v3 if known[2] else ())
    return place(target, services if known[0] else None, functions if known[1] or known[2] else None, ends)


def apply(difference: Difference, before: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return what *before* becomes by the changes of *difference*."""
    items = {(outcome.target, *name): item for outcome in before for name, item in named(outcome).items()}
    for change in difference.changes:
        key = (change.target, change.item, change.fc_version, change.service_name, change.function_name)
        if change.kind == "removed":
            del items[key]
        elif change.kind == "added":
            items[key] = msgspec.convert(change.whole, Function if change.item == "function" else Service)
        else:
            items[key] = msgspec.structs.replace(items[key], **{field.field: field.new for field in change.fields})
    return tuple(
        with_items(outcome, [item for key, item in items.items() if key[0] == outcome.target]) for outcome in before
    )


def named(outcome: Outcome) -> dict[tuple[Any, ...], Any]:
    services = {("service", "v2", one.service_name, None): one for one in outcome.services or ()}
    return services | {
        ("function", one.fc_version, one.service_name, one.function_name): one for one in outcome.functions or ()
    }


def with_items(outcome: Outcome, items: list[Any]) -> Outcome:
    return renamed(
        outcome,
        services=tuple(sorted((one for one in items if isinstance(one, Service)), key=str)),
        functions=tuple(sorted((one for one in items if isinstance(one, Function)), key=str)),
    )


def ordered(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(with_items(one, [*(one.services or ()), *(one.functions or ())]) for one in outcomes)


@given(run=inventories(EXTENTS))
def test_a_run_does_not_differ_from_itself(run: tuple[Outcome, ...]) -> None:
    """Whatever it knows: no change; what it does not know stays unknown."""
    difference = compare(run, run)

    assert (difference.changes, difference.baselines, difference.renamed) == ((), (), ())
    assert difference.counts.unknown == sum(
        line.extent in ("rest", "partial", "failed") for one in run for line in one.coverage
    )


@given(before=inventories(), after=inventories())
def test_the_changes_are_all_that_differs(before: tuple[Outcome, ...], after: tuple[Outcome, ...]) -> None:
    """The earlier run and the changes make the later run, where both are complete."""
    difference = compare(before, after)

    assert ordered(apply(difference, before)) == ordered(after)
    assert difference.status == ("changed" if ordered(before) != ordered(after) else "unchanged")


@given(before=inventories(EXTENTS), after=inventories(EXTENTS))
def test_only_what_both_runs_listed_completely_is_removed(
    before: tuple[Outcome, ...], after: tuple[Outcome, ...]
) -> None:
    """And only what the earlier run listed completely is added: there is proof that it was not there."""
    difference = compare(before, after)

    for change in difference.changes:
        assert (change.kind == "changed") or extent(before, change) == "complete"
        assert (change.kind != "removed") or extent(after, change) == "complete"


@given(before=inventories(EXTENTS), after=inventories(EXTENTS))
def test_every_listing_that_was_asked_is_compared_or_called_unknown(
    before: tuple[Outcome, ...], after: tuple[Outcome, ...]
) -> None:
    """Nothing is passed over in silence."""
    difference = compare(before, after)

    unknown = {(one.target, one.listing) for one in difference.unknown}
    told = unknown | {(one.target, one.listing) for one in difference.baselines}
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old.coverage, new.coverage, strict=True):
            both = (was.extent, now.extent)
            is_told = (new.target, f"{now.api} {now.fc_version}") in told
            assert is_told is (both not in {("complete", "complete"), ("not_asked", "not_asked")})


def extent(run: tuple[Outcome, ...], change: Change) -> Extent:
    (outcome,) = (one for one in run if one.target == change.target)
    return next(line.extent for line in outcome.coverage if is_of(line, change))


def is_of(line: Coverage, change: Change) -> bool:
    return (line.api == "ListServices") == (change.item == "service") and line.fc_version == change.fc_version


def test_a_change_names_its_fields_before_and_after() -> None:
    """Only those that differ."""
    (change,) = compare(
        [listed("alpha", function("web", memory_size=128))], [listed("alpha", function("web", memory_size=512))]
    ).changes

    assert change == Change(
        kind="changed",
        target="alpha",
        account_id=ACCOUNTS["alpha"],
        region="cn-hangzhou",
        item="function",
        fc_version="v3",
        service_name=None,
        function_name="web",
        fields=(FieldChange("memory_size", 128, 512),),
    )


def test_what_came_and_went_is_shown_whole() -> None:
    """As the report has it."""
    difference = compare([listed("alpha", "old")], [listed("alpha", "new")])

    assert [(one.kind, one.whole and one.whole["function_name"]) for one in difference.changes] == [
        ("added", "new"),
        ("removed", "old"),
    ]


def test_a_target_that_failed_is_unknown() -> None:
    """Its functions are not removed."""
    difference = compare([listed("alpha", "web")], [failed("alpha")])

    assert (difference.status, difference.changes) == ("unknown", ())
    assert [(one.listing, one.reason) for one in difference.unknown] == [
        ("ListFunctions v2", "failed: deadline"),
        ("ListFunctions v3", "failed: deadline"),
        ("ListServices v2", "failed: deadline"),
    ]


def test_a_target_that_was_not_covered_is_unknown() -> None:
    """Though the later run knows nothing of it at all."""
    difference = compare([listed("alpha", "web"), listed("beta", "shop")], [listed("alpha", "web")])

    assert (difference.status, difference.changes) == ("unknown", ())
    assert {(one.target, one.reason) for one in difference.unknown} == {("beta", "not covered by the later run")}


def test_a_part_of_a_listing_proves_what_is_new_and_what_changed() -> None:
    """But not what is gone."""
    before = [listed("alpha", "web", function("shop", memory_size=128))]

    difference = compare(before, [partial("alpha", function("shop", memory_size=512), "new")])

    assert [(one.kind, one.function_name) for one in difference.changes] == [("added", "new"), ("changed", "shop")]
    assert [(one.listing, one.reason) for one in difference.unknown] == [("ListFunctions v3", "partial: deadline")]


def test_a_first_complete_state_is_a_baseline() -> None:
    """Not as many additions."""
    difference = compare([], [listed("alpha", "web", "shop", services=("billing",))])

    assert (difference.status, difference.changes) == ("baseline", ())
    assert [(one.listing, one.items) for one in difference.baselines] == [
        ("ListFunctions v2", 0),
        ("ListFunctions v3", 2),
        ("ListServices v2", 1),
    ]
    assert isinstance(difference.baselines[0], Baseline)


def test_a_target_with_another_name_is_the_same_one() -> None:
    """Same account and role: renamed, with nothing removed or added."""
    before = listed("alpha", "web")

    difference = compare([before], [renamed(before, target="omega")])

    role = before.role_arn
    assert (difference.status, difference.changes, difference.unknown, difference.baselines) == (
        "unchanged",
        (),
        (),
        (),
    )
    assert difference.renamed == (
        Renamed(
            account_id=ACCOUNTS["alpha"], old_target="alpha", new_target="omega", old_role_arn=role, new_role_arn=role
        ),
    )


def test_a_target_with_another_role_is_the_same_one() -> None:
    """The inventory is the account's, whichever role shows it."""
    before = listed("alpha", "web")

    difference = compare([before], [renamed(before, role_arn="acs:ram::1000000000000001:role/other")])

    assert (difference.status, len(difference.renamed)) == ("unchanged", 1)


def test_two_targets_with_one_role_are_not_renamed() -> None:
    """Each is found by its own name first."""
    run = [listed("alpha", "web"), renamed(listed("alpha", "web"), target="omega")]

    difference = compare(run, run)

    assert (difference.status, difference.renamed) == ("unchanged", ())


def test_the_same_name_in_another_account_is_another_target() -> None:
    """The old one is not covered, the new one is a baseline."""
    difference = compare([listed("alpha", "web")], [renamed(listed("beta", "shop"), target="alpha")])

    assert (difference.changes, difference.renamed) == ((), ())
    assert {one.account_id for one in difference.unknown} == {ACCOUNTS["alpha"]}
    assert {one.account_id for one in difference.baselines} == {ACCOUNTS["beta"]}


def test_a_field_that_the_earlier_program_did_not_know_has_not_changed() -> None:
    """A newer version of this program must not report every function."""
    comparison = Comparison()

    comparison.add(
        listed("alpha", "web"), listed("alpha", function("web", cpu=1.0, memory_size=512)), frozenset({"memory_size"})
    )

    (change,) = comparison.result().changes
    assert change.fields == (FieldChange("memory_size", None, 512),)


def test_a_limit_leaves_out_changes_but_counts_them() -> None:
    """So that memory stays bounded when everything changed."""
    comparison = Comparison(limit=2)

    comparison.add(listed("alpha"), listed("alpha", "a", "b", "c"))

    difference = comparison.result()
    assert (len(difference.changes), difference.counts.added) == (2, 3)


def test_what_is_not_asked_in_either_run_is_no_question() -> None:
    """Such as FC 2.0 in a region that does not have it."""
    run = [place("alpha", None, (), ("not_asked", "not_asked", "complete"))]

    assert compare(run, run).status == "unchanged"


def test_what_is_no_longer_asked_is_unknown() -> None:
    """With the reason."""
    before = [place("alpha", (), (), COMPLETE)]

    difference = compare(before, [place("alpha", None, (), ("not_asked", "complete", "complete"))])

    assert difference.unknown == (
        Unknown(
            target="alpha",
            account_id=ACCOUNTS["alpha"],
            region="cn-hangzhou",
            listing="ListServices v2",
            reason="FC 2.0 does not exist in this region",
        ),
    )
