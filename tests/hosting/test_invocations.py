"""InvokeFunction: what a deployed function gets, and what its caller is told."""

from __future__ import annotations

import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud, load_world, parse_trust_policy
from local.cloud.clock import to_wire
from local.cloud.functions.archive import crc64
from local.cloud.world import Role
from local.runtime.errors import HarnessError
from local.runtime.hosting import Hosting
from local.runtime.pythons import find_python
from tests.cloud.acs3 import Wire
from tests.hosting.conftest import Clock
from tests.hosting.deploying import ACCOUNT, ECHO, ROLE, Deployer, body_of, refusal_of, user, wait_for, zip_of

FC_HOST = f"{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com"
SHOW = """
import json, os, sys
calls = 0
def handler(event, context):
    global calls
    calls += 1
    shown = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "FC_FUNCTION_NAME", "FC_ACCOUNT_ID", "FC_REGION", "FC_INVENTORY_ENDPOINT", "STAGE")
    return {"calls": calls, "pid": os.getpid(), "key": context.credentials.access_key_id, "version": sys.version_info[:2],
            **{name: os.environ.get(name) for name in shown}}
"""


def shown(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body_of(answer))
    return found


def test_the_answer_has_the_service_s_headers(deployer: Deployer) -> None:
    """Request, instance, code and duration always, the log where it was asked for."""
    code = zip_of({"index.py": "def handler(event, context):\n    print('working')\n    return event\n"})
    deployer.deploy("headers", code)

    answer = deployer.invoke("headers", b"\x00\xff", log_type="Tail")

    headers = answer.headers
    log = base64.b64decode(headers["x-fc-log-result"]).decode().splitlines()
    request_id = headers["x-fc-request-id"]
    assert (answer.status_code, body_of(answer)) == (200, b"\x00\xff")
    assert log == [f"FC Invoke Start RequestId: {request_id}", "working", f"FC Invoke End RequestId: {request_id}"]
    assert headers["x-fc-code-checksum"] == crc64(code)
    assert headers["x-fc-invocation-service-version"] == "LATEST"
    assert headers["x-fc-instance-id"].startswith("c-")
    assert headers["x-fc-invocation-duration"].isdecimal()
    assert "x-fc-error-type" not in headers
    assert "x-fc-log-result" not in deployer.invoke("headers").headers


def test_only_the_last_4_kb_of_the_log_are_told(deployer: Deployer) -> None:
    """However much was written."""
    deployer.deploy("chatty", "def handler(event, context):\n    print('x' * 100_000)\n    return 'ok'\n")

    answer = deployer.invoke("chatty", log_type="Tail")

    assert len(base64.b64decode(answer.headers["x-fc-log-result"])) == 4096


def test_a_function_has_the_keys_of_its_role_and_its_variables(cloud: LocalCloud, deployer: Deployer) -> None:
    """They are a session of the execution role, and the environment says where the function is."""
    deployer.deploy("environment", SHOW, role=ROLE, environmentVariables={"STAGE": "test"})

    found = shown(deployer.invoke("environment"))

    session = cloud.world.sessions[found["key"]]
    assert session.account.role_arn(session.role.name) == ROLE
    assert found["ALIBABA_CLOUD_ACCESS_KEY_ID"] == found["key"]
    assert (found["FC_FUNCTION_NAME"], found["FC_ACCOUNT_ID"], found["FC_REGION"]) == (
        "environment",
        ACCOUNT,
        "cn-hangzhou",
    )
    assert (found["STAGE"], found["FC_INVENTORY_ENDPOINT"]) == ("test", cloud.url)


def test_sessions_of_events_long_ago_are_forgotten(cloud: LocalCloud, deployer: Deployer, clock: Clock) -> None:
    """There is one for each event, and a cloud may run for weeks."""
    deployer.deploy("forgetting", SHOW, role=ROLE)
    old = shown(deployer.invoke("forgetting"))["key"]

    clock.ahead = timedelta(hours=2, minutes=5)
    call = invocation(deployer, "forgetting")
    answer = call.but(headers={"x-acs-date": to_wire(clock())}).send(cloud.url)
    clock.ahead = timedelta()

    assert answer.json()["key"] in cloud.world.sessions
    assert old not in cloud.world.sessions


def test_a_function_without_a_role_has_no_keys(deployer: Deployer) -> None:
    """They are empty."""
    deployer.deploy("roleless", SHOW)

    found = shown(deployer.invoke("roleless"))

    assert (found["key"], found["ALIBABA_CLOUD_ACCESS_KEY_ID"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "principal", "expected"),
    [
        ("missing", None, "EntityNotExist.Role: there is no role"),
        ("other-service", {"Service": ["ecs.aliyuncs.com"]}, "does not trust the service fc.aliyuncs.com"),
    ],
)
def test_a_role_that_can_t_be_assumed_is_told(
    cloud: LocalCloud, deployer: Deployer, name: str, principal: Any, expected: str
) -> None:
    """The invocation is refused, the function is not called."""
    if principal:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        trust = parse_trust_policy({"Version": "1", "Statement": [statement]})
        cloud.world.accounts[ACCOUNT].roles[name] = Role(name, "300000000000000009", trust)
    deployer.deploy(f"role-{name}", ECHO, role=f"acs:ram::{ACCOUNT}:role/{name}")

    status, code, message = refusal_of(lambda: deployer.invoke(f"role-{name}"))

    assert (status, code) == (403, "AccessDenied")
    assert expected in message


