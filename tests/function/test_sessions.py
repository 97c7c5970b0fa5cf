"""Assumed sessions: kept, renewed one at a time, bound to what they were made for, and traceable."""

import itertools
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alibabacloud_fc20230330.client import Client as Fc3Client
from alibabacloud_fc20230330.models import GetFunctionRequest
from alibabacloud_tea_openapi.models import Config
from msgspec.structs import replace
from Tea.exceptions import TeaException

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.calls import Line
from fc_inventory.credentials import Session, SessionStore
from fc_inventory.errors import CloudError
from fc_inventory.grants import Grant, session_name, session_policy
from fc_inventory.settings import Keys
from fc_inventory.targets import Target
from local.cloud import Fault
from tests.function.deployment import COMPANY_A, COMPANY_C, Deployment, service_keys

DAY_SECONDS = 86_400


class Clock:
    """A Unix clock that a test can move."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0

    def __call__(self) -> float:
        """Return the time that it shows."""
        return time.time() + self.ahead_seconds


def grant(deployed: Deployment, **changes: Any) -> Grant:
    target = Target(
        name="company-a",
        role_arn=COMPANY_A["role_arn"],
        account_id="1234567890123456",
        regions=("cn-hangzhou",),
        external_id=changes.pop("external_id", None),
        duration_seconds=900,
    )
    fields: dict[str, Any] = {
        "target": target,
        "caller": Keys(**deployed.keys),
        "region": "cn-hangzhou",
        "role_session_name": "fc-inventory-test",
        "line": Line(budget=Budget(time.monotonic(), time.monotonic() + 10), endpoint=deployed.cloud.url),
    }
    return Grant(**{**fields, **changes})


@pytest.fixture(autouse=True)
def prepared_sdk() -> None:
    """The store is used here without a handler, which would have prepared the SDK."""
    sdk.prepare()


def test_a_warm_invocation_assumes_nothing(deployed: Deployment) -> None:
    """The second invocation of an instance goes on with the first one's session."""
    first, second = deployed.outcome(), deployed.outcome()

    assert (first["status"], second["status"]) == ("complete", "complete")
    assert first["role_session_name"] == second["role_session_name"]
    assert deployed.calls("AssumeRole") == 1


def test_many_regions_share_one_session(deployed: Deployment) -> None:
    """A session is asked for once a target, not once a region or listing."""
    deployed.configure({**COMPANY_A, "regions": ["cn-hangzhou", "cn-shanghai", "cn-beijing"]})

    report = deployed.report()

    assert report["summary"]["outcomes"] == 3
    assert deployed.calls("AssumeRole") == 1


def test_the_session_name_leads_to_the_invocation(deployed: Deployment) -> None:
    """Account A finds the request id in its ActionTrail."""
    report = deployed.report()

    assert report["outcomes"][0]["role_session_name"] == f"fc-inventory-{report['request_id']}"


def test_a_session_name_keeps_the_documented_limits() -> None:
    """At most 64 characters of the documented alphabet, whatever the request id holds."""
    assert session_name("acme", "id/ü " + "x" * 100) == ("acme-id---" + "x" * 100)[:64]


def test_threads_that_ask_at_once_cause_one_call(deployed: Deployment) -> None:
    """Thirty-two threads on a cold store share one AssumeRole."""
    deployed.cloud.faults.add(Fault(action="AssumeRole", delay_seconds=0.2))
    store = SessionStore()

    with ThreadPoolExecutor(32) as threads:
        sessions = set(threads.map(lambda _: id(store.obtain(grant(deployed))), range(32)))

    assert len(sessions) == 1
    assert deployed.calls("AssumeRole") == 1


def test_threads_that_wait_share_a_failure(deployed: Deployment) -> None:
    """A role that can't be assumed is tried once for all who ask at the same time."""
    deployed.cloud.faults.add(Fault(action="AssumeRole", delay_seconds=0.3))
    store, wrong = (
        SessionStore(),
        Target(name="x", role_arn="acs:ram::1234567890123456:role/not-allowed", account_id="1", regions=()),
    )

    def ask(_: int) -> str:
        with pytest.raises(CloudError) as error:
            store.obtain(grant(deployed, target=wrong))
        return error.value.problem.category

    with ThreadPoolExecutor(8) as threads:
        categories = set(threads.map(ask, range(8)))

    assert categories == {"caller_denied"}
    assert deployed.calls("AssumeRole") == 1


def test_a_session_near_its_end_is_renewed(deployed: Deployment) -> None:
    """With less than five minutes left a new one is asked for."""
    clock = Clock()
    store = SessionStore(now=clock)
    old = store.obtain(grant(deployed))
    clock.ahead_seconds = 900 - 299

    new = store.obtain(grant(deployed))

    assert new is not old
    assert deployed.calls("AssumeRole") == 2


