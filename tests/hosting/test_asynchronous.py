"""Asynchronous invocations: accepted at once, retried as configured, their result delivered."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_fc20230330 import models

from local.cloud import LocalCloud, parse_policy
from tests.cloud.acs3 import Wire
from tests.hosting.conftest import Clock
from tests.hosting.deploying import ACCOUNT, ROLE, Deployer, refusal_of, wait_for

FC_HOST = f"{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com"
COUNT = """
from pathlib import Path
def handler(event, context):
    with open({file!r}, "a") as file:
        file.write(f"{{context.request_id}} {{context.retry_count}} {{event.decode()}}\\n")
    {then}
"""


def counting(file: Path, then: str = "return 'ok'") -> str:
    return COUNT.format(file=str(file), then=then)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def test_an_asynchronous_event_is_accepted_at_once_and_delivered(deployer: Deployer, tmp_path: Path) -> None:
    """202 without a body; the task's id is told where one was given."""
    calls = tmp_path / "calls"
    deployer.deploy("later", counting(calls))

    answer = deployer.invoke("later", b"event", invocation_type="Async", async_task_id="task-1")

    wait_for(lambda: lines(calls))
    assert (answer.status_code, answer.body.read()) == (202, b"")
    assert answer.headers["x-fc-async-task-id"] == "task-1"
    assert lines(calls) == [f"{answer.headers['x-fc-request-id']} None event"]


def test_a_failing_event_is_retried_as_configured_and_told_to_the_destination(
    deployer: Deployer, tmp_path: Path
) -> None:
    """Two retries with the same request id, then the failure goes to a file."""
    calls, results = tmp_path / "calls", tmp_path / "results"
    deployer.deploy("failing", counting(calls, "raise ValueError('wrong')"))
    destinations = {"onFailure": {"destination": f"file://{results}"}}
    deployer.configure_async("failing", maxAsyncRetryAttempts=2, destinationConfig=destinations)

    request_id = deployer.invoke("failing", b"event", invocation_type="Async").headers["x-fc-request-id"]

    wait_for(lambda: lines(results))
    assert lines(calls) == [f"{request_id} {count} event" for count in ("None", "1", "2")]
    (result,) = (json.loads(line) for line in lines(results))
    response = json.loads(result.pop("responsePayload"))
    assert (response["errorMessage"], response["errorType"]) == ("wrong", "ValueError")
    result.pop("timestamp")
    assert result == {
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/failing",
            "condition": "UnhandledInvocationError",
            "approximateInvokeCount": 3,
        },
        "requestPayload": "event",
        "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
    }


def test_an_event_that_is_too_old_is_not_retried(deployer: Deployer, clock: Clock, tmp_path: Path) -> None:
    """Retries that are left are dropped with the event's age limit, and the failure is told."""
    calls, results = tmp_path / "calls", tmp_path / "results"
    deployer.deploy("aging", counting(calls, "raise ValueError('wrong')"))
    destinations = {"onFailure": {"destination": f"file://{results}"}}
    deployer.configure_async(
        "aging", maxAsyncRetryAttempts=8, maxAsyncEventAgeInSeconds=60, destinationConfig=destinations
    )

    deployer.invoke("aging", b"event", invocation_type="Async")
    wait_for(lambda: lines(calls))
    clock.ahead = timedelta(seconds=61)
    try:
        wait_for(lambda: lines(results))
    finally:
        clock.ahead = timedelta()

    (result,) = (json.loads(line) for line in lines(results))
    assert len(lines(calls)) == result["requestContext"]["approximateInvokeCount"] < 9


def test_an_event_that_finds_no_free_instance_waits_for_one(deployer: Deployer, tmp_path: Path) -> None:
    """Being throttled is no failure: it uses up no retry, and the event is delivered once."""
    calls, gate = tmp_path / "calls", tmp_path / "gate"
    wait = f"import time\n    while not Path({str(gate)!r}).exists(): time.sleep(0.02)"
    deployer.deploy("crowded", counting(calls, wait))
    deployer.configure_async("crowded", maxAsyncRetryAttempts=0)

    for _ in range(4):
        deployer.invoke("crowded", b"event", invocation_type="Async")
    wait_for(lambda: len(lines(calls)) == 3)
    started_before = len(lines(calls))
    gate.touch()
    wait_for(lambda: len(lines(calls)) == 4)

    assert started_before == 3  # as many as the host has instances
    assert [line.split()[1] for line in lines(calls)] == ["None"] * 4


def test_a_success_is_posted_to_a_url(deployer: Deployer, tmp_path: Path) -> None:
    """A loopback URL takes the place of the message services."""
    received: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        deployer.deploy("posting", counting(tmp_path / "calls", "return {'sum': 3}"))
        url = f"http://127.0.0.1:{server.server_port}/results"
        deployer.configure_async("posting", destinationConfig={"onSuccess": {"destination": url}})
        deployer.invoke("posting", b"1+2", invocation_type="Async")
        wait_for(lambda: received)
        server.shutdown()

    assert [(result["requestPayload"], json.loads(result["responsePayload"])) for result in received] == [
        ("1+2", {"sum": 3})
    ]


