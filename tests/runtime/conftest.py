"""Instances that end with their test."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import cache

import httpx
import pytest

from local.runtime.front_door import FrontDoor
from local.runtime.instance import Instance
from local.runtime.warm_function import WarmFunction
from tests.runtime.running import Serve, Start, credentials_of, function_of, serving


@pytest.fixture
def start() -> Iterator[Start]:
    """Start an instance of ``functions/<case>`` with keys called ``start``; all end with the test."""
    started: list[Instance] = []

    def start_one(case: str, **options: object) -> Instance:
        started.append(Instance(function_of(case, **options), credentials_of("start"), lambda _: None))
        return started[-1]

    yield start_one
    for instance in started:
        instance.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serve ``functions/<case>`` over HTTP and return a client for it; the same again for the same case and options."""
    with ExitStack() as stack:

        @cache
        def serve_one(case: str, **options: object) -> httpx.Client:
            warm = WarmFunction(function_of(case, **options), credentials_of, lambda _: None)
            url = stack.enter_context(serving(FrontDoor(stack.enter_context(closing(warm))).app()))
            return stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=20))

        yield serve_one
