"""The calls that Serverless Devs makes, one after the other: `s deploy`, `s invoke`, `s info`, `s plan`, `s remove`.

As recorded from `@serverless-devs/s` 3.1.10 with its component fc3 0.1.22, which gets two addresses in the environment:
`FC_CLIENT_CUSTOM_ENDPOINT` for the API and `FC_CODE_TEMP_OSS_ENDPOINT` for the code. What is deployed is this project's
own function, by its own s.yaml.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.cloud import LocalCloud, load_world
from local.cloud.functions.archive import crc64
from local.runtime.hosting import Hosting
from tests.cloud.acs3 import Keys, Wire
from tests.cloud.old_signatures import Roa
from tests.hosting.deploying import ACCOUNT, ROLE, user, wait_for, zip_of
from tests.packaging import deployment

ROOT = Path(__file__).parents[2]
NAME = "fc-inventory"
FUNCTION = f"/functions/{NAME}"
LATEST = {"qualifier": "LATEST"}

# What the component makes of `logConfig: auto`, in Simple Log Service, before it creates the function.
LOGS = {
    "enableInstanceMetrics": True,
    "enableRequestMetrics": True,
    "logBeginRule": "DefaultRegex",
    "logstore": "default-logs",
    "project": "serverless-cn-hangzhou-8495ebb6-86f3-5bed-b0e8-dd75162eecfc",
}


@dataclass(frozen=True)
class Serverless:
    """Signs and sends as the component does; `deploy` is the part of its work that changes something."""

    url: str
    keys: Keys

    @property
    def host(self) -> str:
        """What the client has for a host: the custom endpoint."""
        return self.url.removeprefix("http://")

    def call(self, method: str, path: str, action: str, **options: Any) -> httpx.Response:
        """Send one call of the API; `body` is a document, `query` a mapping."""
        body = json.dumps(options["body"]).encode() if "body" in options else b""
        headers: dict[str, str | None] = {"content-type": "application/json"} if body else {}
        path = f"/2023-03-30{path}"
        wire = Wire(self.keys, self.host, action, "2023-03-30", path, options.get("query", {}), method, body, headers)
        return wire.send(self.url)

    def upload(self, code: bytes) -> dict[str, str]:
        """Ask for a place for the code, signed the old way and without the port, and put the code there."""
        asked = Roa("FC", self.keys, self.host.partition(":")[0], "/2016-08-15/tempBucketToken").send(self.url).json()
        keys = asked["credentials"]
        session = Keys(keys["AccessKeyId"], keys["AccessKeySecret"], keys["SecurityToken"])
        bucket, name = asked["ossBucket"], f"{ACCOUNT}/{asked['objectName']}"
        host = f"{bucket}.oss-cn-hangzhou.aliyuncs.com"
        put = Roa("OSS", session, host, f"/{name}", method="PUT", body=code, resource=f"/{bucket}/{name}")
        answer = put.but(headers={"content-type": "application/octet-stream"}).send(self.url)
        assert (answer.status_code, bool(answer.headers["etag"])) == (200, True)
        return {"ossBucketName": bucket, "ossObjectName": name}

    def invoke(self, event: bytes, kind: str) -> httpx.Response:
        """Invoke with a body in chunks, as the component sends it."""
        headers: dict[str, str | None] = {
            "content-type": "application/octet-stream",
            "x-fc-invocation-type": kind,
            "x-fc-log-type": "Tail" if kind == "Sync" else "None",
        }
        path = f"/2023-03-30{FUNCTION}/invocations"
        wire = Wire(self.keys, self.host, "InvokeFunction", "2023-03-30", path, LATEST, "POST", event, headers)
        connection = HTTPConnection(self.host, timeout=30)
        chunks = [event[:1], event[1:]] if len(event) > 1 else [event]
        signed = {**wire.signed_headers(), "transfer-encoding": "chunked"}
        connection.request("POST", f"{path}?qualifier=LATEST", iter(chunks), signed, encode_chunked=True)
        answer = connection.getresponse()
        found = httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
        connection.close()
        return found


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    """Run a cloud whose functions run with the Python of the tests, which has the SDKs that the function needs."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PYENV_ROOT", "/nowhere")
    with LocalCloud(load_world(), host=Hosting(python=sys.executable)) as running:
        yield running


@pytest.fixture
def serverless(cloud: LocalCloud) -> Serverless:
    """Return the client of somebody who may deploy."""
    return Serverless(cloud.url, user(cloud, "deployer", "AliyunFCFullAccess"))


@pytest.fixture
def props() -> dict[str, Any]:
    """Return the function in s.yaml, listing company A."""
    text = (ROOT / "s.yaml").read_text(encoding="utf-8")
    environment = {
        "ROLE_ARN": "acs:ram::1234567890123456:role/fc-admin",
        "REGIONS": "cn-hangzhou",
        "EXECUTION_ROLE": ROLE,
    }
    found: dict[str, Any] = deployment.render(text, environment)["resources"]["fc-inventory"]["props"]
    assert found["logConfig"] == "auto"
    return {**found, "role": ROLE, "logConfig": LOGS}


