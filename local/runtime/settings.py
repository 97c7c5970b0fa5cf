"""The commands' options as one value, and the `Function` that they describe."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.cloud import LocalCloud, WorldError, load_world

from .environment import ENDPOINT_VARIABLE, check_settings
from .errors import HarnessError
from .function import RUNTIMES, Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROJECT = Path(__file__).resolve().parents[2]
FUNCTION_NAME = "fc-inventory"
EXECUTION_ROLE = "acs:ram::1345678901234567:role/fc-inventory"
DEMO_TARGETS = PROJECT / "examples" / "targets.yaml"
_TARGET_VARIABLES = {"ROLE_ARN", "TARGETS", "TARGETS_FILE"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Settings:
    """What ``invoke`` and ``serve`` have in common; each field is the option of the same name."""

    code: Path
    handler: str
    initializer: str
    runtime: str
    timeout: float
    env: Sequence[str]
    region: str
    role: str
    python: str
    world: Path | None
    endpoint: str | None


def build_function(settings: Settings, cloud_url: str) -> Function:
    """Return the function that *settings* describe, its calls directed to the local cloud at *cloud_url*.

    Raises:
        HarnessError: an option that Function Compute would refuse, or a missing code directory.
    """
    if settings.runtime not in RUNTIMES:
        raise HarnessError(f"--runtime {settings.runtime}: expected {' or '.join(RUNTIMES)}")
    if not settings.code.is_dir():
        raise HarnessError(f"--code {settings.code}: no such directory")
    code_directory = settings.code.resolve()
    environment = _environment(settings.env, cloud_url)
    targets_file = environment.get("TARGETS_FILE")
    return Function(
        name=FUNCTION_NAME,
        code_directory=code_directory,
        role_arn=_checked_role(settings.role),
        handler=settings.handler,
        initializer=settings.initializer or None,
        runtime=settings.runtime,
        region=settings.region,
        timeout_seconds=settings.timeout,
        environment=environment,
        python=_executable(settings.python),
        watched_files=(code_directory / targets_file,) if targets_file else (),
    )


@contextmanager
def running_cloud(settings: Settings) -> Iterator[str]:
    """Yield the URL of the local cloud that ``--endpoint`` names, else of one started for as long as needed."""
    if settings.endpoint and settings.world:
        raise HarnessError("--endpoint and --world exclude each other: the running local cloud has its own world")
    if settings.endpoint:
        yield _checked_endpoint(settings.endpoint)
        return
    try:
        world = load_world(settings.world)
    except WorldError as error:
        raise HarnessError(f"--world: {error}") from error
    with LocalCloud(world) as cloud:
        yield cloud.url


def _environment(assignments: Sequence[str], cloud_url: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator:
            raise HarnessError(f"--env {assignment}: expected KEY=VALUE")
        given[name] = value
    check_settings(given)
    demo_targets = {} if given.keys() & _TARGET_VARIABLES else {"TARGETS_FILE": str(DEMO_TARGETS)}
    return {ENDPOINT_VARIABLE: cloud_url, **demo_targets, **given}


def _executable(python: str) -> str:
    """Return *python* so that it means the same in another directory: a path made absolute, a name left for PATH."""
    return str(Path(python).absolute()) if os.sep in python else python or sys.executable


def _checked_endpoint(endpoint: str) -> str:
    url = urlsplit(endpoint)
    if url.scheme != "http" or url.hostname not in _LOOPBACK:
        raise HarnessError(f"--endpoint {endpoint}: expected the URL of a local cloud, like http://127.0.0.1:8080")
    return endpoint.rstrip("/")


def _checked_role(role: str) -> str:
    kind, _, account_and_name = role.partition("::")
    account, _, name = account_and_name.partition(":role/")
    if kind != "acs:ram" or not account.isdigit() or not name:
        raise HarnessError(f"--role {role}: expected acs:ram::<account id>:role/<name>")
    return role
