"""The function, deployed for all customers of the default world, with a directory for the files of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_D, COMPANY_E, Deployment

EVERYBODY = (
    {**COMPANY_A, "regions": ["cn-hangzhou", "cn-shanghai"], "tags": {"tier": "gold"}},
    COMPANY_C,
    COMPANY_D,
    COMPANY_E,
)


@pytest.fixture
def shard_dir(tmp_path: Path) -> Path:
    """What stands for the mount."""
    directory = tmp_path / "runs"
    directory.mkdir()
    return directory


@pytest.fixture
def fleet(deployed: Deployment, shard_dir: Path) -> Deployment:
    """The function, deployed for everybody."""
    deployed.configure(*EVERYBODY, SHARD_DIR=str(shard_dir))
    return deployed
