"""What changed since the last complete state, as a reader sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.cloud import load_world
from local.cloud.inventory import Function, Inventory, Service
from tests.page.conftest import Open
from tests.page.serving import served
from tests.page.worlds import HOSTILE

TIMER = {"triggerName": "daily", "triggerTime": "2026-11-24T01:00:00Z", "payload": "{}"}


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    """An empty directory for snapshots."""
    return tmp_path / "snapshots"


@pytest.fixture
def watched(snapshots: Path) -> Iterator[tuple[str, Inventory]]:
    """The address of the function, whose timer has stored a snapshot, and what company-d has."""
    snapshots.mkdir()
    world = load_world()
    with served(world, f"SNAPSHOT_DIR={snapshots}") as url:
        invocations = f"{url}2023-03-30/functions/fc-inventory/invocations"
        httpx.post(invocations, json=TIMER, trust_env=False, timeout=30).raise_for_status()
        yield url, world.accounts["1567890123456789"].inventories["cn-hangzhou"]


def test_what_came_went_and_changed_is_told(visit: Open, watched: tuple[str, Inventory], snapshots: Path) -> None:
    """Against the last complete state; looking stores nothing, and names are text here, too."""
    url, inventory = watched
    stored = {path.name: path.read_bytes() for path in snapshots.iterdir()}
    inventory.remove_function("chat")
    inventory.remove_function("embed")
    inventory.add_function(Function("embed", memory_mb=8192, created_time="2026-02-12T10:00:00Z"))
    inventory.add_function(Function(HOSTILE[0]))
    inventory.add_service(Service("web"))

    page = visit(f"{url}?targets=company-d").page

    told = page.locator("#changes").inner_text()
    (name,) = stored
    assert "2 added, 1 removed, 1 changed." in told
    assert name in told
    assert page.locator(".changes tr", has_text="removed").inner_text().split("\t")[1:3] == [
        "function chat",
        "company-d cn-hangzhou",
    ]
    assert "memory size: 4,096 MB → 8,192 MB" in page.locator(".changes tr", has_text="embed").inner_text()
    assert f"function {HOSTILE[0]}" in told
    assert {path.name: path.read_bytes() for path in snapshots.iterdir()} == stored


def test_an_unchanged_inventory_says_so(visit: Open, watched: tuple[str, Inventory]) -> None:
    """What could not be listed is told as not compared, never as gone."""
    page = visit(watched[0]).page

    told = page.locator("#changes").inner_text()
    assert page.locator(".changes").count() == 0
    assert "Nothing else changed, as far as is known." in told
    assert "3 lists could not be compared" in told


def test_snapshots_that_cannot_be_read_are_told(visit: Open, watched: tuple[str, Inventory], snapshots: Path) -> None:
    """The page still shows the inventory."""
    snapshots.rename(snapshots.with_name("elsewhere"))

    page = visit(f"{watched[0]}?targets=company-d")

    assert page.page.locator("#changes").inner_text().startswith("What changed\n")
    assert "What changed could not be told: " in page.page.locator("#changes").inner_text()
    assert len(page.names()) == 2


def test_without_snapshots_nothing_is_said_of_changes(visit: Open) -> None:
    """A section appears only where it has something to say."""
    with served(load_world()) as url:
        page = visit(f"{url}?targets=company-d").page

        assert page.locator("#changes").is_hidden()
