"""HTTP triggers have URLs: who may call them, how, and what comes of it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from alibabacloud_fc20230330 import models
from alibabacloud_openapi_util.client import Client as Signer
from Tea.request import TeaRequest

from local.cloud import LocalCloud
from tests.cloud.acs3 import Keys
from tests.cloud.old_signatures import Roa
from tests.hosting.deploying import ACCOUNT, Deployer, refusal_of, wait_for

ANSWER = """
import json
def handler(event, context):
    event = json.loads(event)
    shown = {name: event[name] for name in ("rawPath", "queryParameters", "body", "isBase64Encoded")}
    return {"statusCode": 201, "headers": {"X-Own": "yes", "Content-Type": "application/json"}, "isBase64Encoded": False,
            "body": json.dumps({**shown, "method": event["requestContext"]["http"]["method"]})}
"""
METHODS = ["GET", "POST"]


def url_of(trigger: Any) -> str:
    return str(trigger.http_trigger.url_internet)


@pytest.fixture(scope="module")
def open_url(deployer: Deployer) -> str:
    """Return the URL of a trigger that anybody may call."""
    deployer.deploy("web", ANSWER)
    return url_of(deployer.trigger("web", "http", "http", {"authType": "anonymous", "methods": METHODS}))


@pytest.fixture(scope="module")
def guarded_url(deployer: Deployer) -> str:
    """Return the URL of a trigger that wants a signature."""
    deployer.deploy("guarded-web", ANSWER)
    return url_of(deployer.trigger("guarded-web", "http", "http", {"authType": "function", "methods": METHODS}))


@pytest.fixture
def client() -> Any:
    """Return an HTTP client that knows no proxy."""
    with httpx.Client(trust_env=False) as http:
        yield http


def signed(keys: Keys, url: str, method: str = "GET") -> dict[str, str]:
    """Return the headers of a request signed as the documentation shows it: date and token, no body and no nonce."""
    request = TeaRequest()
    request.method, request.pathname = method, httpx.URL(url).path
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    request.headers = {"x-acs-date": now, "x-acs-security-token": keys.token or ""}
    authorization = Signer.get_authorization(request, "ACS3-HMAC-SHA256", "", keys.access_key_id, keys.secret)
    return {**request.headers, "authorization": authorization}


def test_the_url_works_at_once(client: httpx.Client, open_url: str) -> None:
    """The path behind the URL, query and body arrive; status, headers and body come back."""
    answer = client.post(f"{open_url}shelf/one%20two?a=1&b=2", content="text", headers={"content-type": "text/plain"})

    assert (answer.status_code, answer.headers["x-own"]) == (201, "yes")
    assert answer.headers["x-fc-request-id"].startswith("1-")
    assert answer.json() == {
        "rawPath": "/shelf/one%20two",
        "queryParameters": {"a": "1", "b": "2"},
        "body": "text",
        "isBase64Encoded": False,
        "method": "POST",
    }


@pytest.mark.parametrize("answer", ["event['rawPath']", "{'statusCode': 404, 'body': 'gone'}", "1 / 0"])
def test_head_has_the_length_that_get_would_have(client: httpx.Client, deployer: Deployer, answer: str) -> None:
    """And no body, whether the function answers, refuses or fails."""
    name = f"length-{len(answer)}"
    deployer.deploy(
        name, f"import json\ndef handler(event, context):\n    event = json.loads(event)\n    return {answer}\n"
    )
    url = url_of(deployer.trigger(name, "http", "http", {"authType": "anonymous", "methods": ["GET", "HEAD"]}))

    get, head = client.get(url), client.head(url)

    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content)) != "0"


def test_other_methods_are_refused(client: httpx.Client, open_url: str) -> None:
    """Only those of the trigger are let in."""
    answer = client.delete(open_url)

    assert (answer.status_code, answer.json()["Code"]) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("path", [f"/_local/http/{ACCOUNT}/cn-hangzhou/nothing/", "/_local/http/"])
def test_a_url_without_a_trigger_is_not_found(client: httpx.Client, cloud: LocalCloud, path: str) -> None:
    """Nor does a path lead elsewhere."""
    answer = client.get(httpx.URL(cloud.url).copy_with(raw_path=path.encode()))

    assert answer.status_code == 404


def test_a_web_page_of_another_host_doesn_t_get_in(client: httpx.Client, open_url: str) -> None:
    """By DNS rebinding, say."""
    answer = client.get(open_url, headers={"host": "attacker.example"})

    assert (answer.status_code, answer.json()["Code"]) == (403, "AccessDenied")


def test_a_signature_of_somebody_who_may_invoke_lets_in(
    client: httpx.Client, deployer: Deployer, guarded_url: str
) -> None:
    """Made by the vendor's signer, as the documentation shows."""
    answer = client.get(guarded_url, headers=signed(deployer.keys, guarded_url))

    assert answer.status_code == 201


def test_function_compute_s_own_signature_lets_in_too(cloud: LocalCloud, deployer: Deployer, guarded_url: str) -> None:
    """Over the path of the URL."""
    url = httpx.URL(guarded_url)

    answer = Roa("FC", deployer.keys, f"{url.host}:{url.port}", url.path).send(cloud.url)

    assert answer.status_code == 201


