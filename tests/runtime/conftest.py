"""Instances that end with their test."""

from collections.abc import Iterator

import pytest

from local.runtime.instance import Instance
from tests.runtime.running import Start, credentials_of, function_of


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
