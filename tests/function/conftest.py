"""The function, new for each test, on a local cloud that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fc_inventory import handler as function
from local.cloud import LocalCloud, load_world
from tests.function.deployment import COMPANY_A, Deployment, service_keys


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[LocalCloud]:
    """A local cloud with the default world, started once."""
    with LocalCloud(load_world()) as running:
        yield running


@pytest.fixture
def cloud(running_cloud: LocalCloud) -> LocalCloud:
    """The running cloud without faults and without memory of earlier requests."""
    running_cloud.faults.clear()
    running_cloud.requests.clear()
    return running_cloud


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Deployment]:
    """The function, deployed for company-a in cn-hangzhou."""
    deployment = Deployment(cloud, service_keys(cloud.url))
    deployment.configure(COMPANY_A)
    yield deployment
    function._instance = None
