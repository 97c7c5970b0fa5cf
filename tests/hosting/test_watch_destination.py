"""What changed reaches the asynchronous destination: this project's own function, deployed, with snapshots."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fc_inventory.watch_answer import Watch
from local.cloud import LocalCloud, load_world
from local.cloud.inventory import Function
from local.runtime.hosting import Hosting
from tests.hosting.deploying import ROLE, Deployer, user, wait_for, zip_of

SRC = Path(__file__).parents[2] / "src"
TIMER = {"triggerName": "daily", "triggerTime": "2026-11-24T01:00:00Z", "payload": "{}"}
D = "1567890123456789"
TARGET = {
    "name": "company-d",
    "role_arn": f"acs:ram::{D}:role/fc-inventory-reader",
    "external_id": "d-1c9e5b7042fa86d3",
    "regions": ["cn-hangzhou"],
}


@pytest.fixture
def deployer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployer]:
    """Somebody who deploys in a cloud whose functions run with the Python of the tests, which has the SDKs."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PYENV_ROOT", "/nowhere")
    with LocalCloud(load_world(), host=Hosting(python=sys.executable)) as cloud:
        yield Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))


def test_what_changed_is_delivered(deployer: Deployer, tmp_path: Path) -> None:
    """The message's `responsePayload` is the answer, as text."""
    snapshots, results = tmp_path / "snapshots", tmp_path / "results"
    snapshots.mkdir()
    code = zip_of({str(path.relative_to(SRC)): path.read_bytes() for path in SRC.rglob("*.py")})
    environment = {"TARGETS": json.dumps({"version": 1, "targets": [TARGET]}), "SNAPSHOT_DIR": str(snapshots)}
    deployer.deploy("watch", code, role=ROLE, timeout=60, environmentVariables=environment)
    deployer.configure_async("watch", destinationConfig={"onSuccess": {"destination": f"file://{results}"}})

    first = delivered(deployer, results, 1)
    deployer.cloud.world.accounts[D].inventories["cn-hangzhou"].add_function(Function(name="added"))
    second = delivered(deployer, results, 2)

    assert (first.difference.status, second.difference.status) == ("baseline", "changed")
    assert second.text.splitlines()[1:] == ["+ company-d cn-hangzhou function added (FC 3.0)"]
    assert second.difference.compared_with == (first.snapshot,)


def delivered(deployer: Deployer, results: Path, count: int) -> Watch:
    """Let the timer trigger; return the answer in the message that is then the *count*th."""
    deployer.invoke("watch", json.dumps(TIMER).encode(), invocation_type="Async")
    wait_for(lambda: results.exists() and len(results.read_text().splitlines()) >= count, seconds=20)
    message: dict[str, Any] = json.loads(results.read_text().splitlines()[-1])
    return msgspec.json.decode(message["responsePayload"], type=Watch)
