"""One cloud with a host for functions, and who deploys in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from local.cloud import LocalCloud, load_world
from local.cloud.clock import utc_now
from local.runtime.hosting import Hosting
from tests.hosting.deploying import Deployer, user


class Clock:
    """The cloud's clock: the real one, and as far ahead of it as a test wants."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the cloud's time."""
        return utc_now() + self.ahead


@pytest.fixture(scope="session")
def clock() -> Clock:
    """Return the clock of the cloud."""
    return Clock()


@pytest.fixture(scope="session")
def cloud(clock: Clock) -> Iterator[LocalCloud]:
    """Run a cloud that runs functions; tests tell theirs apart by name."""
    with LocalCloud(load_world(), clock=clock, host=Hosting(python=sys.executable, instances=3)) as running:
        yield running


@pytest.fixture(scope="session")
def deployer(cloud: LocalCloud) -> Deployer:
    """Return somebody who may do everything with functions."""
    return Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
