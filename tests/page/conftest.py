"""The function behind `python -m local serve`'s own front door, in worlds that are not friendly, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from local.cloud import load_world
from tests.page.serving import served
from tests.page.visit import FLAGS, Visit
from tests.page.worlds import add_hostile_functions, add_many_functions
from tests.tools import miss

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of the function; company-d's functions have names that mean harm."""
    world = load_world()
    add_hostile_functions(world.accounts["1567890123456789"].inventories["cn-hangzhou"])
    with served(world) as address:
        yield address


@pytest.fixture(scope="module")
def large_url() -> Iterator[str]:
    """The address of the function; company-a has 5,000 functions more."""
    world = load_world()
    add_many_functions(world.accounts["1234567890123456"].inventories["cn-hangzhou"], 5000)
    with served(world) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine; it ends with the module, since its event loop stands in the way of others."""
    if CHROMIUM is None:
        miss("no Chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open an address in a new window; when the test ends, each must have run without complaint."""
    with ExitStack() as stack:

        def open_page(address: str, **options: Any) -> Visit:
            visit = stack.enter_context(Visit.of(browser, **options))
            visit.page.goto(address)
            return visit

        yield open_page
