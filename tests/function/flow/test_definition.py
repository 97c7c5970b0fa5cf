"""The state machine in flow/s.yaml, as far as it can be known without the service."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fc_inventory.flow.plan import shard_count
from fc_inventory.flow.shape import PlanAnswer
from fc_inventory.flow.steps import MAX_SHARDS, ShardStep, parse_step
from tests.function.flow.engine import CONDITION, MAX_ITERATIONS, MAX_STATE_BYTES, PATH, properties, states_of
from tests.packaging import deployment

ROOT = Path(__file__).parents[3]
PROPS = properties(ACCOUNT_ID="1345678901234567", REGION="cn-shanghai")
MACHINE = PROPS["definition"]
STATES = list(states_of(MACHINE))
TASKS = [state for state, _ in STATES if state["Type"] == "Task"]

# The fields that the documentation gives each type of state, as far as they are used here.
COMMON = {"Name", "Type", "OutputConstructor"}
FIELDS: dict[str, set[str]] = {
    "Pass": {"Next"},
    "Task": {"Action", "TaskMode", "Parameters", "Retry", "Next", "End"},
    "Choice": {"Branches", "Default"},
    "Map": {"ItemsPath", "ProcessorConfig", "MaxConcuccency", "ToleratedFailurePercentage", "Processor", "Next"},
    "Fail": {"Code", "Detail", "End"},
    "Succeed": {"End"},
}


def keyed(node: Any) -> list[tuple[str, Any]]:
    """Every key and value of *node*, however deep."""
    if isinstance(node, list):
        return [pair for value in node for pair in keyed(value)]
    if not isinstance(node, dict):
        return []
    return [*node.items(), *(pair for value in node.values() for pair in keyed(value))]


def successors(state: dict[str, Any]) -> list[str]:
    branches = [branch["Next"] for branch in state.get("Branches", [])]
    return [*branches, *(state[field] for field in ("Next", "Default") if field in state)]


@pytest.mark.parametrize(
    ("state", "scope"), STATES, ids=lambda value: value["Name"] if isinstance(value, dict) else "in its scope"
)
def test_each_state_has_the_fields_of_its_type_and_leads_somewhere(
    state: dict[str, Any], scope: list[dict[str, Any]]
) -> None:
    """A Choice has no Next of its own, everything else has one or an End, and all of them are states of the same scope."""
    assert set(state) <= COMMON | FIELDS[state["Type"]]
    assert set(successors(state)) <= {other["Name"] for other in scope}
    assert bool(successors(state)) is not bool(state.get("End"))


def test_every_state_can_be_reached() -> None:
    """No state is left over, and names are unique in their scope."""
    for machine in (MACHINE, *(state["Processor"] for state, _ in STATES if "Processor" in state)):
        names = [state["Name"] for state in machine["States"]]
        led_to = {machine["StartAt"], *(name for state in machine["States"] for name in successors(state))}

        assert sorted(led_to) == sorted(names)


def test_every_expression_is_one() -> None:
    """What ends in `.$` has an expression of the kinds that are used here, and nothing else looks like one."""
    for key, value in keyed(MACHINE):
        if key.endswith(".$") or key == "ItemsPath":
            assert PATH.fullmatch(value)
        elif key == "Condition":
            assert CONDITION.fullmatch(value)
        else:
            assert not str(value).startswith("$")


def test_the_answer_of_a_step_has_what_the_definition_takes_from_it() -> None:
    """Each `$Output.Body` names a field that the published schema has."""
    schema = json.loads((ROOT / "schemas" / "flow.schema.json").read_text(encoding="utf-8"))
    answers = {"Plan": "PlanAnswer", "Shard": "ShardAnswer", "Merge": "MergeAnswer"}

    for task in TASKS:
        known = schema["$defs"][answers[task["Name"]]]["properties"]
        taken = [value.split(".")[2] for value in task["OutputConstructor"].values()]
        assert set(taken) <= set(known)


def test_each_task_invokes_the_deployed_function_and_nothing_else() -> None:
    """By the names that s.yaml gives it."""
    function = yaml.safe_load((ROOT / "s.yaml").read_text(encoding="utf-8"))["vars"]

    assert function["function_name"] == "${env('FUNCTION_NAME', 'fc-inventory')}"
    assert {task["Action"] for task in TASKS} == {"FC:InvokeFunction"}
    assert {task["Parameters"]["resourceArn"] for task in TASKS} == {
        "acs:fc:cn-shanghai:1345678901234567:functions/fc-inventory/LATEST"
    }


def test_the_role_may_do_what_the_definition_does() -> None:
    """Invoke this one function; and only CloudFlow may assume it."""
    trust, policy = (
        json.loads((ROOT / "flow" / "role" / name).read_text(encoding="utf-8").replace("<region>", "cn-shanghai").replace("<account B>", "1345678901234567"))
        for name in ("flow-trust.json", "flow-policy.json")
    )  # fmt: skip
    (allowed,) = policy["Statement"]

    assert allowed["Action"] == "fc:InvokeFunction"
    assert TASKS[0]["Parameters"]["resourceArn"] in allowed["Resource"]
    assert all(re.fullmatch(r"acs:fc:cn-shanghai:1345678901234567:functions/fc-inventory(/LATEST)?", each) for each in allowed["Resource"])  # fmt: skip
    assert trust["Statement"][0]["Principal"] == {"Service": ["fnf.aliyuncs.com"]}


def test_a_shard_ends_within_the_five_minutes_of_express_mode() -> None:
    """All waits and attempts together, each attempt as long as the function's time-out."""
    (scan,) = (state for state, _ in STATES if state["Type"] == "Map")
    timeout = yaml.safe_load((ROOT / "s.yaml").read_text(encoding="utf-8"))["resources"]["fc-inventory"]["props"][
        "timeout"
    ]
    (shard,) = scan["Processor"]["States"]
    throttled, failed = shard["Retry"]

    waits = [throttled["IntervalSeconds"] * throttled["BackoffRate"] ** n for n in range(throttled["MaxAttempts"])]
    total = sum(min(wait, throttled["MaxBackoffSeconds"]) for wait in waits)
    total += failed["MaxAttempts"] * (failed["IntervalSeconds"] + timeout) + timeout
    assert scan["ProcessorConfig"] == {"ExecutionMode": "Express"}
    assert total <= 300


