"""The answer keeps within what a destination takes, and says what it leaves out."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fc_inventory.comparison import Comparison
from fc_inventory.watch_answer import MAX_ANSWER_BYTES, Watch, build_watch, incomplete_of
from tests.function.places import failed, function, listed, renamed, report_of


def answer_of(*, added: int, changed: int, failures: int, firsts: int) -> Watch:
    """Return an answer that has so much to say."""
    comparison = Comparison(limit=1000)
    kept = [function(f"kept-{number}", memory_size=128) for number in range(changed)]
    new = [f"new-{number}" for number in range(added)]
    comparison.add(
        listed("alpha", *kept),
        listed("alpha", *(msgspec.structs.replace(one, memory_size=512) for one in kept), *new),
    )
    broken = [renamed(failed("beta"), target=f"beta-{number}") for number in range(failures)]
    for outcome in broken:
        comparison.add(outcome, outcome)
    for number in range(firsts):
        comparison.add(None, renamed(listed("gamma"), target=f"gamma-{number}"))
    head = report_of(listed("alpha"))
    return build_watch(
        head, "one.ndjson.gz", comparison.result(["zero.ndjson.gz"]), [incomplete_of(one) for one in broken]
    )


@settings(max_examples=10)
@given(
    added=st.integers(0, 1500), changed=st.integers(0, 150), failures=st.integers(0, 100), firsts=st.integers(0, 150)
)
def test_it_fits_and_nothing_is_left_out_in_silence(added: int, changed: int, failures: int, firsts: int) -> None:
    """What is in the lists and what is counted as omitted make the whole."""
    answer = answer_of(added=added, changed=changed, failures=failures, firsts=firsts)

    text = msgspec.json.encode(answer).decode()
    assert len(msgspec.json.encode(text)) <= MAX_ANSWER_BYTES
    shown = answer.difference
    assert len(shown.changes) + answer.omitted.changes == shown.counts.added + shown.counts.changed == added + changed
    assert len(shown.unknown) + answer.omitted.unknown == shown.counts.unknown == 3 * failures
    assert len(shown.baselines) + answer.omitted.baselines == shown.counts.baselines == 3 * firsts
    assert len(answer.incomplete) + answer.omitted.incomplete == failures


def test_a_small_answer_is_whole() -> None:
    """Nothing is omitted that fits."""
    answer = answer_of(added=2, changed=2, failures=2, firsts=2)

    assert set(msgspec.structs.astuple(answer.omitted)) == {0}
    assert len(answer.difference.changes) == 4


def test_a_cursor_that_is_too_long_is_left_out_and_told() -> None:
    """The snapshot has it."""
    difference = Comparison().result()
    short, long = (
        build_watch(msgspec.structs.replace(report_of(listed("alpha")), cursor="c" * size), "one", difference, [])
        for size in (8192, 8193)
    )

    assert (short.cursor, short.omitted.cursor) == ("c" * 8192, 0)
    assert (long.cursor, long.omitted.cursor) == (None, 1)
