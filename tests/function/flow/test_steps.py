"""What the events of steps may say, and what they can't reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.errors import RequestError
from fc_inventory.flow.run import run_directory, shard_of
from fc_inventory.flow.steps import MAX_SHARDS, parse_step
from fc_inventory.targets import Target
from tests.function.deployment import COMPANY_A, Deployment
from tests.function.flow.runs import RUN

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "flow.schema.json").read_text(encoding="utf-8"))
PLAN = {"run": RUN, "round": 1, "rounds": 10, "targets_per_shard": 50}
SHARD = {"run": RUN, "number": 1, "of": 2}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"shard": SHARD, "merge": {"run": RUN}}, "shard"),
        ({"shard": SHARD, "targets": "company-a"}, "shard"),
        ({"shard": {**SHARD, "role_arn": "acs:ram::1:role/r"}}, "shard"),
        ({"shard": {**SHARD, "targets": ["company-a"]}}, "shard"),
        ({"shard": {**SHARD, "number": 3}}, "shard.number"),
        ({"shard": {**SHARD, "number": 0}}, "shard.number"),
        ({"shard": {**SHARD, "number": "1"}}, "shard.number"),
        ({"shard": {**SHARD, "of": MAX_SHARDS + 1}}, "shard.of"),
        ({"shard": {"run": RUN}}, "shard"),
        ({"shard": None}, "shard"),
        ({"shard": [SHARD]}, "shard"),
        ({"plan": {**PLAN, "round": 0}}, "plan.round"),
        ({"plan": {**PLAN, "targets_per_shard": 0}}, "plan.targets_per_shard"),
        ({"merge": {}}, "merge"),
        ({"merge": RUN}, "merge"),
    ],
)
def test_a_step_that_is_not_in_shape_is_refused(event: dict[str, Any], field: str) -> None:
    """The field is named; nothing is guessed, ignored or converted."""
    with pytest.raises(RequestError) as refusal:
        parse_step(event)

    assert (refusal.value.status, refusal.value.field) == (400, field)


@pytest.mark.parametrize(
    "run",
    ["", ".", "..", "a/b", "../runs", "/etc", "a\\b", "a\0b", "run\n", "-run", "1run", "a b", "é", "a" * 129, "%2e%2e", "a.b"],
)  # fmt: skip
@pytest.mark.parametrize("step", [{"plan": PLAN}, {"shard": SHARD}, {"merge": {}}], ids=["plan", "shard", "merge"])
def test_the_name_of_a_run_leads_nowhere_else(step: dict[str, Any], run: str) -> None:
    """It becomes a directory's name, so it is a plain word, as CloudFlow's names of executions are."""
    ((name, fields),) = step.items()

    with pytest.raises(RequestError, match=f"^{name}.run"):
        parse_step({name: {**fields, "run": run}})


@given(st.text(max_size=130))
def test_a_run_that_is_accepted_is_a_directory_below(run: str) -> None:
    """Whatever text comes."""
    try:
        accepted = parse_step({"merge": {"run": run}}).run
    except RequestError:
        return

    assert (Path("/mnt") / accepted).resolve() == Path("/mnt") / run
    assert len(Path(accepted).parts) == 1


@given(st.lists(st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True), unique=True), st.integers(1, MAX_SHARDS))
def test_every_target_is_in_exactly_one_shard(names: list[str], of: int) -> None:
    """Whichever others there are."""
    for name in names:
        number = shard_of(Target(name=name, role_arn="r", account_id="1", regions=()), of)

        assert 1 <= number <= of


def test_a_step_comes_by_a_plain_invocation_only(fleet: Deployment) -> None:
    """Who may read the inventory over HTTP can't start or merge runs; a timer can't either."""
    http = {
        "version": "v1",
        "rawPath": "/",
        "headers": {},
        "body": json.dumps({"merge": {"run": RUN}}),
        "requestContext": {"http": {"method": "POST"}},
    }
    timer = {"triggerTime": "2026-11-24T12:00:00Z", "triggerName": "t", "payload": json.dumps({"merge": {"run": RUN}})}

    answer = fleet.report(http)

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["field"] == "merge"
    with pytest.raises(RequestError, match="unknown selector"):
        fleet.invoke(timer)


def test_a_wrong_step_fails_the_task(fleet: Deployment) -> None:
    """An engine doesn't read answers: a refusal would look like success."""
    with pytest.raises(RequestError, match=r"^shard.number: expected 1 to 2, found 3"):
        fleet.invoke({"shard": {**SHARD, "number": 3}})


def test_without_a_directory_no_step_is_taken(deployed: Deployment) -> None:
    """SHARD_DIR says where files of runs are kept; without it nothing is written anywhere."""
    deployed.configure(COMPANY_A)

    with pytest.raises(RequestError, match="SHARD_DIR is not set"):
        deployed.invoke({"merge": {"run": RUN}})


def test_a_shard_without_targets_is_refused(fleet: Deployment) -> None:
    """An empty inventory is never an answer to a question about nobody."""
    taken = {shard_of(target, MAX_SHARDS) for target in _targets("company-a", "company-c", "company-d", "company-e")}
    empty = next(number for number in range(1, MAX_SHARDS + 1) if number not in taken)

    with pytest.raises(RequestError, match="no configured target is in this shard"):
        fleet.invoke({"shard": {"run": RUN, "number": empty, "of": MAX_SHARDS}})


def test_answers_fit_the_published_schema(fleet: Deployment) -> None:
    """Each step's."""
    for event in ({"plan": {**PLAN, "targets_per_shard": 4}}, {"shard": {**SHARD, "of": 1}}, {"merge": {"run": RUN}}):
        jsonschema.validate(fleet.report(event), SCHEMA)


def test_a_run_without_files_is_all_missing(fleet: Deployment, shard_dir: Path) -> None:
    """A merge of nothing names every place."""
    answer = fleet.report({"merge": {"run": "never-scanned"}})

    assert (answer["status"], answer["missing"]) == ("failed", 5)
    assert run_directory(shard_dir, "never-scanned").is_dir()


def _targets(*names: str) -> list[Target]:
    return [Target(name=name, role_arn="r", account_id="1", regions=()) for name in names]
