"""A cold instance's first calls begin at once, and none of them may meet what another one has half prepared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_D, service_keys

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("count", "event"), [(200, "{}"), (50, '{"check": true}')], ids=["listings with triggers", "checks"]
)
def test_no_cold_start_dies_however_its_threads_take_turns(cloud: LocalCloud, count: int, event: str) -> None:
    """A process dies whose threads are the first to decode a type with msgspec, and do so together: 10 of 200 did."""
    targets = {"version": 1, "defaults": {"regions": ["cn-hangzhou"]}, "targets": [COMPANY_A, COMPANY_C, COMPANY_D]}
    environ = {
        "TARGETS": json.dumps(targets),
        "FC_REGION": "cn-hangzhou",
        "FC_INVENTORY_ENDPOINT": cloud.url,
        "TRIGGERS": "true",
        "LOG_LEVEL": "ERROR",
        **{f"ALIBABA_CLOUD_{name.upper()}": value for name, value in service_keys(cloud.url).items()},
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }

    ended = subprocess.run(
        [sys.executable, "-m", "tests.function.cold_starts", str(count), event],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert json.loads(ended.stdout) == {"answered": count}