def test_a_result_goes_to_another_function_that_the_role_may_invoke(
    cloud: LocalCloud, deployer: Deployer, tmp_path: Path
) -> None:
    """Without the permission of the execution role, it goes nowhere."""
    calls = tmp_path / "calls"
    arn = f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/next"
    deployer.deploy("next", counting(calls))
    deployer.deploy("first", "def handler(event, context):\n    return 'one'\n", role=ROLE)
    deployer.configure_async("first", destinationConfig={"onSuccess": {"destination": arn}})
    role = cloud.world.accounts[ACCOUNT].roles["fc-inventory"]

    deployer.invoke("first", b"", invocation_type="Async")
    denied = wait_for(lambda: lines(calls), 0.4)
    statement = {"Effect": "Allow", "Action": "fc:InvokeFunction", "Resource": arn}
    cloud.world.accounts[ACCOUNT].add_policy("invoke-next", parse_policy({"Version": "1", "Statement": [statement]}))
    role.policies.append("invoke-next")
    deployer.invoke("first", b"", invocation_type="Async")
    allowed = wait_for(lambda: lines(calls))
    role.policies.remove("invoke-next")

    assert denied == []
    assert [json.loads(line.split(" ", 2)[2])["responsePayload"] for line in allowed] == ["one"]


def test_a_configuration_is_put_read_listed_and_deleted(deployer: Deployer) -> None:
    """A second PUT replaces the first; none is a 404."""
    deployer.deploy("configured")
    get = models.GetAsyncInvokeConfigRequest(qualifier="LATEST")
    before = refusal_of(lambda: deployer.client.get_async_invoke_config("configured", get))

    deployer.configure_async("configured", maxAsyncRetryAttempts=1, asyncTask=True)
    deployer.configure_async("configured", maxAsyncEventAgeInSeconds=60)

    found = deployer.client.get_async_invoke_config("configured", get).body
    listing = models.ListAsyncInvokeConfigsRequest(function_name="configured")
    listed = deployer.client.list_async_invoke_configs(listing).body.configs
    deployer.client.delete_async_invoke_config("configured", models.DeleteAsyncInvokeConfigRequest())
    after = refusal_of(lambda: deployer.client.get_async_invoke_config("configured", get))
    assert (found.max_async_retry_attempts, found.max_async_event_age_in_seconds, found.async_task) == (3, 60, None)
    assert [config.to_map() for config in listed] == [found.to_map()]
    assert (
        before == after == (404, "AsyncConfigNotExists", "async invoke config of function 'configured' does not exist")
    )


@pytest.mark.parametrize("given", [{"maxAsyncRetryAttempts": 2, "maxAsyncEventAgeInSeconds": 60}, {"maxAsyncRetryAttempts": 2, "maxAsyncEventAgeInSeconds": 60, "asyncTask": False}])  # fmt: skip
def test_a_configuration_is_answered_by_the_model_and_no_more(
    cloud: LocalCloud, deployer: Deployer, given: dict[str, Any]
) -> None:
    """A field more, such as a qualifier, is a change to Serverless Devs where nothing changed."""
    if not cloud.world.accounts[ACCOUNT].inventories["cn-hangzhou"].deployments.get("modelled"):
        deployer.deploy("modelled")
    deployer.configure_async("modelled", **given)
    path = "/2023-03-30/functions/modelled/async-invoke-config"

    answer = Wire(deployer.keys, FC_HOST, "GetAsyncInvokeConfig", "2023-03-30", path).send(cloud.url).json()

    own = {name: answer.pop(name) for name in ("functionArn", "createdTime", "lastModifiedTime")}
    assert answer == {**given, "destinationConfig": {}}
    assert own["functionArn"] == f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/modelled"


def test_a_configuration_that_can_t_be_carried_out_is_refused(deployer: Deployer) -> None:
    """Limits, and destinations that nothing here stands for."""
    deployer.deploy("misconfigured")

    for wrong in (
        {"maxAsyncRetryAttempts": 9},
        {"maxAsyncEventAgeInSeconds": 0},
        {"maxAsyncEventAgeInSeconds": 604801},
        {
            "destinationConfig": {
                "onSuccess": {"destination": "acs:mns:cn-hangzhou:1345678901234567:/queues/q/messages"}
            }
        },
        {"destinationConfig": {"onFailure": {"destination": "http://example.com/"}}},
        {"destinationConfig": {"onFailure": {"destination": "file://host/etc/passwd"}}},
    ):
        assert refusal_of(lambda: deployer.configure_async("misconfigured", **wrong))[:2] == (400, "InvalidArgument")  # noqa: B023 - called at once
