"""The policy evaluator: what holds for every policy, and what the grammar refuses."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from local.cloud.policy import Policy, Question, Statement, Verdict, evaluate
from local.cloud.policy_document import PolicyError, parse_policy, parse_policy_text, parse_trust_policy
from local.cloud.system_policies import DOCUMENTS, system_policy
from local.cloud.wildcards import matches

ACTIONS = ["fc:ListServices", "fc:ListFunctions", "fc:GetService", "sts:AssumeRole"]
RESOURCES = ["acs:fc:cn-hangzhou:1234567890123456:services/*", "acs:fc:cn-shanghai:1234567890123456:functions/a"]

questions = some.builds(
    Question,
    action=some.sampled_from(ACTIONS),
    resource=some.sampled_from(RESOURCES),
    context=some.dictionaries(some.sampled_from(["k", "l"]), some.sampled_from(["1", "2"])),
)
statements = some.fixed_dictionaries(
    {
        "Effect": some.sampled_from(["Allow", "Deny"]),
        "Resource": some.sampled_from(["*", "acs:fc:*:*:services/*", "acs:fc:cn-?angzhou:*:*", RESOURCES[1]]),
    },
    optional={
        "Condition": some.dictionaries(
            some.sampled_from(["StringEquals", "NumericLessThan", "StringNotLike"]),
            some.dictionaries(some.sampled_from(["k", "l"]), some.lists(some.sampled_from(["1", "2"]))),
        )
    },
).flatmap(
    lambda statement: some.tuples(
        some.sampled_from(["Action", "NotAction"]),
        some.lists(some.sampled_from([*ACTIONS, "fc:*", "fc:Get*", "*"]), min_size=1),
    ).map(lambda actions: {**statement, actions[0]: actions[1]})
)
several_statements = some.lists(statements, max_size=6)


def policy(written: list[dict[str, Any]]) -> Policy:
    return parse_policy({"Version": "1", "Statement": written})


def ask(written: list[dict[str, Any]], question: Question) -> Verdict:
    return evaluate([policy(written)], question)


@given(several_statements, statements, questions)
def test_an_applying_denial_always_wins(
    written: list[dict[str, Any]], denial: dict[str, Any], question: Question
) -> None:
    """Whatever else is allowed, a Deny statement that applies ends in an explicit denial, and only then."""
    denying = [statement for statement in [*written, denial] if statement["Effect"] == "Deny"]
    applies = any(policy([statement]).statements[0].applies(question) for statement in denying)

    assert (ask([*written, denial], question) is Verdict.EXPLICIT_DENY) == applies


@given(several_statements, statements, questions)
def test_one_more_allow_never_takes_anything_away(
    written: list[dict[str, Any]], more: dict[str, Any], question: Question
) -> None:
    """Adding an Allow statement never turns Allow into a denial, nor one denial into the other."""
    before = ask(written, question)
    after = ask([*written, {**more, "Effect": "Allow"}], question)

    assert after is before or (before, after) == (Verdict.IMPLICIT_DENY, Verdict.ALLOW)


@given(several_statements, statements, questions)
def test_one_more_deny_never_gives_anything(
    written: list[dict[str, Any]], more: dict[str, Any], question: Question
) -> None:
    """Adding a Deny statement never turns a denial into Allow."""
    before = ask(written, question)
    after = ask([*written, {**more, "Effect": "Deny"}], question)

    assert after is before or after is Verdict.EXPLICIT_DENY


@given(
    several_statements.flatmap(lambda written: some.tuples(some.just(written), some.permutations(written))), questions
)
def test_the_order_of_statements_has_no_meaning(
    orders: tuple[list[dict[str, Any]], list[dict[str, Any]]], question: Question
) -> None:
    """Nor does it matter in which of several policies a statement stands."""
    one, other = orders

    assert ask(one, question) is ask(other, question)
    assert ask(one, question) is evaluate([policy([statement]) for statement in other], question)


@given(statements, questions)
def test_action_and_not_action_are_opposites(statement: dict[str, Any], question: Question) -> None:
    """With the same list, exactly one of the two speaks about an action, if the rest of the statement does."""
    actions = statement.get("Action", statement.get("NotAction"))
    rest = {name: value for name, value in statement.items() if not name.endswith("Action")}
    named = policy([{**rest, "Action": actions}]).statements[0].applies(question)
    excluded = policy([{**rest, "NotAction": actions}]).statements[0].applies(question)
    whole: Statement = policy([{**rest, "Action": "*"}]).statements[0]

    assert (named or excluded) == whole.applies(question)
    assert not (named and excluded)


@given(questions)
def test_without_statements_everything_is_denied_implicitly(question: Question) -> None:
    """It says no by default."""
    assert ask([], question) is Verdict.IMPLICIT_DENY


@given(some.text("ab*?", max_size=8), some.text("ab*?", max_size=8))
def test_wildcards_are_those_of_a_shell(pattern: str, text: str) -> None:
    """Except that there are no brackets: compared with Python's own translation."""
    expected = re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), text, re.DOTALL) is not None

    assert matches(pattern, text) == expected


