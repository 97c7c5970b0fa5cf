"""A pytest plugin: a local cloud for the tests of any project, with `pytest_plugins = ["local.pytest_plugin"]`.

One server runs for the whole session; each test that asks for `local_cloud` finds it as it began. A project with a
world of its own overrides `local_cloud_world`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from local.cloud import LocalCloud, World, load_world
from local.runtime.hosting import Hosting


@dataclass(frozen=True)
class LocalCloudKeys:
    """A long-lived access key."""

    access_key_id: str
    access_key_secret: str = field(repr=False)


@pytest.fixture(scope="session")
def local_cloud_world() -> World:
    """Return the world that the cloud begins with: the default one."""
    return load_world()


@pytest.fixture(scope="session")
def local_cloud_server(local_cloud_world: World) -> Iterator[LocalCloud]:
    """Run the cloud of the session; tests ask for `local_cloud` instead."""
    with LocalCloud(local_cloud_world, host=Hosting()) as running:
        yield running


@pytest.fixture
def local_cloud(local_cloud_server: LocalCloud) -> LocalCloud:
    """Return the running cloud as it began: nothing changed, no faults but the world file's, no requests recorded."""
    local_cloud_server.reset()
    return local_cloud_server


@pytest.fixture
def local_cloud_keys(local_cloud: LocalCloud) -> LocalCloudKeys:
    """Return the key that `python -m local cloud` exports: that of the world's first user who has one."""
    for account in local_cloud.world.accounts.values():
        for user in account.users.values():
            for key in user.access_keys:
                return LocalCloudKeys(key.access_key_id, key.secret)
    pytest.fail("the world of the local cloud has no user with an access key")
