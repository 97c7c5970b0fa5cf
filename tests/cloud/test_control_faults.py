"""Faults, records and the way back to the start, by control endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from local.cloud import Fault, LocalCloud, WorldError, load_world
from local.cloud.clock import utc_now
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, COMPANY_B, FC_ADMIN, account, assume_role_call, list_services_call, user_keys


@pytest.fixture
def control(cloud: LocalCloud) -> Iterator[httpx.Client]:
    """Return a client of the endpoints."""
    with httpx.Client(base_url=f"{cloud.url}/_local", trust_env=False) as client:
        yield client


def test_a_fault_can_be_ordered_seen_and_withdrawn(
    cloud: LocalCloud, control: httpx.Client, in_company_a: Keys
) -> None:
    """With the fields that it has in Python; its counts say whether it did anything."""
    wanted = {"action": "ListServices", "after": 1, "status": 503, "body": "<html>"}

    added = control.post("/faults", json=wanted)
    path = f"/faults/{added.json()['id']}"
    statuses = [list_services_call(in_company_a).send(cloud.url).status_code for _ in range(2)]
    shown, listed = control.get(path).json(), control.get("/faults").json()
    removed, missing = control.delete(path), control.delete(path)

    assert (added.status_code, statuses) == (201, [200, 503])
    assert shown == {"id": added.json()["id"], "seen": 2, "hit": 1, "fault": wanted}
    assert listed == {"faults": [shown]}
    assert (removed.status_code, missing.status_code, missing.json()["code"]) == (204, 404, "FaultNotFound")
    assert control.get(path).status_code == 404


def test_all_faults_can_be_withdrawn(cloud: LocalCloud, control: httpx.Client) -> None:
    """Those of Python, too."""
    cloud.faults.add(Fault(reset=True))
    control.post("/faults", json={"reset": True})

    answer = control.delete("/faults")

    assert (answer.status_code, answer.content, list(cloud.faults)) == (204, b"", [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Input data was truncated"),
        (b'{"reset":true,"colour":1}', "Object contains unknown field `colour`"),
        (b'{"status":1}', "Expected `int` >= 200 - at `$.status`"),
        (b'{"reset":true,"action":"ListServces"}', "action: found 'ListServces', expected one of "),
        (b"\xff", ""),
    ],
)
def test_a_wrong_fault_is_refused(cloud: LocalCloud, control: httpx.Client, body: bytes, message: str) -> None:
    """An action that doesn't exist would never be hit; nothing is in force afterwards."""
    answer = control.post("/faults", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"], list(cloud.faults)) == (400, "InvalidArgument", [])
    assert message in answer.json()["message"]


def test_requests_can_be_read_back(cloud: LocalCloud, control: httpx.Client, ops: Keys, in_company_a: Keys) -> None:
    """All, or by action, account and time."""
    control.delete("/requests")
    assume_role_call(ops).send(cloud.url)
    list_services_call(in_company_a, limit="1").send(cloud.url)

    every = control.get("/requests").json()["requests"]
    found = {
        name: [recorded["action"] for recorded in control.get("/requests", params=wanted).json()["requests"]]
        for name, wanted in {
            "action": {"action": "AssumeRole"},
            "account": {"account": COMPANY_A},
            "since": {"since": every[1]["time"]},
            "later": {"since": (utc_now() + timedelta(hours=1)).isoformat()},
            "both": {"action": "ListServices", "account": COMPANY_B},
        }.items()
    }

    assert found == {
        "action": ["AssumeRole"],
        "account": ["AssumeRole", "ListServices"],
        "since": ["ListServices"],
        "later": [],
        "both": [],
    }
    assert {name: every[1][name] for name in ("method", "path", "query", "status", "code")} == {
        "method": "GET",
        "path": "/2021-04-06/services",
        "query": {"limit": "1"},
        "status": 200,
        "code": "",
    }
    assert not [secret for secret in (ops.secret, in_company_a.secret, in_company_a.token) if str(secret) in str(every)]


@pytest.mark.parametrize("query", ["since=yesterday", "since=2026-11-24T11:01:20", "acount=1"])
def test_a_wrong_filter_is_refused(control: httpx.Client, query: str) -> None:
    """Rather than to show too much."""
    answer = control.get(f"/requests?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidArgument")


def test_requests_can_be_forgotten(cloud: LocalCloud, control: httpx.Client, ops: Keys) -> None:
    """For the next assertion."""
    assume_role_call(ops).send(cloud.url)

    answer = control.delete("/requests")

    assert (answer.status_code, cloud.requests) == (204, [])


def test_the_oldest_requests_give_way(cloud: LocalCloud, ops: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a cloud can run for weeks."""
    monkeypatch.setattr("local.cloud.recording._KEPT", 3)
    monkeypatch.setattr("local.cloud.recording._SPARE", 2)

    for number in range(8):
        assume_role_call(ops, RoleSessionName=f"call-{number}").send(cloud.url)

    assert [recorded.query["RoleSessionName"] for recorded in cloud.requests] == [
        "call-4",
        "call-5",
        "call-6",
        "call-7",
    ]


def test_reset_goes_back_to_the_start(cloud: LocalCloud, control: httpx.Client, ops: Keys, in_company_a: Keys) -> None:
    """World, sessions, faults and requests; the keys are what they were."""
    account(cloud, COMPANY_A).roles.pop("fc-admin")
    account(cloud, COMPANY_B).users["ops"].access_keys.clear()
    cloud.world.default_region = "cn-shanghai"
    cloud.faults.add(Fault(reset=True))

    answer = control.post("/reset")

    assert (answer.status_code, list(cloud.faults), cloud.requests) == (204, [], [])
    assert (cloud.world.default_region, user_keys(cloud, "ops")) == ("cn-hangzhou", ops)
    assert assume_role_call(ops).send(cloud.url).status_code == 200
    assert list_services_call(in_company_a).send(cloud.url).json()["ErrorCode"] == "InvalidAccessKeyID"


def test_reset_can_be_repeated(cloud: LocalCloud, ops: Keys) -> None:
    """What is changed after it doesn't change the start."""
    for _ in range(2):
        cloud.reset()
        account(cloud, COMPANY_A).roles.clear()

    cloud.reset()

    assert cloud.world.find_role(FC_ADMIN) is not None
    assert assume_role_call(ops).send(cloud.url).status_code == 200


def test_there_is_no_reset_of_a_cloud_that_doesn_t_run() -> None:
    """It has no start to go back to."""
    with pytest.raises(RuntimeError, match="not running"):
        LocalCloud(load_world()).reset()


def test_a_web_page_of_another_host_can_t_order_anything(cloud: LocalCloud, control: httpx.Client) -> None:
    """A browser says where a request comes from; loopback's own pages are good."""
    account(cloud, COMPANY_A).roles.clear()

    foreign = control.post("/reset", headers={"origin": "https://example.com"})
    opaque = control.post("/reset", headers={"origin": "null"})
    own = control.post("/reset", headers={"origin": "http://localhost:8000"})

    assert [foreign.status_code, opaque.status_code, own.status_code] == [403, 403, 204]


WORLD = """
accounts:
  - id: '1234567890123456'
    users: [{name: ops, policies: [AliyunFCReadOnlyAccess], access_keys: [{id: LTAIopsofatest, secret: a-secret}]}]
faults:
  - {action: ListServices, times: 1, status: 503, body: "<html>Büsy</html>"}
"""


def test_a_world_file_can_order_faults(tmp_path: Path) -> None:
    """They are in force from the start, and again after a reset."""
    path = tmp_path / "world.yaml"
    path.write_text(WORLD, encoding="utf-8")
    call = list_services_call(Keys("LTAIopsofatest", "a-secret"))

    with LocalCloud(load_world(path)) as cloud:
        first, second = call.send(cloud.url), call.send(cloud.url)
        cloud.reset()
        third = call.send(cloud.url)

    assert [first.status_code, second.status_code, third.status_code] == [503, 200, 503]
    assert first.content.decode() == "<html>Büsy</html>"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("{action: ListServces, reset: true}", "$.faults[0].action: found 'ListServces', expected one of "),
        ("{status: 99}", "$.faults[0].status: found 99 without quotes, expected int >= 200"),
        ("{reset: true, colour: red}", "$.faults[0].colour: found an unknown key, expected one of action, "),
        ("{times: 1}", "$.faults[0]: found a mapping, expected at least one effect: "),
        ("reset", "$.faults[0]: found 'reset', expected mapping"),
    ],
)
def test_a_wrong_fault_in_a_world_file_is_reported(tmp_path: Path, fault: str, message: str) -> None:
    """File, line, field, found, expected."""
    path = tmp_path / "world.yaml"
    path.write_text(WORLD.partition("faults:")[0] + f"faults:\n  - {fault}\n", encoding="utf-8")

    with pytest.raises(WorldError) as caught:
        load_world(path)

    assert str(caught.value).startswith(f"{path}:6: {message}")
