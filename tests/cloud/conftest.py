"""A local cloud of its own for each test, and the identities that call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from local.cloud import LocalCloud, load_world
from local.cloud.clock import utc_now
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, EXECUTION_ROLE, assume, user_keys


class Clock:
    """The cloud's clock: the real one, and as far ahead of it as a test wants."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the cloud's time."""
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the cloud."""
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Iterator[LocalCloud]:
    """Run a cloud with the default world."""
    with LocalCloud(load_world(), clock=clock) as running:
        yield running


@pytest.fixture
def ops(cloud: LocalCloud) -> Keys:
    """Return the keys of company B's user who may assume roles."""
    return user_keys(cloud, "ops")


@pytest.fixture
def intern(cloud: LocalCloud) -> Keys:
    """Return the keys of company B's user who may do nothing."""
    return user_keys(cloud, "intern")


@pytest.fixture
def admin_a(cloud: LocalCloud) -> Keys:
    """Return the keys of company A's user who may write users, roles and policies."""
    return user_keys(cloud, "admin", COMPANY_A)


@pytest.fixture
def admin_b(cloud: LocalCloud) -> Keys:
    """Return the keys of company B's user who may write users, roles and policies."""
    return user_keys(cloud, "admin")


@pytest.fixture
def in_company_a(cloud: LocalCloud, ops: Keys) -> Keys:
    """Return the keys of a session of company A's role."""
    return assume(cloud, ops)


@pytest.fixture
def service_session(cloud: LocalCloud) -> Callable[..., httpx.Response]:
    """Return what asks for a session as a cloud service."""

    def ask(role_arn: str = EXECUTION_ROLE, service: str = "fc.aliyuncs.com", **options: object) -> httpx.Response:
        document = {"role_arn": role_arn, "service": service, "session_name": "fc-session"}
        with httpx.Client(base_url=cloud.url, trust_env=False) as client:
            return client.post("/_local/service-sessions", json=document, **options)  # type: ignore[arg-type]

    return ask


@pytest.fixture
def function_keys(service_session: Callable[..., httpx.Response]) -> Keys:
    """Return the keys that company B's function has."""
    issued = service_session().json()
    return Keys(issued["access_key_id"], issued["access_key_secret"], issued["security_token"])
