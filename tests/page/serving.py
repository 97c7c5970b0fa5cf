"""The function, served as `python -m local serve` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local.cloud import LocalCloud
from local.cloud.world import World
from local.runtime.command import keep_warm
from local.runtime.front_door import FrontDoor
from local.runtime.settings import EXECUTION_ROLE, PROJECT, Settings, build_function
from tests.runtime.running import serving


@contextmanager
def served(world: World, *env: str, timeout_seconds: float = 60) -> Iterator[str]:
    """Serve the function in *world*, with the targets of examples/targets.yaml unless *env* says otherwise."""
    with LocalCloud(world) as cloud:
        settings = Settings(
            code=PROJECT / "src",
            handler="index.handler",
            initializer="index.initialize",
            runtime="python3.10",
            timeout=timeout_seconds,
            env=env,
            region="cn-hangzhou",
            role=EXECUTION_ROLE,
            python="",
            world=None,
            endpoint=cloud.url,
        )
        function = build_function(settings, cloud.url)
        with keep_warm(function, cloud.url, log=False) as warm, serving(FrontDoor(warm).app()) as address:
            yield f"{address}/"
