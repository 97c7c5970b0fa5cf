"""Tools that not every machine has: a test that needs one skips without it, unless all were promised."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

NPM = Path(__file__).parent / "npm" / "node_modules"


def miss(what: str) -> NoReturn:
    """Skip the test for want of *what*; fail it where `.ci/run` has seen to it that nothing is wanting (ALL_TOOLS=1)."""
    if os.environ.get("ALL_TOOLS") == "1":
        pytest.fail(f"ALL_TOOLS=1 promises every tool: {what}", pytrace=False)
    pytest.skip(what)


def find_command(name: str, how: str) -> str:
    """Return the path of command *name*; without it the test misses it, and says *how* to get it."""
    return shutil.which(name) or miss(f"no command {name} on this machine: {how}")


def find_in_npm(path: str) -> Path:
    """Return *path* below the packages that tests/npm pins; without it the test misses it."""
    found = NPM / path
    return found if found.exists() else miss(f"no {path}: npm ci --ignore-scripts --prefix tests/npm")