def test_many_stars_cost_little() -> None:
    """A policy that would hold a backtracking matcher up for ages is answered at once."""
    assert not matches("*a" * 500 + "b", "a" * 2000)


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("fc:ListServices", Verdict.ALLOW),
        ("fc:GetFunctionCode", Verdict.ALLOW),
        ("fc:InvokeFunction", Verdict.IMPLICIT_DENY),
        ("fc:DeleteService", Verdict.IMPLICIT_DENY),
        ("ram:ListRoles", Verdict.IMPLICIT_DENY),
    ],
)
def test_read_only_access_is_get_and_list(action: str, verdict: Verdict) -> None:
    """AliyunFCReadOnlyAccess as published: the code included, everything that changes something excluded."""
    question = Question(action, RESOURCES[0], {})

    assert evaluate([system_policy("AliyunFCReadOnlyAccess")], question) is verdict


def test_full_access_passes_roles_to_function_compute_only() -> None:
    """AliyunFCFullAccess as published carries a condition on ram:PassRole."""
    full = [system_policy("AliyunFCFullAccess")]
    arn = "acs:ram::1234567890123456:role/x"

    assert evaluate(full, Question("ram:PassRole", arn, {"acs:Service": "fc.aliyuncs.com"})) is Verdict.ALLOW
    assert evaluate(full, Question("ram:PassRole", arn, {"acs:Service": "ecs.aliyuncs.com"})) is Verdict.IMPLICIT_DENY
    assert evaluate(full, Question("ram:PassRole", arn, {})) is Verdict.IMPLICIT_DENY
    assert evaluate(full, Question("fc:DeleteService", RESOURCES[0], {})) is Verdict.ALLOW


def test_every_system_policy_keeps_to_the_grammar() -> None:
    """They are parsed by the same rules as anybody's."""
    assert [system_policy(name).document for name in DOCUMENTS] == list(DOCUMENTS.values())


GOOD = {"Effect": "Allow", "Action": "fc:*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": "acs:ram::1234567890123456:root"}}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "document: found list, expected an object"),
        ({"Statement": []}, "Version: found None, expected '1' in quotes"),
        ({"Version": "1"}, "Statement: expected a list of statements"),
        ({"Version": "1", "Statement": GOOD}, "Statement: expected a list of statements"),
        ({"Version": "1", "Statement": [], "Id": "x"}, "document: unknown element 'Id'; known are Statement, Version"),
    ],
)
def test_documents_out_of_form_are_refused(document: object, message: str) -> None:
    """The text says where, what was found and what was expected."""
    with pytest.raises(PolicyError) as caught:
        parse_policy(document)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Effect": "Maybe"}, "Statement[0].Effect: found 'Maybe', expected 'Allow' or 'Deny'"),
        ({"NotAction": "fc:*"}, "Statement[0]: expected either Action or NotAction"),
        ({"Action": []}, "Statement[0].Action: found an empty list"),
        ({"Action": [1]}, "Statement[0].Action: found 1, expected a string like"),
        ({"Action": "ListServices"}, "Statement[0].Action: found 'ListServices', expected a string like"),
        ({"Resource": "services/*"}, "Statement[0].Resource: found 'services/*', expected a string like"),
        ({"Principal": {"RAM": "*"}}, "Statement[0]: unknown element 'Principal'; known are Action,"),
        ({"Condition": []}, "Statement[0].Condition: found list, expected an object"),
        ({"Condition": {"Is": {"k": "v"}}}, "Statement[0].Condition.Is.k: unknown operator 'Is'; known are Bool,"),
        ({"Condition": {"Bool": "true"}}, "Statement[0].Condition.Bool: found str, expected an object"),
        (
            {"Condition": {"Bool": {"k": "yes"}}},
            "Statement[0].Condition.Bool.k: found 'yes', expected operands for Bool",
        ),
        (
            {"Condition": {"StringLike": {"k": None}}},
            "Statement[0].Condition.StringLike.k: found None, expected a string",
        ),
    ],
)
def test_statements_out_of_form_are_refused(changes: dict[str, Any], message: str) -> None:
    """Nothing is guessed, and nothing unknown is passed over."""
    with pytest.raises(PolicyError) as caught:
        policy([{**GOOD, **changes}])

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Principal": {}}, "Statement[0].Principal: expected RAM, Service or Federated"),
        ({"Principal": "*"}, "Statement[0].Principal: found str, expected an object"),
        (
            {"Principal": {"AWS": "x"}},
            "Statement[0].Principal: unknown element 'AWS'; known are Federated, RAM, Service",
        ),
        ({"Principal": {"RAM": "*"}}, "Statement[0].Principal.RAM: found '*', expected a string like"),
        ({"Principal": {"RAM": "1234567890123456"}}, "Statement[0].Principal.RAM: found '1234567890123456', expected"),
        ({"Principal": {"Service": "fc"}}, "Statement[0].Principal.Service: found 'fc', expected a string like"),
        ({"Resource": "*"}, "Statement[0]: unknown element 'Resource'; known are Action,"),
    ],
)
def test_trust_policies_out_of_form_are_refused(changes: dict[str, Any], message: str) -> None:
    """Principals are whole ARNs or service names; a trust policy has no resource."""
    with pytest.raises(PolicyError) as caught:
        parse_trust_policy({"Version": "1", "Statement": [{**TRUST, **changes}]})

    assert str(caught.value).startswith(message)


def test_a_policy_text_must_be_json() -> None:
    """As the parameter Policy of AssumeRole brings it."""
    with pytest.raises(PolicyError, match="the document is not JSON"):
        parse_policy_text("{'Version': '1'}")