def code() -> bytes:
    """Return a zip of `src/`."""
    source = ROOT / "src"
    return zip_of({str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*.py")})


def create_body(props: dict[str, Any], uploaded: dict[str, str]) -> dict[str, Any]:
    """Return the body of CreateFunction as the component makes it."""
    own = {
        name: value for name, value in props.items() if name not in ("region", "triggers", "asyncInvokeConfig", "code")
    }
    return {
        "code": uploaded,
        "instanceIsolationMode": "SHARE",
        "layers": [],
        "nasConfig": {"groupId": -1, "mountPoints": [], "userId": -1},
        "ossMountConfig": {"mountPoints": []},
        "sessionAffinity": "NONE",
        "tracingConfig": {},
        "vpcConfig": {"securityGroupId": "", "vSwitchIds": [], "vpcId": ""},
        **own,
    }


def before(serverless: Serverless, props: dict[str, Any]) -> list[tuple[int, str]]:
    """Look for what is there already, as `deploy` does first; return status and code of each answer."""
    answers = [
        serverless.call("GET", FUNCTION, "GetFunction"),
        *(
            serverless.call("GET", f"{FUNCTION}/triggers/{trigger['triggerName']}", "GetTrigger")
            for trigger in props["triggers"]
        ),
        serverless.call("GET", f"{FUNCTION}/async-invoke-config", "GetAsyncInvokeConfig", query=LATEST),
        serverless.call("GET", f"{FUNCTION}/vpc-bindings", "ListVpcBindings"),
        serverless.call("GET", f"{FUNCTION}/scaling-config", "GetScalingConfig", query=LATEST),
        serverless.call("GET", f"{FUNCTION}/concurrency", "GetConcurrencyConfig"),
    ]
    return [(answer.status_code, answer.json().get("Code", "")) for answer in answers]


def deploy(serverless: Serverless, props: dict[str, Any]) -> dict[str, httpx.Response]:
    """Upload, create, and set up triggers and asynchronous invocations."""
    body = create_body(props, serverless.upload(code()))
    answers = {"function": serverless.call("POST", "/functions", "CreateFunction", body=body)}
    for trigger in props["triggers"]:
        given = {**trigger, "triggerConfig": json.dumps(trigger["triggerConfig"]), "qualifier": "LATEST"}
        made = serverless.call("POST", f"{FUNCTION}/triggers", "CreateTrigger", body=given)
        answers[trigger["triggerName"]] = made
    config = props["asyncInvokeConfig"]
    path = f"{FUNCTION}/async-invoke-config"
    answers["async"] = serverless.call("PUT", path, "PutAsyncInvokeConfig", body=config, query=LATEST)
    return answers


def test_nothing_is_there_before_the_first_deployment(serverless: Serverless, props: dict[str, Any]) -> None:
    """404 with the codes that make the component create."""
    found = before(serverless, props)

    assert found[0] == (404, "FunctionNotFound")
    assert {status for status, _ in found} == {404}


def test_the_project_s_function_is_deployed_invoked_and_removed(serverless: Serverless, props: dict[str, Any]) -> None:
    """From the zip to the report about company A, by the calls of the command line."""
    answers = deploy(serverless, props)
    state = serverless.call("GET", FUNCTION, "GetFunction").json()
    again = before(serverless, props)
    report = serverless.invoke(b"{}", "Sync")
    accepted = serverless.invoke(b"{}", "Async")
    info = [
        serverless.call("GET", f"{FUNCTION}/{part}", action, query=query)
        for part, action, query in (
            ("triggers", "ListTriggers", {"limit": "10"}),
            ("provision-config", "GetProvisionConfig", LATEST),
            ("aliases", "ListAliases", {}),
            ("versions", "ListFunctionVersions", {}),
        )
    ]
    lists = [
        serverless.call("GET", f"/{part}", action, query={"functionName": NAME})
        for part, action in (
            ("scaling-configs", "ListScalingConfigs"),
            ("async-invoke-configs", "ListAsyncInvokeConfigs"),
        )
    ]
    removed = [
        serverless.call("DELETE", f"{FUNCTION}/triggers/{trigger['triggerName']}", "DeleteTrigger")
        for trigger in props["triggers"]
    ] + [serverless.call("DELETE", FUNCTION, "DeleteFunction")]

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "function": 200,
        "http": 200,
        "daily": 200,
        "async": 200,
    }
    assert answers["http"].json()["httpTrigger"]["urlInternet"].startswith(serverless.url)
    assert (state["state"], state["lastUpdateStatus"], state["codeChecksum"]) == ("Active", "Successful", crc64(code()))
    assert {status for status, _ in again} == {200}
    assert (report.status_code, report.headers.get("x-fc-error-type")) == (200, None), report.text
    assert (report.json()["status"], report.json()["summary"]["services"]) == ("complete", 3)
    assert "FC Invoke End" in base64.b64decode(report.headers["x-fc-log-result"]).decode()
    assert (accepted.status_code, accepted.content) == (202, b"")
    assert [answer.status_code for answer in info + lists] == [200] * 6
    assert [one["triggerName"] for one in info[0].json()["triggers"]] == ["daily", "http"]
    assert [answer.status_code for answer in removed] == [204, 204, 204]
    assert serverless.call("GET", FUNCTION, "GetFunction").status_code == 404


def test_a_second_deployment_updates(serverless: Serverless, props: dict[str, Any], cloud: LocalCloud) -> None:
    """UpdateFunction and UpdateTrigger instead of the POSTs; the next invocation runs the new state."""
    deploy(serverless, props)
    serverless.invoke(b"{}", "Sync")
    body = create_body(props, serverless.upload(code())) | {"description": "again"}
    trigger = props["triggers"][1]
    config = json.dumps({**trigger["triggerConfig"], "enable": False})

    updated = serverless.call("PUT", FUNCTION, "UpdateFunction", body=body)
    retimed = serverless.call(
        "PUT", f"{FUNCTION}/triggers/daily", "UpdateTrigger", body={**trigger, "triggerConfig": config}
    )
    report = serverless.invoke(b"{}", "Sync")

    assert (updated.status_code, updated.json()["description"]) == (200, "again")
    assert (retimed.status_code, json.loads(retimed.json()["triggerConfig"])["enable"]) == (200, False)
    assert report.json()["status"] == "complete"
    assert wait_for(lambda: [one for one in cloud.requests if one.action == "AssumeRole"])