def test_an_instance_stays_warm_until_code_or_settings_change(deployer: Deployer) -> None:
    """Each change starts a new one; keys are fresh in each event."""
    deployer.deploy("warm", SHOW, role=ROLE)

    first, second = (shown(deployer.invoke("warm")) for _ in range(2))
    deployer.update("warm", environmentVariables={"STAGE": "two"})
    third = shown(deployer.invoke("warm"))
    deployer.update("warm", code={"zipFile": base64.b64encode(zip_of({"index.py": ECHO})).decode()})
    fourth = body_of(deployer.invoke("warm", b"new code"))

    assert (first["calls"], second["calls"], third["calls"]) == (1, 2, 1)
    assert first["pid"] == second["pid"] != third["pid"]
    assert first["key"] != second["key"]
    assert (third["STAGE"], fourth) == ("two", b"new code")


def test_an_idle_instance_ends() -> None:
    """After its time, the next event starts another one."""
    with LocalCloud(load_world(), host=Hosting(python=sys.executable, idle_seconds=0.1)) as cloud:
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        deployer.deploy("idle", SHOW)
        first = shown(deployer.invoke("idle"))

        wait_for(lambda: not Path(f"/proc/{first['pid']}").exists())
        second = shown(deployer.invoke("idle"))

    assert (second["calls"], second["pid"] != first["pid"]) == (1, True)


def test_events_that_come_together_get_instances_of_their_own(deployer: Deployer) -> None:
    """As many as the host allows, three here; one more is refused, and the others don't notice."""
    deployer.deploy(
        "busy", "import os, time\ndef handler(event, context):\n    time.sleep(0.6)\n    return str(os.getpid())\n"
    )

    with ThreadPoolExecutor(4) as threads:
        together = [threads.submit(deployer.invoke, "busy") for _ in range(4)]
        errors = [one.exception() for one in together]

    served = {body_of(one.result()) for one, error in zip(together, errors, strict=True) if error is None}
    refused = [error for error in errors if error is not None]
    assert len(served) == 3
    assert [(error.status_code, error.code) for error in refused] == [(429, "ResourceExhausted")]  # type: ignore[attr-defined]


def test_a_failing_function_is_answered_with_its_error(deployer: Deployer) -> None:
    """Status 200, the type in a header, the error as the body."""
    deployer.deploy("raising", "def handler(event, context):\n    raise ValueError('wrong')\n")

    answer = deployer.invoke("raising", log_type="Tail")

    error = json.loads(body_of(answer))
    assert (answer.status_code, answer.headers["x-fc-error-type"]) == (200, "UnhandledInvocationError")
    assert (error["errorMessage"], error["errorType"]) == ("wrong", "ValueError")
    assert "Error: Unhandled function error" in base64.b64decode(answer.headers["x-fc-log-result"]).decode()


def test_the_initializer_comes_first_and_its_failure_is_the_answer(deployer: Deployer) -> None:
    """Once an instance; a failing one leaves no instance behind."""
    hooks = {"initializer": {"handler": "index.initialize", "timeout": 1}}
    code = "ready = []\ndef initialize(context):\n    ready.append(1)\ndef handler(event, context):\n    return ready\n"
    deployer.deploy("initialized", code, instanceLifecycleConfig=hooks)
    deployer.deploy("not-initialized", "def initialize(context):\n    1 / 0\n" + ECHO, instanceLifecycleConfig=hooks)

    good = [json.loads(body_of(deployer.invoke("initialized"))) for _ in range(2)]
    bad = deployer.invoke("not-initialized")

    assert good == [[1], [1]]
    assert json.loads(body_of(bad))["errorType"] == "ZeroDivisionError"
    assert bad.headers["x-fc-error-type"] == "InitializationError"


def test_headers_that_mean_nothing_are_refused(cloud: LocalCloud, deployer: Deployer) -> None:
    """Nothing is invoked."""
    deployer.deploy("with-headers", SHOW, role=ROLE)
    meaningless: list[dict[str, str | None]] = [
        {"x-fc-invocation-type": "Later"},
        {"x-fc-log-type": "Head"},
        {"x-fc-invocation-type": "Async", "x-fc-async-task-id": "1 task"},
    ]

    answers = [invocation(deployer, "with-headers").but(headers=headers).send(cloud.url) for headers in meaningless]

    assert [(answer.status_code, answer.json()["Code"]) for answer in answers] == [(400, "InvalidArgument")] * 3


def invocation(deployer: Deployer, name: str) -> Wire:
    path = f"/2023-03-30/functions/{name}/invocations"
    return Wire(deployer.keys, FC_HOST, "InvokeFunction", "2023-03-30", path=path, method="POST")


