"""As much of CloudFlow as the definition in flow/s.yaml uses: it sends the events that the definition would send.

https://www.alibabacloud.com/help/en/serverless-workflow/latest/input-and-output. What it can't tell is whether the service
reads the definition the same way.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

S_YAML = Path(__file__).parents[3] / "flow" / "s.yaml"
MAX_STATE_BYTES = 64 * 1024
MAX_ITERATIONS = 10_000
VARIABLE = re.compile(r"\$\{(env|vars)(?:\('(\w+)'(?:, '([^']*)')?\)|\.(\w+))\}")
PATH = re.compile(r"\$(Input|Output|Context)((?:\.\w+)*)")
CONDITION = re.compile(r'(\$\S+) == "(\w+)"')

Json = dict[str, Any]
Invoke = Callable[[Json], Json]


class ExecutionFailed(Exception):  # noqa: N818 - the engine's own word
    """The execution ended as failed."""


def properties(**environ: str) -> Json:
    """Return the properties of the flow in flow/s.yaml, its variables resolved as Serverless Devs does."""
    text = S_YAML.read_text(encoding="utf-8")
    variables: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        if match[1] == "vars":
            return variables[match[4]]
        return environ[match[2]] if match[3] is None else environ.get(match[2], match[3])

    for name, variable in yaml.safe_load(text)["vars"].items():
        variables[name] = VARIABLE.sub(value, variable)
    props: Json = yaml.safe_load(VARIABLE.sub(value, text))["resources"]["flow"]["props"]
    return props


def states_of(machine: Json) -> Iterator[tuple[Json, list[Json]]]:
    """Yield every state of *machine*, however deep, with the states of its scope."""
    for state in machine["States"]:
        yield state, machine["States"]
        if "Processor" in state:
            yield from states_of(state["Processor"])


@dataclass
class Execution:
    """One execution of *definition* named *name*; `invoke` is the function."""

    definition: Json
    name: str
    invoke: Invoke
    order: Callable[[list[Any]], list[Any]] = list
    tasks: list[str] = field(default_factory=list)

    def run(self, given: Json | None = None) -> Json:
        """Return the output of the execution. Raises ExecutionFailed."""
        return self._scope(self.definition, given or {})

    def _scope(self, machine: Json, data: Json) -> Json:
        states = {state["Name"]: state for state in machine["States"]}
        following: str | None = machine["StartAt"]
        while following is not None:
            state = states[following]
            data, following = getattr(self, f"_{state['Type'].lower()}")(state, _checked(data))
        return _checked(data)

    def _pass(self, state: Json, data: Json) -> tuple[Json, str | None]:
        return self._constructed(state, Input=data), state.get("Next")

    _succeed = _pass

    def _fail(self, state: Json, _: Json) -> tuple[Json, str | None]:
        raise ExecutionFailed(state["Code"])

    def _choice(self, state: Json, data: Json) -> tuple[Json, str | None]:
        for branch in state["Branches"]:
            condition = CONDITION.fullmatch(branch["Condition"])
            assert condition
            if self._value(condition[1], {"Input": data}) == condition[2]:
                return data, branch["Next"]
        return data, state["Default"]

    def _task(self, state: Json, data: Json) -> tuple[Json, str | None]:
        body = self._evaluated(state["Parameters"]["body"], {"Input": data})
        attempts = 1 + next(rule["MaxAttempts"] for rule in state["Retry"] if "FnF.ALL" in rule["Errors"])
        for attempt in range(1, attempts + 1):
            self.tasks.append(state["Name"])
            try:
                answer = self.invoke(_checked(body))
                break
            except Exception as error:
                if attempt == attempts:
                    raise ExecutionFailed(f"{state['Name']}: {error}") from error
        return self._constructed(state, Input=data, Output={"Body": _checked(answer)}), state.get("Next")

    def _map(self, state: Json, data: Json) -> tuple[Json, str | None]:
        items = self._value(state["ItemsPath"], {"Input": data})
        assert len(items) <= MAX_ITERATIONS
        outputs: list[Json] = []
        for item in self.order(items):
            with contextlib.suppress(ExecutionFailed):
                outputs.append(self._scope(state["Processor"], item))
        if 100 * (len(items) - len(outputs)) > state["ToleratedFailurePercentage"] * len(items):
            raise ExecutionFailed(state["Name"])
        return self._constructed(state, Input=data, Output=_checked({"Items": outputs})), state.get("Next")

    def _constructed(self, state: Json, **known: Json) -> Json:
        constructor = state.get("OutputConstructor")
        made: Json = known["Input"] if constructor is None else self._evaluated(constructor, known)
        return made

    def _evaluated(self, node: Any, known: Mapping[str, Json]) -> Any:
        if not isinstance(node, dict):
            return node
        return {
            key.removesuffix(".$"): self._value(value, known) if key.endswith(".$") else self._evaluated(value, known)
            for key, value in node.items()
        }

    def _value(self, path: str, known: Mapping[str, Json]) -> Any:
        matched = PATH.fullmatch(path)
        assert matched, path
        value: Any = {**known, "Context": {"Execution": {"Name": self.name}}}[matched[1]]
        for name in matched[2].split(".")[1:]:
            value = value[name]
        return value


def _checked(data: Json) -> Json:
    """Return *data*, that may pass between states: a JSON object, and not too big."""
    assert isinstance(data, dict)
    assert len(json.dumps(data).encode()) <= MAX_STATE_BYTES
    return data
