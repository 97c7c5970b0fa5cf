"""Every condition operator, on values that satisfy it and values that don't."""

from __future__ import annotations

import pytest

from local.cloud.conditions import OPERATORS, Condition

# operator, operands, value that satisfies, value that doesn't
CASES = [
    ("StringEquals", ("a", "b"), "b", "A"),
    ("StringNotEquals", ("a", "b"), "A", "b"),
    ("StringEqualsIgnoreCase", ("aB",), "Ab", "a"),
    ("StringNotEqualsIgnoreCase", ("aB",), "a", "Ab"),
    ("StringLike", ("c-*", "d-?"), "d-1", "d-12"),
    ("StringNotLike", ("c-*", "d-?"), "d-12", "c-"),
    ("NumericEquals", ("10",), "10.0", "11"),
    ("NumericNotEquals", ("10",), "11", "1e1"),
    ("NumericLessThan", ("10",), "9", "10"),
    ("NumericLessThanEquals", ("10",), "10", "10.5"),
    ("NumericGreaterThan", ("10",), "100", "10"),
    ("NumericGreaterThanEquals", ("10",), "10", "9"),
    ("DateEquals", ("2026-01-01T08:00:00+08:00",), "2026-01-01T00:00:00Z", "2026-01-01T08:00:00Z"),
    ("DateNotEquals", ("2026-01-01T00:00:00Z",), "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
    ("DateLessThan", ("2026-01-01T00:00:00Z",), "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"),
    ("DateLessThanEquals", ("2026-01-01T00:00:00Z",), "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
    ("DateGreaterThan", ("2026-01-01",), "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
    ("DateGreaterThanEquals", ("2026-01-01T00:00:00Z",), "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"),
    ("Bool", ("true",), "True", "false"),
    ("IpAddress", ("10.0.0.0/8", "192.0.2.1"), "192.0.2.1", "192.0.2.2"),
    ("NotIpAddress", ("10.0.0.0/8",), "192.0.2.1", "10.1.2.3"),
]


@pytest.mark.parametrize(("operator", "operands", "good", "bad"), CASES)
def test_an_operator_tells_good_values_from_bad(operator: str, operands: tuple[str, ...], good: str, bad: str) -> None:
    """Several operands are alternatives; under "not" none of them may match."""
    condition = Condition(operator, "key", operands)

    assert condition.holds({"key": good})
    assert not condition.holds({"key": bad})


def test_every_operator_has_a_case() -> None:
    """A new operator can't be forgotten here."""
    assert {case[0] for case in CASES} == set(OPERATORS)


@pytest.mark.parametrize(("operator", "operands"), [case[:2] for case in CASES])
def test_a_missing_key_satisfies_only_the_operators_that_say_not(operator: str, operands: tuple[str, ...]) -> None:
    """A condition on something that the request doesn't have."""
    assert Condition(operator, "key", operands).holds({"other": operands[0]}) == ("Not" in operator)


@pytest.mark.parametrize("operator", ["NumericLessThan", "DateGreaterThan", "Bool", "IpAddress"])
def test_a_value_of_another_kind_satisfies_nothing(operator: str) -> None:
    """The request's value isn't a number, date, truth value or address at all."""
    operands = {"NumericLessThan": "1", "DateGreaterThan": "2020-01-01", "Bool": "true", "IpAddress": "0.0.0.0/0"}

    assert not Condition(operator, "key", (operands[operator],)).holds({"key": "something"})
