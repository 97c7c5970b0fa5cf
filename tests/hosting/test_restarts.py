"""What was deployed survives a restart with `--state`, and ends with a reset."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from alibabacloud_fc20230330.models import GetAsyncInvokeConfigRequest

from local.cloud import LocalCloud, load_world
from local.cloud.state_file import load_state
from local.runtime.hosting import Hosting
from tests.hosting.deploying import Deployer, body_of, refusal_of, user

FIRST = "def handler(event, context):\n    return b'first'\n"
SECOND = "def handler(event, context):\n    return b'second'\n"


def test_a_function_survives_a_restart(tmp_path: Path) -> None:
    """Its code, its triggers and its asynchronous configuration."""
    path = tmp_path / "state.json"
    with LocalCloud(load_world(), state_file=path, host=Hosting(python=sys.executable, instances=1)) as cloud:
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        deployer.deploy("kept", FIRST)
        deployer.trigger("kept", "daily", "timer", {"cronExpression": "@every 60m", "enable": True, "payload": ""})
        deployer.configure_async("kept", maxAsyncRetryAttempts=1)

    world = load_state(path)
    assert world is not None
    with LocalCloud(world, host=Hosting(python=sys.executable, instances=1)) as cloud:
        again = replace(deployer, cloud=cloud)
        answered = body_of(again.invoke("kept"))
        trigger = again.client.get_trigger("kept", "daily").body
        configured = again.client.get_async_invoke_config("kept", GetAsyncInvokeConfigRequest()).body

    assert answered == b"first"
    assert (trigger.trigger_type, configured.max_async_retry_attempts) == ("timer", 1)


def test_a_reset_takes_functions_away() -> None:
    """A later one of the same name runs its own code."""
    with LocalCloud(load_world(), host=Hosting(python=sys.executable, instances=1)) as cloud:
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        deployer.deploy("again", FIRST)
        first = body_of(deployer.invoke("again"))
        cloud.reset()
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        gone = refusal_of(lambda: deployer.invoke("again"))
        deployer.deploy("again", SECOND)
        second = body_of(deployer.invoke("again"))

    assert (first, gone[:2], second) == (b"first", (404, "FunctionNotFound"), b"second")