def test_a_valid_session_serves_while_its_renewal_fails(deployed: Deployment) -> None:
    """A broken STS does no harm before the kept session ends, and is not asked at every call."""
    clock = Clock()
    store = SessionStore(now=clock)
    old = store.obtain(grant(deployed))
    clock.ahead_seconds = 900 - 200
    denial = Fault(
        action="AssumeRole", status=403, body=b'{"Code": "NoPermission"}', headers={"content-type": "application/json"}
    )
    deployed.cloud.faults.add(denial)

    kept = [store.obtain(grant(deployed)) for _ in range(5)]

    assert all(session is old for session in kept)
    assert deployed.calls("AssumeRole") == 2


def test_others_go_on_with_a_valid_session_during_its_renewal(deployed: Deployment) -> None:
    """Only one thread waits for the renewal; the rest loses no time."""
    clock = Clock()
    store = SessionStore(now=clock)
    old = store.obtain(grant(deployed))
    clock.ahead_seconds = 900 - 200
    deployed.cloud.faults.add(Fault(action="AssumeRole", delay_seconds=0.5))
    renewing = threading.Thread(target=store.obtain, args=(grant(deployed),))
    renewing.start()
    time.sleep(0.1)
    began = time.monotonic()

    meanwhile = store.obtain(grant(deployed))

    assert time.monotonic() - began < 0.2
    assert meanwhile is old
    renewing.join()


def test_an_expired_session_is_never_used(deployed: Deployment) -> None:
    """Once it has ended, a failed renewal is a failure."""
    clock = Clock()
    store = SessionStore(now=clock)
    store.obtain(grant(deployed))
    clock.ahead_seconds = DAY_SECONDS
    denial = Fault(
        action="AssumeRole", status=403, body=b'{"Code": "NoPermission"}', headers={"content-type": "application/json"}
    )
    deployed.cloud.faults.add(denial)

    with pytest.raises(CloudError):
        store.obtain(grant(deployed))


@pytest.fixture
def assumed(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> Callable[[SessionStore, int], None]:
    """Let a store obtain the sessions of many roles, for an hour, without a call."""

    def assume(_grant: Grant) -> Session:
        return Session(keys=Keys(**deployed.keys), role_session_name="n", expires_at=store_clock() + 3600)

    store_clock: Callable[[], float] = time.time
    first = grant(deployed)
    numbers = itertools.count()

    def obtain(store: SessionStore, roles: int) -> None:
        nonlocal store_clock
        store_clock = store._now
        for number in itertools.islice(numbers, roles):
            store.obtain(replace(first, target=replace(first.target, role_arn=f"acs:ram::1:role/{number}")))

    monkeypatch.setattr("fc_inventory.credentials._assume", assume)
    return obtain


def test_another_session_costs_no_more_where_there_are_many(assumed: Callable[[SessionStore, int], None]) -> None:
    """Not all of the kept ones are looked through each time, while the others wait."""
    looks = itertools.count()

    def clock() -> float:
        next(looks)
        return 0.0

    assumed(SessionStore(now=clock), 2000)

    assert next(looks) < 20 * 2000


def test_sessions_that_ended_are_forgotten(assumed: Callable[[SessionStore, int], None]) -> None:
    """However long an instance lives, and however often the targets or the function's own keys change."""
    clock = Clock()
    store = SessionStore(now=clock)

    for day in range(20):
        clock.ahead_seconds = day * DAY_SECONDS
        assumed(store, 100)

    assert len(store._slots) <= 300


def test_a_session_is_bound_to_what_it_was_made_for(deployed: Deployment) -> None:
    """Another role, external ID or caller means another session."""
    store = SessionStore()
    other_caller = Keys(**service_keys(deployed.cloud.url, "another"))
    other_role = Target(
        name="company-c",
        account_id="1456789012345678",
        regions=(),
        role_arn=COMPANY_C["role_arn"],
        external_id=COMPANY_C["external_id"],
    )

    sessions = {
        id(store.obtain(asked))
        for asked in (
            grant(deployed),
            grant(deployed),
            grant(deployed, external_id="another"),
            grant(deployed, caller=other_caller),
            grant(deployed, target=other_role),
        )
    }

    assert len(sessions) == 4


def test_a_session_can_do_nothing_but_list(deployed: Deployment) -> None:
    """Even where the role could do more: the session policy allows the two list actions and no other."""
    keys = SessionStore().obtain(grant(deployed)).keys
    client = Fc3Client(
        Config(
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret,
            security_token=keys.security_token,
            protocol="http",
            endpoint=deployed.cloud.url.removeprefix("http://"),
        )
    )

    with pytest.raises(TeaException) as denial:
        client.get_function("any", GetFunctionRequest())

    assert denial.value.data["AccessDeniedDetail"]["PolicyType"] == "SessionPolicy"
    assert json.loads(session_policy())["Statement"][0]["Action"] == ["fc:ListServices", "fc:ListFunctions"]
