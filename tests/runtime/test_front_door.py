"""A served function answers over HTTP as Function Compute does."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.runtime.credentials import Credentials
from local.runtime.errors import RoleRefusedError
from local.runtime.front_door import FrontDoor
from local.runtime.warm_function import WarmFunction
from tests.runtime.running import Serve, function_of, serving

INVOCATIONS = "/2023-03-30/functions/tested/invocations"


def test_the_trigger_passes_the_request_as_an_event(serve: Serve) -> None:
    """Method, path, query, headers and body arrive; the response is what the handler made."""
    client = serve("http")

    response = client.post("/a%20b?x=1&x=2", content="body", headers={"Content-Type": "text/plain", "X-Fc-Forged": "1"})

    event = response.json()
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert (event["rawPath"], event["queryParameters"], event["body"]) == ("/a%20b", {"x": "1,2"}, "body")
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["requestId"] == response.headers["x-fc-request-id"]
    assert "X-Fc-Forged" not in event["headers"]


def test_a_whole_url_may_be_the_target(serve: Serve) -> None:
    """As clients send it through a proxy: the function sees the path, and the host of the URL."""
    client = serve("http")

    response = client.get("/", extensions={"target": b"http://shop.example/a%20b?x=1"})

    event = response.json()
    assert (event["rawPath"], event["queryParameters"], event["headers"]["Host"]) == (
        "/a%20b",
        {"x": "1"},
        "shop.example",
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_every_method_of_a_trigger_reaches_the_function(serve: Serve, method: str) -> None:
    """Which methods make sense is the function's business."""
    response = serve("http").request(method, "/")

    assert response.json()["requestContext"]["http"]["method"] == method


def test_head_has_no_body(serve: Serve) -> None:
    """The headers are those of the whole answer."""
    response = serve("http").head("/?answer=headers")

    assert (response.status_code, response.content, response.headers["content-length"]) == (201, b"", "4")


@pytest.mark.parametrize(
    ("answer", "status", "content"),
    [
        ("text", 200, b"bare text"),
        ("binary", 200, b"\xff\x00"),
        ("empty", 204, b""),
        ("headers", 201, b"made"),
    ],
)
def test_answers_become_responses(serve: Serve, answer: str, status: int, content: bytes) -> None:
    """Envelopes are unwrapped, bare values sent with status 200; a status without a body has none."""
    response = serve("http").get("/", params={"answer": answer})

    assert (response.status_code, response.content) == (status, content)


@pytest.mark.parametrize("answer", ["bad status", "bad headers", "bad body", "bad base64"])
def test_a_broken_answer_is_a_bad_gateway(serve: Serve, answer: str) -> None:
    """The caller gets 502 BadResponse with the request id."""
    response = serve("http").get("/", params={"answer": answer})

    assert (response.status_code, response.json()["Code"]) == (502, "BadResponse")
    assert response.json()["RequestId"] == response.headers["x-fc-request-id"]


def test_a_function_error_is_a_bad_gateway_with_its_body(serve: Serve) -> None:
    """The trigger shows that the function failed, and how."""
    response = serve("http").get("/?answer=failure")

    assert (response.status_code, response.json()["errorMessage"]) == (502, "as asked")
    assert response.headers["x-fc-error-type"] == "UnhandledInvocationError"


@pytest.mark.parametrize(
    ("path", "headers", "message"),
    [
        ("/?" + "x" * 4096, {}, "path and query exceed 4096 bytes"),
        ("/", {"x-large": "x" * 8192}, "headers exceed 8192 bytes"),
        ("/", {"x-fc-invocation-type": "Async"}, "asynchronous invocations are not imitated yet"),
    ],
)
def test_requests_over_the_limits_do_not_reach_the_function(
    serve: Serve, path: str, headers: dict[str, str], message: str
) -> None:
    """What Function Compute's front door refuses is refused here with its code."""
    response = serve("http").get(path, headers=headers)

    assert (response.status_code, response.json()["Code"]) == (400, "InvalidArgument")
    assert message in response.json()["Message"]


@pytest.mark.parametrize(("path", "code"), [("/", "InvalidArgument"), (INVOCATIONS, "EntityTooLarge")])
def test_bodies_over_32_megabytes_are_refused(serve: Serve, path: str, code: str) -> None:
    """The limit holds for chunked bodies too, and the next request is served."""
    client = serve("http")

    def too_much() -> Iterator[bytes]:
        for _ in range(33):
            yield b"x" * 1024 * 1024

    response = client.post(path, content=too_much())

    assert (response.status_code, response.json()["Code"]) == (400, code)
    assert client.get("/").status_code == 200


