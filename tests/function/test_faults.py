"""Whatever goes wrong between the function and the cloud, the answer says what was seen and what was not."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from local.cloud import Fault, LocalCloud, load_world
from tests.function.deployment import COMPANY_A, COMPANY_C, Deployment, service_keys

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
PAGE_ACTIONS = ["ListServices", "ListFunctions"]


def json_body(status: int, body: bytes) -> dict[str, Any]:
    return {"status": status, "body": body, "headers": {"content-type": "application/json"}}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once: how long the waits are is no matter here."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.005)


def test_a_wrong_secret_is_told_without_what_was_signed(deployed: Deployment) -> None:
    """STS's text goes on with the request as it looked there, half a thousand characters of it."""
    deployed.keys = deployed.keys | {"access_key_secret": "wrong"}
    deployed.configure(COMPANY_A)

    error = deployed.report()["outcomes"][0]["error"]

    assert (error["code"], error["message"]) == (
        "SignatureDoesNotMatch",
        "Specified signature does not match our calculation.",
    )


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "It is not matched with our calculation. server string to sign is:POST&%2F&x",
            "It is not matched with our calculation.",
        ),
        ("No match; server StringToSign is [x] server CanonicalRequest is [y]", "No match."),
        ("server StringToSign is [x]", "server StringToSign is [x]"),
        ("The server is busy.", "The server is busy."),
    ],
)
def test_a_message_ends_before_what_was_signed(deployed: Deployment, told: str, shown: str) -> None:
    """In every generation of the signature; a text that says nothing else stays."""
    body = json.dumps({"Code": "SignatureDoesNotMatch", "Message": told}).encode()
    deployed.cloud.faults.add(Fault(action="AssumeRole", **json_body(400, body)))
    deployed.configure(COMPANY_A)

    assert deployed.report()["outcomes"][0]["error"]["message"] == shown


@pytest.mark.parametrize(
    "effect",
    [
        json_body(429, b'{"Code": "Throttling.User", "Message": "Request was denied due to user flow control."}'),
        json_body(500, b'{"Code": "InternalError", "Message": "x"}'),
        {"status": 503, "body": b"<html>Busy</html>", "headers": {"content-type": "text/html"}},
        {"status": 503, "body": b""},
        {"status": 502, "body": b"[]"},
        json_body(200, b"<html>Busy</html>"),
        json_body(200, b"null"),
        json_body(200, b"{}"),
        json_body(200, b'{"services": [1], "functions": [1], "Credentials": 1}'),
        json_body(200, b'{"services": null, "functions": null, "Credentials": null}'),
        json_body(200, b"\xff\xfe"),
        {"reset": True},
        {"truncate": True},
    ],
    ids=[
        "throttled",
        "500",
        "503-html",
        "503-empty",
        "502-list",
        "html",
        "null",
        "empty-object",
        "wrong-items",
        "null-items",
        "not-text",
        "reset",
        "truncated",
    ],
)
@pytest.mark.parametrize("action", ["AssumeRole", *PAGE_ACTIONS])
def test_a_passing_fault_is_outlasted(deployed: Deployment, action: str, effect: dict[str, Any]) -> None:
    """Two failures in a row of any kind that may pass leave the answer complete and whole."""
    deployed.cloud.faults.add(Fault(action=action, times=2, **effect))

    outcome = deployed.outcome()

    assert (outcome["status"], outcome["error"], len(outcome["services"])) == ("complete", None, 3)


@pytest.mark.parametrize(
    ("effect", "category"),
    [
        (json_body(429, b'{"Code": "Throttling.User", "Message": "x"}'), "throttled"),
        (json_body(500, b'{"Code": "InternalError", "Message": "x"}'), "unavailable"),
        ({"status": 503, "body": b"<html>Busy</html>"}, "unavailable"),
        ({"status": 503, "body": b""}, "unavailable"),
        (json_body(200, b"<html>Busy</html>"), "malformed_answer"),
        (json_body(200, b"{}"), "malformed_answer"),
        (json_body(200, b'{"services": [1]}'), "malformed_answer"),
        (json_body(200, b'{"services": [{"serviceName": 7}]}'), "malformed_answer"),
        (json_body(200, b'{"services": [{}]}'), "malformed_answer"),
        ({"reset": True}, "network"),
        ({"truncate": True}, "network"),
        ({"status": 302, "location": "http://127.0.0.1:1/"}, "redirected"),
    ],
)
def test_a_lasting_fault_is_told_and_what_else_was_seen_is_kept(
    deployed: Deployment, effect: dict[str, Any], category: str
) -> None:
    """Services are then unknown, not empty; the functions are still there."""
    deployed.cloud.faults.add(Fault(action="ListServices", **effect))

    report = deployed.report()

    jsonschema.validate(report, SCHEMA)
    (outcome,) = report["outcomes"]
    assert (outcome["status"], outcome["services"], outcome["error"]["category"]) == ("partial", None, category)
    assert outcome["functions"]
    assert [line["extent"] for line in outcome["coverage"]] == ["failed", "complete", "complete"]


def test_pages_before_a_fault_are_kept(deployed: Deployment) -> None:
    """A listing that breaks off is partial: its first page is delivered with the reason."""
    deployed.configure(COMPANY_C)
    deployed.cloud.faults.add(Fault(action="ListServices", after=1, status=500, body=b""))

    outcome = deployed.outcome()

    services = outcome["coverage"][0]
    assert (services["extent"], services["pages"], services["items"], len(outcome["services"])) == (
        "partial",
        1,
        100,
        100,
    )
    assert services["error"]["category"] == outcome["error"]["category"] == "unavailable"