def test_the_longest_list_of_shards_passes_between_states() -> None:
    """Though the name of the run is as long as a name can be."""
    run = "r" * 128
    shards = tuple(ShardStep(run=run, number=number, of=MAX_SHARDS) for number in range(1, MAX_SHARDS + 1))
    answer = PlanAnswer(next="scan", run=run, round=2, shards=shards)

    assert len(json.dumps([{"run": s.run, "number": s.number, "of": s.of} for s in answer.shards])) < MAX_STATE_BYTES
    assert MAX_SHARDS <= MAX_ITERATIONS
    assert shard_count(1_000_000, 1) == MAX_SHARDS


@pytest.mark.parametrize("name", ["plan", "shard", "merge"])
def test_the_sample_event_is_one(name: str) -> None:
    """events/ has one for each step."""
    event = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))

    assert parse_step(event).run == "nightly-2026-11-24"


def test_the_mounts_that_s_yaml_proposes_can_be_deployed() -> None:
    """The part for a flow stands there as a comment; without its marks it is what fc3 takes."""
    text = (ROOT / "s.yaml").read_text(encoding="utf-8")
    shown = re.search(r"^( +)# ossMountConfig:\n(?:\1#  .*\n)+", text, re.MULTILINE)
    assert shown
    mounted = text.replace(shown[0], shown[0].replace(f"{shown[1]}# ", shown[1]))

    props = deployment.render(mounted, {})["resources"]["fc-inventory"]["props"]

    assert [mount["mountDir"] for mount in props["ossMountConfig"]["mountPoints"]] == ["/mnt/targets", "/mnt/runs"]
    assert deployment.mistakes(props) == []


def test_the_mounts_may_do_no_more_than_the_policy_says() -> None:
    """The directory that is mounted to be read can't be written by the function's role."""
    policy = json.loads((ROOT / "flow" / "role" / "mount-policy.json").read_text(encoding="utf-8"))
    on_targets = [statement for statement in policy["Statement"] if statement["Resource"].endswith("/targets/*")]

    assert [statement["Action"] for statement in on_targets] == ["oss:GetObject"]
    assert {statement["Resource"] for statement in policy["Statement"]} == {
        f"acs:oss:*:<account B>:<bucket>{path}" for path in ("", "/targets/*", "/runs/*")
    }
