"""The cloud's own endpoints: what Function Compute does for a function's execution role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from local.cloud import LocalCloud
from local.cloud.clock import to_wire
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_B, EXECUTION_ROLE, FC_ADMIN, assume_role_call, sts
from tests.cloud.conftest import Clock

Ask = Callable[..., httpx.Response]


def test_health_says_ok(cloud: LocalCloud) -> None:
    """For whoever waits for the cloud."""
    answer = httpx.get(f"{cloud.url}/_local/health", trust_env=False)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_service_gets_a_session_of_a_role_that_trusts_it(
    cloud: LocalCloud, clock: Clock, service_session: Ask
) -> None:
    """Real keys of the execution role, as long as the role allows."""
    latest = clock() + timedelta(hours=1)

    answer = service_session()

    issued = answer.json()
    assert answer.status_code == 200
    assert set(issued) == {"access_key_id", "access_key_secret", "security_token", "expiration"}
    assert to_wire(latest) <= issued["expiration"] <= to_wire(clock() + timedelta(hours=1))
    keys = Keys(issued["access_key_id"], issued["access_key_secret"], issued["security_token"])
    identity = sts(cloud, keys).get_caller_identity().body
    assert identity.arn == f"acs:ram::{COMPANY_B}:assumed-role/fc-inventory/fc-session"


def test_the_execution_role_assumes_the_customers_roles(cloud: LocalCloud, function_keys: Keys) -> None:
    """Exactly those that its policy names."""
    good = assume_role_call(function_keys).send(cloud.url)
    other = assume_role_call(function_keys, RoleArn="acs:ram::1234567890123456:role/other").send(cloud.url)

    assert (good.status_code, other.status_code) == (200, 403)
    assert other.json()["AccessDeniedDetail"]["PolicyType"] == "AccountLevelIdentityBasedPolicy"


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ({"role_arn": FC_ADMIN}, "NoPermission", f"role {FC_ADMIN} does not trust the service fc.aliyuncs.com"),
        (
            {"service": "ecs.aliyuncs.com"},
            "NoPermission",
            f"role {EXECUTION_ROLE} does not trust the service ecs.aliyuncs.com",
        ),
        ({"role_arn": f"{FC_ADMIN}x"}, "EntityNotExist.Role", f"there is no role {FC_ADMIN}x"),
        ({"role_arn": "nonsense"}, "EntityNotExist.Role", "there is no role nonsense"),
    ],
)
def test_a_role_that_doesn_t_trust_the_service_is_refused(
    service_session: Ask, wanted: dict[str, str], code: str, message: str
) -> None:
    """As Function Compute refuses a function with such a role."""
    answer = service_session(**wanted)

    assert (answer.status_code, answer.json()) == (403, {"code": code, "message": message})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"role_arn":1}', b"\xff"])
def test_a_body_of_another_shape_is_refused(cloud: LocalCloud, body: bytes) -> None:
    """The three fields, and nothing else."""
    headers = {"content-type": "application/json"}

    answer = httpx.post(f"{cloud.url}/_local/service-sessions", content=body, headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidArgument")


def test_a_web_page_can_t_reach_in(cloud: LocalCloud, service_session: Ask) -> None:
    """Neither under another host name nor with a form's content type, which needs nobody's leave."""
    foreign = service_session(headers={"host": "rebound.example.com"})
    health = [
        httpx.get(f"{cloud.url}/_local/health", headers={"host": host}, trust_env=False)
        for host in ("10.0.0.1", "127.0.0.1.example.com", "[", "localhost:80:80", "")
    ]
    form = service_session(headers={"content-type": "text/plain"})

    assert [foreign.status_code, form.status_code] == [403, 415]
    assert [answer.status_code for answer in health] == [403] * 5
    assert foreign.json()["code"] == "Forbidden"


def test_every_name_of_loopback_is_good(cloud: LocalCloud) -> None:
    """With or without a port."""
    answers = [
        httpx.get(f"{cloud.url}/_local/health", headers={"host": host}, trust_env=False)
        for host in ("127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:80", "[::1]")
    ]

    assert [answer.status_code for answer in answers] == [200] * 5