def test_a_denied_listing_is_not_asked_again(deployed: Deployment) -> None:
    """A denial is final: one call, then the answer."""
    deployed.cloud.faults.add(
        Fault(action="ListServices", **json_body(403, b'{"ErrorCode": "AccessDenied", "ErrorMessage": "no"}'))
    )

    error = deployed.outcome()["error"]

    assert (error["category"], error["code"], error["message"]) == ("list_denied", "AccessDenied", "no")
    assert deployed.calls("ListServices") == 1


def test_a_next_token_that_repeats_ends_the_listing(deployed: Deployment) -> None:
    """A loop is recognised, and what came before is kept."""
    deployed.configure(COMPANY_C)
    deployed.cloud.faults.add(Fault(action="ListServices", repeat_next_token=True))

    outcome = deployed.outcome()

    assert (outcome["coverage"][0]["extent"], outcome["error"]["category"]) == ("partial", "repeated_token")
    assert deployed.calls("ListServices") <= 4


def test_a_session_that_ends_in_the_middle_is_renewed_once(deployed: Deployment) -> None:
    """The page that was refused is asked for again with a new session; nothing is lost or doubled."""
    deployed.configure(COMPANY_C)
    deployed.cloud.faults.add(Fault(action="ListServices", after=1, times=1, expire_token=True))

    outcome = deployed.outcome()

    assert (
        outcome["status"],
        len(outcome["services"]),
        len({service["service_name"] for service in outcome["services"]}),
    ) == ("complete", 230, 230)


def test_a_session_that_is_always_refused_is_given_up(deployed: Deployment) -> None:
    """One new session is tried, not one after another."""
    deployed.cloud.faults.add(Fault(action="ListServices", expire_token=True))

    error = deployed.outcome()["error"]

    assert error["category"] == "session_rejected"
    assert deployed.calls("ListServices") == 2


@pytest.mark.parametrize("action", ["AssumeRole", *PAGE_ACTIONS])
def test_text_that_is_none_does_not_spoil_the_answer(deployed: Deployment, action: str) -> None:
    """Half a character (JSON can say one, UTF-8 can't) in a code, a message, an id or a name costs what it stands in."""
    half = rb"x\ud800y"
    deployed.cloud.faults.add(
        Fault(
            action=action,
            times=1,
            **json_body(403, b'{"Code": "%b", "Message": "%b", "RequestId": "%b"}' % ((half,) * 3)),
        )
    )
    refused = deployed.outcome()
    deployed.cloud.faults.clear()
    deployed.cloud.faults.add(
        Fault(action=action, **json_body(200, b'{"services": [{"serviceName": "%b"}], "functions": []}' % half))
    )
    sessions_are_new = {**COMPANY_A, "duration_seconds": 1800}
    deployed.configure(sessions_are_new)

    unreadable = deployed.outcome()

    assert (refused["error"]["operation"], refused["error"]["code"]) == (action, "x y")
    assert unreadable["status"] in ("partial", "failed")


def test_a_redirect_is_not_followed(deployed: Deployment) -> None:
    """The security token goes to no other host: the place that the redirect names is never connected to."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        location = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/"
        for status in (301, 302, 303, 307, 308):
            deployed.cloud.faults.add(Fault(action="ListServices", times=1, status=status, location=location))
            deployed.outcome()

        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_nothing_listens_there(deployed: Deployment) -> None:
    """A refused connection is a network failure of every target, told as such."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    deployed.configure(COMPANY_A, FC_INVENTORY_ENDPOINT=f"http://127.0.0.1:{port}")

    error = deployed.outcome()["error"]

    assert (error["operation"], error["category"], error["side"], error["code"]) == (
        "AssumeRole",
        "network",
        "network",
        None,
    )


def test_a_name_that_does_not_resolve_is_a_network_failure(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS fails as one answer, and says so."""
    deployed.configure(COMPANY_A)
    del os.environ["FC_INVENTORY_ENDPOINT"]
    monkeypatch.setattr(socket, "getaddrinfo", _no_such_name)  # the real hosts must not be asked from a test

    error = deployed.outcome()["error"]

    assert (error["category"], error["host"]) == ("network", "sts.cn-hangzhou.aliyuncs.com")


def test_the_invocation_ends_before_its_timeout() -> None:
    """A cloud that hangs costs what could not be seen, not what was: the answer comes in time and says what is missing."""
    with LocalCloud(load_world()) as cloud:  # of its own: the hanging call outlives the test
        deployed = Deployment(cloud, service_keys(cloud.url))
        deployed.configure(COMPANY_A)
        cloud.faults.add(Fault(action="ListServices", delay_seconds=3))
        began = time.monotonic()

        outcome = deployed.outcome(timeout_seconds=1.5)

        assert time.monotonic() - began < 1.5
        assert (outcome["status"], outcome["services"]) == ("partial", None)
        assert outcome["error"]["category"] in {"deadline", "timed_out"}
        assert outcome["functions"]


def test_a_function_without_keys_says_so(deployed: Deployment) -> None:
    """No execution role, no keys: every target fails with the remedy on account B's side, and no call is made."""
    deployed.keys.update(access_key_id="", access_key_secret="", security_token="")

    error = deployed.outcome()["error"]

    assert (error["category"], error["side"], error["operation"]) == ("no_credentials", "account_b", "AssumeRole")
    assert deployed.cloud.requests == []


def _no_such_name(*_: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
