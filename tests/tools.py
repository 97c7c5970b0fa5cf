"""Tools that not every machine has: a test that needs one skips without it, unless all were promised."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def miss(what: str) -> NoReturn:
    """Skip the test for want of *what*; fail it where `.ci/run` has seen to it that nothing is wanting (ALL_TOOLS=1)."""
    if os.environ.get("ALL_TOOLS") == "1":
        pytest.fail(f"ALL_TOOLS=1 promises every tool: {what}", pytrace=False)
    pytest.skip(what)