def test_invoke_function_answers_with_the_headers_that_the_cli_prints(serve: Serve) -> None:
    """A request as `s invoke` sends it, its body in chunks, is answered with all that the command shows."""
    client = serve("returns", handler="index.echo")
    headers = {
        "accept": "application/json",
        "authorization": "ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders=host,Signature=0",
        "content-type": "application/octet-stream",
        "x-acs-action": "InvokeFunction",
        "x-acs-content-sha256": "0",
        "x-acs-version": "2023-03-30",
        "x-fc-invocation-type": "Sync",
        "x-fc-log-type": "Tail",
    }

    response = client.post(f"{INVOCATIONS}?qualifier=LATEST", content=iter([b'{"a":', b" 1}"]), headers=headers)

    request_id = response.headers["x-fc-request-id"]
    log = base64.b64decode(response.headers["x-fc-log-result"]).decode()
    assert (response.status_code, response.content) == (200, b'{"a": 1}')
    assert log == f"FC Invoke Start RequestId: {request_id}\nFC Invoke End RequestId: {request_id}\n"
    assert response.headers["x-fc-invocation-service-version"] == "LATEST"
    assert response.headers["x-fc-instance-id"].startswith("c-")
    assert response.headers["x-fc-code-checksum"].isdigit()
    assert "x-fc-error-type" not in response.headers


def test_the_vendors_sdk_can_invoke_the_function(serve: Serve) -> None:
    """A real client works by changing its endpoint alone; its process is its own, for the function changes the SDK."""
    url = serve("returns", handler="index.echo").base_url
    script = Path(__file__).with_name("invoke_by_sdk.py")

    client = subprocess.run(
        [sys.executable, script, f"{url.host}:{url.port}", '{"a": 1}'], capture_output=True, text=True, check=True
    )

    answer, *log = client.stdout.splitlines()
    assert answer == '200 {"a": 1}'
    assert log[0].startswith("FC Invoke Start RequestId: 1-")


def test_invoke_function_answers_200_for_a_function_that_failed(serve: Serve) -> None:
    """Only ``x-fc-error-type`` tells; without ``x-fc-log-type: Tail`` there is no log."""
    response = serve("raises").post(INVOCATIONS)

    assert (response.status_code, response.headers["x-fc-error-type"]) == (200, "UnhandledInvocationError")
    assert response.json()["errorType"] == "LookupError"
    assert "x-fc-log-result" not in response.headers


def test_a_failed_initializer_is_told_apart(serve: Serve) -> None:
    """The invocation is answered with 200 and InitializationError; the next one starts a new instance."""
    client = serve("initializer", initializer="index.fails")

    first, second = client.post(INVOCATIONS), client.post(INVOCATIONS)

    assert [answer.headers["x-fc-error-type"] for answer in (first, second)] == ["InitializationError"] * 2
    assert first.headers["x-fc-instance-id"] != second.headers["x-fc-instance-id"]


@pytest.mark.parametrize("path", ["/", INVOCATIONS])
def test_a_role_that_may_not_be_assumed_is_access_denied(path: str) -> None:
    """The function isn't run, and the caller learns why."""

    def refuse(_: str) -> Credentials:
        raise RoleRefusedError("no trust")

    with serving(FrontDoor(WarmFunction(function_of("http"), refuse, lambda _: None)).app()) as url:
        response = httpx.post(f"{url}{path}", trust_env=False)

    assert (response.status_code, response.json()["Code"]) == (403, "AccessDenied")
    assert response.json()["Message"] == "no trust"


@pytest.mark.parametrize(
    ("path", "headers", "status", "code", "message"),
    [
        (INVOCATIONS.replace("tested", "other"), {}, 404, "FunctionNotFound", "function 'other' does not exist."),
        (f"{INVOCATIONS}?qualifier=prod", {}, 404, "AliasNotFound", "alias 'prod' of function 'tested' does not exist"),
        (
            INVOCATIONS,
            {"x-fc-invocation-type": "Async"},
            400,
            "InvalidArgument",
            "asynchronous invocations are not imitated yet: use x-fc-invocation-type: Sync",
        ),
        (
            INVOCATIONS,
            {"x-fc-invocation-type": "Later"},
            400,
            "InvalidArgument",
            "x-fc-invocation-type: expected Sync or Async, found 'Later'",
        ),
        (
            "/2023-03-30/functions",
            {},
            400,
            "PathNotSupported",
            "'POST' against '/2023-03-30/functions' is not supported",
        ),
    ],
)
def test_calls_for_something_else_are_refused(
    serve: Serve, path: str, headers: dict[str, str], status: int, code: str, message: str
) -> None:
    """The error has version 2023-03-30's envelope."""
    response = serve("http").post(path, headers=headers)

    assert response.status_code == status
    assert response.json() == {
        "Code": code,
        "Message": message,
        "RequestId": response.headers["x-fc-request-id"],
    }


def test_requests_that_come_together_are_answered_one_after_the_other(serve: Serve) -> None:
    """One instance takes one event at a time; nobody is turned away."""
    client = serve("initializer", initializer="index.initialize")
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(client.post(INVOCATIONS))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [json.loads(answer.content)["initialized"] for answer in answers] == [1] * 5
