"""A shell of company A's administrator, on a local cloud of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fc_inventory import sdk
from local.cloud import LocalCloud, load_world
from tests.onboarding.shell import A, GrantingShell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[GrantingShell]:
    """A shell of company A's administrator."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.002)
    sdk.prepare()
    with LocalCloud(load_world()) as cloud:
        monkeypatch.setenv("FC_INVENTORY_ENDPOINT", cloud.url)
        shell = GrantingShell(cloud, monkeypatch, capsys)
        shell.sign_in(A, "admin")
        yield shell