def test_another_qualifier_doesn_t_exist(cloud: LocalCloud, deployer: Deployer) -> None:
    """There are no versions and aliases here."""
    deployer.deploy("unversioned")

    latest = invocation(deployer, "unversioned").but(query={"qualifier": "LATEST"}).send(cloud.url)
    others = [
        invocation(deployer, name).but(query={"qualifier": qualifier}).send(cloud.url)
        for name, qualifier in (("unversioned", "prod"), ("unversioned", "1"), ("none", "prod"))
    ]

    assert latest.status_code == 200
    assert [(other.status_code, other.json()["Code"], other.json()["Message"]) for other in others] == [
        (404, "AliasNotFound", "alias 'prod' of function 'unversioned' does not exist"),
        (404, "VersionNotFound", "version '1' of function 'unversioned' does not exist"),
        (404, "FunctionNotFound", "function 'none' does not exist."),
    ]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("", "GetFunction"),
        ("/code", "GetFunctionCode"),
        ("/async-invoke-config", "GetAsyncInvokeConfig"),
        ("/scaling-config", "GetScalingConfig"),
        ("/provision-config", "GetProvisionConfig"),
    ],
)
def test_nothing_is_said_of_another_qualifier(cloud: LocalCloud, deployer: Deployer, path: str, action: str) -> None:
    """Whatever is asked: to answer for LATEST would be to answer for something else."""
    if not cloud.world.accounts[ACCOUNT].inventories["cn-hangzhou"].deployments.get("read-latest"):
        deployer.deploy("read-latest")
    call = Wire(deployer.keys, FC_HOST, action, "2023-03-30", f"/2023-03-30/functions/read-latest{path}")

    answer = call.but(query={"qualifier": "prod"}).send(cloud.url)

    message = "alias 'prod' of function 'read-latest' does not exist"
    assert (answer.status_code, answer.json()["Code"], answer.json()["Message"]) == (404, "AliasNotFound", message)


@pytest.mark.parametrize(("kind", "limit"), [("Sync", 32 * 1024 * 1024), ("Async", 128 * 1024)])
def test_an_event_has_a_limit(cloud: LocalCloud, deployer: Deployer, kind: str, limit: int) -> None:
    """32 MB where somebody waits, 128 KB where nobody does."""
    if kind == "Sync":
        deployer.deploy("measuring", "def handler(event, context):\n    return str(len(event))\n")
    call = invocation(deployer, "measuring").but(headers={"x-fc-invocation-type": kind})

    allowed = call.but(body=b"x" * limit).send(cloud.url)
    refused = call.but(body=b"x" * (limit + 1)).send(cloud.url)

    message = f"payload size exceeds maximum allowed size ({limit} bytes)"
    assert (allowed.status_code, allowed.content) == ((200, str(limit).encode()) if kind == "Sync" else (202, b""))
    assert (refused.status_code, refused.json()["Code"], refused.json()["Message"]) == (400, "EntityTooLarge", message)


def test_a_runtime_that_can_t_be_run_is_told(deployer: Deployer) -> None:
    """It can be deployed; the invocation says what is missing."""
    deployer.deploy("javascript", ECHO, runtime="nodejs18")

    refusal = refusal_of(lambda: deployer.invoke("javascript"))

    assert refusal == (
        500,
        "InternalServerError",
        "local cloud: runtime nodejs18 can't be run here: only Python's can",
    )


def test_without_a_host_nothing_is_invoked() -> None:
    """The cloud by itself has no processes, and says so."""
    with LocalCloud(load_world()) as cloud:
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        deployer.deploy("hostless")

        refusal = refusal_of(lambda: deployer.invoke("hostless"))

    assert refusal == (500, "InternalServerError", "this local cloud was started without a host for functions")


@pytest.mark.parametrize("runtime", ["python3.9", "python3.10", "python3.12"])
def test_a_function_has_the_python_of_its_runtime(deployer: Deployer, runtime: str) -> None:
    """Where this machine has it."""
    try:
        find_python(runtime)
    except HarnessError as error:
        pytest.skip(str(error))
    code = "import sys\ndef handler(event, context):\n    return 'python%d.%d %s' % (*sys.version_info[:2], context.account_id)\n"
    deployer.deploy(f"on-{runtime.replace('.', '-')}", code, runtime=runtime)

    answer = deployer.invoke(f"on-{runtime.replace('.', '-')}")

    assert body_of(answer).decode() == f"{runtime} {ACCOUNT}"


def test_a_python_that_isn_t_there_is_told_or_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the one that the user chose, if any; `python3` is 3.6, which nobody can run here."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PYENV_ROOT", "/nowhere")

    with pytest.raises(HarnessError, match=r"this machine has no Python 3\.12 on PATH or under pyenv"):
        find_python("python3.12")
    with pytest.raises(HarnessError, match="runtime python3 can't be run here"):
        find_python("python3")
    assert find_python("python3.12", "/opt/python") == "/opt/python"
