"""A trust policy that a fix proposes is never weaker than the one that was there, and shows no external ID."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onboarding.check_policy import FITTING, judge, statements_of
from onboarding.check_trust import propose_trust

B, SERVICE = "acs:ram::1345678901234567", {"Service": ["fc.aliyuncs.com"]}
PRINCIPAL, OURS, THEIRS = f"{B}:role/fc-inventory", "id-ours-1", "id-theirs-2"
ROLE_ARN = "acs:ram::1234567890123456:role/reader"
CONDITIONS: list[tuple[str, str, Any]] = [
    ("Bool", "acs:MFAPresent", "true"),
    ("IpAddress", "acs:SourceIp", ["203.0.113.0/24"]),
    ("DateLessThan", "acs:CurrentTime", "2027-01-01T00:00:00Z"),
    ("StringEquals", "acs:SourceVpc", "vpc-1"),
    ("StringEquals", "sts:ExternalId", OURS),
    ("StringEquals", "sts:externalid", [THEIRS]),
    ("StringLike", "sts:ExternalId", "*"),
    ("StringNotEquals", "sts:ExternalId", THEIRS),
]


def conditions(chosen: list[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for operator, key, values in chosen:
        found.setdefault(operator, {})[key] = values
    return found


statements = st.builds(
    lambda effect, principals, service, chosen: {
        "Effect": effect,
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": principals} | (SERVICE if service else {}),
        **({"Condition": conditions(chosen)} if chosen else {}),
    },
    st.sampled_from(["Allow", "Deny"]),
    st.lists(st.sampled_from([PRINCIPAL, f"{B}:root", f"{B}:user/ops"]), min_size=1, max_size=2, unique=True),
    st.booleans(),
    st.lists(st.sampled_from(CONDITIONS), max_size=3, unique_by=lambda condition: condition[:2]),
)


def others(statement: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Return all conditions but those on the external ID."""
    return {
        (operator, key, str(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
        if key.lower() != "sts:externalid"
    }


def lets_principal_in(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Allow" and bool({PRINCIPAL, f"{B}:root"} & set(statement["Principal"]["RAM"]))


@given(st.lists(statements, min_size=1, max_size=5), st.sampled_from([None, OURS]))
def test_a_fix_never_weakens_a_trust_policy(found: list[dict[str, Any]], external_id: str | None) -> None:
    """Every statement that denies stays, and every condition of what lets the function in; an external ID is added."""
    proposed, _ = propose_trust(statements_of({"trust": {"Version": "1", "Statement": found}}), PRINCIPAL, external_id)

    after: list[dict[str, Any]] = proposed["Statement"]
    before_in = [statement for statement in found if lets_principal_in(statement)]
    after_in = [statement for statement in after if lets_principal_in(statement)]
    assert [(others(one), one["Principal"]) for one in after if one["Effect"] == "Deny"] == [
        (others(one), one["Principal"]) for one in found if one["Effect"] == "Deny"
    ]
    assert [others(one) for one in after_in] == ([others(one) for one in before_in] or [set()])
    assert all(one["Condition"]["StringEquals"]["sts:ExternalId"] == "$EXTERNAL_ID" for one in after_in)
    assert before_in == [] or all(one["Principal"] == {"RAM": [PRINCIPAL]} for one in after if one["Effect"] == "Allow")


@given(st.lists(statements, min_size=1, max_size=5), st.sampled_from([None, OURS]))
def test_no_external_id_stands_in_a_proposed_policy(found: list[dict[str, Any]], external_id: str | None) -> None:
    """Neither B's nor anybody else's: a shell puts them in, each from a variable of its own."""
    proposed, hidden = propose_trust(
        statements_of({"trust": {"Version": "1", "Statement": found}}), PRINCIPAL, external_id
    )

    told = json.dumps(proposed)
    assert OURS not in told
    assert THEIRS not in told
    assert [number for number in range(2, 9) if f'"$EXTERNAL_ID_{number}"' in told] == list(range(2, hidden + 2))


@given(st.lists(statements, min_size=1, max_size=5))
def test_what_is_proposed_lets_the_function_in_unless_something_else_keeps_it_out(found: list[dict[str, Any]]) -> None:
    """Read with the external ID that it demands, the policy says nothing worse of the function than before."""
    before = statements_of({"trust": {"Version": "1", "Statement": found}})

    proposed, _ = propose_trust(before, PRINCIPAL, OURS)

    after = statements_of({"trust": proposed})
    allowing = [statement for statement in after if lets_principal_in(dict(statement.content))]
    assert judge(allowing, "sts:AssumeRole", ROLE_ARN, FITTING).says in ("allows", "may allow")
