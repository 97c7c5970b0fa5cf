"""What must hold for the function in s.yaml, far stricter than fc3 itself, which only logs what its schema finds."""

from __future__ import annotations

import copy
import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from artefact.runtimes import RUNTIMES

SCHEMA = json.loads(Path(__file__).with_name("fc3-schema.json").read_text(encoding="utf-8"))
VARIABLE = re.compile(r"\$\{(?:env\('(?P<env>\w+)', '(?P<default>[^']*)'\)|vars\.(?P<var>\w+))\}")

# https://www.alibabacloud.com/help/en/functioncompute/fc/environment-variables
MAX_ENVIRONMENT_BYTES = 4096
RESERVED = re.compile(r"ALIBABA_CLOUD_|FC_")

Props = dict[str, Any]


def render(text: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return s.yaml with its variables resolved, as `s preview` prints it: ${env('NAME', 'default')} and ${vars.NAME}."""
    document: dict[str, Any] = yaml.safe_load(text)
    document["vars"] = _resolve(document["vars"], environ, {})
    return {key: _resolve(value, environ, document["vars"]) for key, value in document.items()}


def mistakes(props: Props) -> list[str]:
    """Return one sentence for each thing about *props* that would fail on Function Compute, or be unsafe there."""
    found = [f"{error.json_path}: {error.message}" for error in Draft7Validator(tightened(SCHEMA)).iter_errors(props)]
    return found or [sentence for check in CHECKS for sentence in check(props)]


def tightened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return fc3's schema without its holes: no unknown property, and each trigger's configuration by its own type."""
    strict = copy.deepcopy(schema)
    for place in (strict, *strict["definitions"].values()):
        _close(place)
    strict["definitions"]["ITrigger"]["properties"]["triggerConfig"] = {}
    strict["definitions"]["ITrigger"]["allOf"] = [
        {
            "if": {"properties": {"triggerType": {"const": kind}}},
            "then": {"properties": {"triggerConfig": {"$ref": f"#/definitions/{definition}"}}},
        }
        for kind, definition in {"http": "IHttpTriggerConfig", "timer": "ITimerTriggerConfig"}.items()
    ]
    return strict


def check_runtime(props: Props) -> Iterator[str]:
    """The runtime is one that `make build` stages for."""
    if props["runtime"] not in RUNTIMES:
        yield f"runtime: {props['runtime']} is not one of {', '.join(RUNTIMES)}"


def check_handlers(props: Props) -> Iterator[str]:
    """What FC calls exists: `module.function` below the code directory."""
    hooks = props.get("instanceLifecycleConfig", {})
    for name in (props["handler"], *(hook["handler"] for hook in hooks.values())):
        module, _, function = name.rpartition(".")
        try:
            found = getattr(importlib.import_module(module), function, None)
        except ImportError:
            found = None
        if not callable(found):
            yield f"handler: {name} does not exist"


def check_role(props: Props) -> Iterator[str]:
    """The role is an ARN or a name, in lower case, since fc3 makes it so; it takes `auto` for a name. None means no keys."""
    role = props.get("role", "")
    if role == "auto" or not re.fullmatch(r"(acs:ram::\d+:role/)?[a-z0-9.-]{1,64}", role):
        yield f"role: {role!r} is neither an ARN nor a role's name in lower case"


def check_size(props: Props) -> Iterator[str]:
    """A GB of memory to a vCPU is 1 to 4, and the time-out is not the default of 3 seconds, too short for a listing."""
    ratio = props["memorySize"] / 1024 / props["cpu"]
    if not 1 <= ratio <= 4:
        yield f"memorySize: {ratio:.2f} GB for each vCPU is not from 1 to 4"
    if props.get("timeout", 3) <= 3:
        yield "timeout: 3 seconds or less are too short for a listing"


def check_environment(props: Props) -> Iterator[str]:
    """No key or name of the runtime's own is set, and all of it fits."""
    environment = props.get("environmentVariables", {})
    yield from (f"environmentVariables: {name} is the runtime's" for name in environment if RESERVED.match(name))
    size = sum(len(name.encode()) + len(value.encode()) for name, value in environment.items())
    if size > MAX_ENVIRONMENT_BYTES:
        yield f"environmentVariables: {size} bytes are more than {MAX_ENVIRONMENT_BYTES}"


def check_triggers(props: Props) -> Iterator[str]:
    """Nobody invokes the function without a signature; a timer's expression has six fields or is an interval."""
    for trigger in props.get("triggers", []):
        config, name = trigger["triggerConfig"], trigger["triggerName"]
        if trigger["triggerType"] == "http" and config["authType"] != "function":
            yield f"trigger {name}: authType {config['authType']} lets others than signed callers in"
        if trigger["triggerType"] == "timer" and not _is_cron(config["cronExpression"]):
            yield f"trigger {name}: {config['cronExpression']!r} has not six fields"


CHECKS: tuple[Callable[[Props], Iterator[str]], ...] = (
    check_runtime,
    check_handlers,
    check_role,
    check_size,
    check_environment,
    check_triggers,
)


def _resolve(node: Any, environ: Mapping[str, str], variables: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _resolve(value, environ, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve(value, environ, variables) for value in node]
    if not isinstance(node, str):
        return node

    def value(match: re.Match[str]) -> str:
        return variables[match["var"]] if match["var"] else environ.get(match["env"], match["default"])

    return VARIABLE.sub(value, node)


def _close(schema: dict[str, Any]) -> None:
    """Refuse unknown properties in *schema* and in the objects that stand directly in it; conditions stay as they are."""
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
        for inner in schema["properties"].values():
            _close(inner)


def _is_cron(expression: str) -> bool:
    """https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/time-triggers."""
    fields = re.sub(r"^CRON_TZ=\S+ ", "", expression)
    return len(fields.split()) == 6 or re.fullmatch(r"@every (\d+(\.\d+)?[hms])+", fields) is not None