def test_without_a_good_signature_nobody_gets_in(
    client: httpx.Client, cloud: LocalCloud, deployer: Deployer, guarded_url: str
) -> None:
    """None, a wrong secret, another path, somebody without permission, another account."""
    wrong = Keys(deployer.keys.access_key_id, "wrong")
    root = cloud.world.accounts[ACCOUNT].users["intern"].access_keys[0]
    cases: list[tuple[dict[str, str], str]] = [
        ({}, "MissingRequiredHeader"),
        ({"authorization": "Basic dXNlcjpwYXNz"}, "SignatureNotMatch"),
        (signed(wrong, guarded_url), "SignatureNotMatch"),
        (signed(deployer.keys, f"{guarded_url}other"), "SignatureNotMatch"),
        (signed(Keys(root.access_key_id, root.secret), guarded_url), "AccessDenied"),
        (signed(Keys("LTAI-nobody-has", "it"), guarded_url), "InvalidAccessKeyID"),
    ]

    answers = [client.get(guarded_url, headers=headers) for headers, _ in cases]

    assert [answer.json()["Code"] for answer in answers] == [code for _, code in cases]
    assert {answer.status_code for answer in answers} <= {400, 403}


def test_a_failing_handler_is_a_502(client: httpx.Client, deployer: Deployer) -> None:
    """With the error as the body, or BadResponse where the answer is none."""
    deployer.deploy(
        "broken-web", "def handler(event, context):\n    return {'statusCode': 'x'} if b'bad' in event else 1 / 0\n"
    )
    url = url_of(deployer.trigger("broken-web", "http", "http", {"authType": "anonymous", "methods": METHODS}))

    failed, malformed = client.get(url), client.get(f"{url}bad")

    assert (failed.status_code, failed.headers["x-fc-error-type"]) == (502, "UnhandledInvocationError")
    assert (malformed.status_code, malformed.json()["Code"]) == (502, "BadResponse")


def test_an_asynchronous_request_is_accepted(client: httpx.Client, deployer: Deployer, tmp_path: Path) -> None:
    """By the same header as InvokeFunction."""
    file = tmp_path / "called"
    deployer.deploy("async-web", f"def handler(event, context):\n    open({str(file)!r}, 'w').write('called')\n")
    url = url_of(deployer.trigger("async-web", "http", "http", {"authType": "anonymous", "methods": METHODS}))

    answer = client.get(url, headers={"x-fc-invocation-type": "Async"})

    assert (answer.status_code, answer.content) == (202, b"")
    assert wait_for(file.exists)


def test_triggers_are_made_changed_listed_and_deleted(deployer: Deployer) -> None:
    """What an update doesn't name stays."""
    deployer.deploy("triggered")
    deployer.trigger("triggered", "web", "http", {"authType": "anonymous", "methods": ["GET"]})
    deployer.trigger("triggered", "clock", "timer", {"cronExpression": "0 0 4 * * *", "enable": False})
    config = json.dumps({"authType": "function", "methods": ["GET", "HEAD"]})

    changed = models.UpdateTriggerInput(trigger_config=config)
    deployer.client.update_trigger("triggered", "web", models.UpdateTriggerRequest(body=changed))

    listed = deployer.client.list_triggers("triggered", models.ListTriggersRequest()).body.triggers
    web = deployer.client.get_trigger("triggered", "web").body
    deployer.client.delete_trigger("triggered", "web")
    gone = refusal_of(lambda: deployer.client.get_trigger("triggered", "web"))
    assert [(one.trigger_name, one.trigger_type, one.qualifier) for one in listed] == [
        ("clock", "timer", "LATEST"),
        ("web", "http", "LATEST"),
    ]
    assert (web.trigger_config, web.trigger_type) == (config, "http")
    assert gone == (404, "TriggerNotFound", "trigger 'web' does not exist in function 'triggered'")


@pytest.mark.parametrize(
    ("name", "type_", "config", "expected"),
    [
        ("1st", "http", {"authType": "anonymous", "methods": ["GET"]}, "triggerName must match"),
        ("new", "ftp", {}, "triggerType 'ftp' is not supported"),
        ("new", "http", {"authType": "anonymous"}, "methods"),
        ("new", "http", {"authType": "anonymous", "methods": []}, "methods is empty"),
        ("new", "http", {"authType": "anonymous", "methods": ["TRACE"]}, "TRACE"),
        ("new", "http", {"authType": "none", "methods": ["GET"]}, "none"),
        ("new", "timer", {}, "cronExpression"),
        ("new", "timer", {"cronExpression": "0 4 * * *"}, "expected six fields"),
        ("new", "timer", {"cronExpression": "0 0 0 30 2 *"}, "names no day"),
        ("new", "timer", {"cronExpression": "@every 5m", "enable": "yes"}, "enable"),
        ("web", "http", {"authType": "anonymous", "methods": ["GET"]}, "has an HTTP trigger already"),
    ],
)
def test_a_trigger_that_makes_no_sense_is_refused(
    deployer: Deployer, open_url: str, name: str, type_: str, config: dict[str, Any], expected: str
) -> None:
    """With InvalidArgument; `triggerConfig` is JSON in a string."""
    assert open_url

    status, code, message = refusal_of(lambda: deployer.trigger("web", name, type_, config))

    assert (status, code) == (400, "InvalidArgument")
    assert expected in message


def test_a_trigger_s_name_is_taken_once(deployer: Deployer, open_url: str) -> None:
    """In its function."""
    assert open_url

    refusal = refusal_of(lambda: deployer.trigger("web", "http", "timer", {"cronExpression": "@every 1h"}))

    assert refusal == (409, "TriggerAlreadyExists", "trigger 'http' already exists")


def test_a_binary_body_arrives_in_base64(client: httpx.Client, open_url: str) -> None:
    """As the event's flag says."""
    answer = client.post(open_url, content=b"\x00\xff", headers={"content-type": "image/png"}).json()

    assert (base64.b64decode(answer["body"]), answer["isBase64Encoded"]) == (b"\x00\xff", True)
