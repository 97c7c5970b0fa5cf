"""s.yaml deploys what it should, and each check of it can fail."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging import deployment
from tests.tools import find_in_npm

S_YAML = Path(__file__).parents[2] / "s.yaml"
TARGETS = '{"version": 1, "targets": [{"name": "company-a", "role_arn": "acs:ram::1234567890123456:role/fc-admin"}]}'


def function(**environ: str) -> dict[str, Any]:
    """Return the function in s.yaml, rendered with *environ*."""
    resource: dict[str, Any] = deployment.render(S_YAML.read_text(encoding="utf-8"), environ)["resources"][
        "fc-inventory"
    ]
    return resource


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the properties in s.yaml with *value* at *path* (keys and indices with slashes between); None removes it."""
    props: dict[str, Any] = copy.deepcopy(function()["props"])
    *parents, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    place: Any = props
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return props


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_the_function_can_be_deployed_to_both_runtimes(runtime: str) -> None:
    """Nothing about s.yaml is known to fail on Function Compute; one variable chooses the runtime and builds for it."""
    resource = function(RUNTIME=runtime)

    assert resource["props"]["runtime"] == runtime
    assert resource["actions"]["pre-deploy"] == [{"run": f"make build RUNTIME={runtime}", "path": "./"}]
    assert resource["props"]["code"] == "./build/code"
    assert deployment.mistakes(resource["props"]) == []


def test_settings_reach_the_function_as_text() -> None:
    """A setting given in the environment is the function's, word for word; the others are empty, which means not set."""
    props = function(TARGETS=TARGETS, LOG_LEVEL="DEBUG", EXECUTION_ROLE_ARN="acs:ram::1:role/fc")["props"]

    assert props["role"] == "acs:ram::1:role/fc"
    assert {name: value for name, value in props["environmentVariables"].items() if value} == {
        "TARGETS": TARGETS,
        "LOG_LEVEL": "DEBUG",
    }


def test_what_the_function_says_is_kept_unless_somebody_says_no() -> None:
    """`auto` is fc3's word for a log store that it makes; any other text, such as none, is no log store to it."""
    assert function()["props"]["logConfig"] == "auto"
    assert function(LOG_CONFIG="none")["props"]["logConfig"] == "none"


OPTIONS = re.findall(r"^ +# (\w+Config): (\{.*\})$", S_YAML.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("name", "text"), OPTIONS, ids=[f"{name} {text[:12]}" for name, text in OPTIONS])
def test_what_stands_in_comments_can_be_deployed_too(name: str, text: str) -> None:
    """Each option that s.yaml offers in a comment is right as it stands there."""
    path = f"asyncInvokeConfig/{name}" if name == "destinationConfig" else name

    assert deployment.mistakes(changed(path, yaml.safe_load(text))) == []


def test_the_options_are_those_that_the_readme_needs() -> None:
    """A place for snapshots, and a destination for what changed."""
    assert {"ossMountConfig", "nasConfig", "destinationConfig", "logConfig"} <= {name for name, _ in OPTIONS}


@pytest.mark.parametrize(
    ("path", "value", "mistake"),
    [
        ("timeOut", 60, r"'timeOut' was unexpected"),
        ("instanceLifecycleConfig/preFreeze", {"handler": "index.handler"}, r"'preFreeze' was unexpected"),
        ("asyncInvokeConfig/maxAsyncRetryAttempts", 9, r"9 is greater than the maximum of 8"),
        ("region", "cn-hangzou", r"'cn-hangzou' is not one of"),
        ("handler", None, r"'handler' is a required property"),
        ("memorySize", 500, r"500 is not a multiple of 64"),
        ("environmentVariables/DURATION_SECONDS", 3600, r"3600 is not of type 'string'"),
        ("triggers/0/triggerConfig/methods", None, r"'methods' is a required property"),
        ("triggers/0/triggerConfig/authType", None, r"'authType' is a required property"),
        ("triggers/0/triggerConfig/cors", True, r"'cors' was unexpected"),
        ("triggers/1/triggerConfig/cronExpression", None, r"'cronExpression' is a required property"),
        ("triggers/0/triggerConfig/authType", "anonymous", r"trigger http: authType anonymous"),
        ("triggers/1/triggerConfig/cronExpression", "0 1 * * *", r"trigger daily: '0 1 \* \* \*' has not six fields"),
        ("runtime", "python3.9", r"runtime: python3\.9 is not one of python3\.10, python3\.12"),
        ("handler", "index.main", r"handler: index\.main does not exist"),
        ("handler", "main.handler", r"handler: main\.handler does not exist"),
        ("instanceLifecycleConfig/initializer/handler", "index.init", r"handler: index\.init does not exist"),
        ("role", "auto", r"role: 'auto' is neither"),
        ("role", "acs:ram::1:role/Inventory", r"role: 'acs:ram::1:role/Inventory' is neither"),
        ("role", None, r"role: '' is neither"),
        ("memorySize", 256, r"memorySize: 0\.71 GB"),
        ("memorySize", 2048, r"memorySize: 5\.71 GB"),
        ("timeout", 3, r"timeout: 3 seconds or less"),
        ("timeout", None, r"timeout: 3 seconds or less"),
        ("environmentVariables/ALIBABA_CLOUD_SECURITY_TOKEN", "", r"ALIBABA_CLOUD_SECURITY_TOKEN is the runtime's"),
        ("environmentVariables/FC_REGION", "", r"FC_REGION is the runtime's"),
        ("environmentVariables/TARGETS", "x" * 4096, r"environmentVariables: \d+ bytes are more than 4096"),
    ],
)  # fmt: skip
def test_each_mistake_is_found(path: str, value: Any, mistake: str) -> None:
    """A mistake that fc3 lets through, or that Function Compute refuses only at deployment, is found, alone."""
    (found,) = deployment.mistakes(changed(path, value))

    assert re.search(mistake, found)


@pytest.mark.parametrize(
    "settings",
    [{}, {"RUNTIME": "python3.12", "TARGETS": TARGETS, "DURATION_SECONDS": "3600", "CRON": "@every 12h"}],
    ids=["nothing set", "settings"],
)
def test_serverless_devs_renders_what_is_checked_here(settings: dict[str, str], tmp_path: Path) -> None:
    """`s preview` gives the very document that the checks above have seen (after a line of warning where root runs it)."""
    command = find_in_npm(".bin/s")
    shutil.copy(S_YAML, tmp_path)
    text = S_YAML.read_text(encoding="utf-8")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "serverless_devs_config_home": str(tmp_path)}

    shown = subprocess.run(
        [command, "preview", "--output-format", "json"],
        cwd=tmp_path,
        env={**environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert json.loads(re.sub(r"^\[.*\n", "", shown.stdout)) == deployment.render(text, settings)
