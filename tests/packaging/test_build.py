"""build/code, where `make build` has made it from the sources as they are: the exact set that ships, and that it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from artefact import bytecode, libraries
from artefact.runtimes import RUNTIMES, Runtime

ROOT = Path(__file__).parents[2]
CODE = ROOT / "build" / "code"

OURS = {"index.py", "fc_inventory"}
THEIRS = """
Tea aiofiles aiohappyeyeballs aiohttp aiosignal alibabacloud_credentials alibabacloud_credentials_api
alibabacloud_endpoint_util alibabacloud_fc20230330 alibabacloud_fc_open20210406 alibabacloud_gateway_fc_util
alibabacloud_gateway_spi alibabacloud_openapi_util alibabacloud_sts20150401 alibabacloud_tea_openapi
alibabacloud_tea_util apscheduler attr attrs certifi charset_normalizer cryptography darabonba frozenlist idna msgspec
multidict propcache requests tenacity typing_extensions.py tzlocal urllib3 websocket yaml _yaml yarl
"""
ONLY = {"python3.10": {"async_timeout"}, "python3.12": set[str]()}


def sources(package: Path) -> dict[str, bytes]:
    """Return what stands in *package*, byte code left out: path, bytes."""
    files = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(package)): path.read_bytes() for path in files}


@pytest.fixture
def runtime() -> Runtime:
    """Return the runtime that build/code was made for; skip where there is no build of these sources."""
    made = [one for one in RUNTIMES.values() if list(CODE.glob(f"_cffi_backend.cpython-{one.tag}-*.so"))]
    if not made or sources(CODE / "fc_inventory") != sources(ROOT / "src" / "fc_inventory"):
        pytest.skip("build/code is missing or older than src/: make build")
    return made[0]


@pytest.fixture
def interpreter(runtime: Runtime) -> str:
    """Return the command of the Python that build/code was made for; skip where this machine has none."""
    found = bytecode.find_interpreter(runtime)
    if found is None:
        pytest.skip(f"no Python {runtime.version} on this machine")
    return found


def invoke(*options: str) -> dict[str, Any]:
    """Return the report of one invocation in the local cloud's default world."""
    command = [sys.executable, "-m", "local", "invoke", "--kind", "invoke", "--event", "{}", "--no-log", *options]
    report: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return report


def test_exactly_this_ships(runtime: Runtime) -> None:
    """The top of the artefact is our two names and the pinned packages', nothing else."""
    backend = f"_cffi_backend.cpython-{runtime.tag}-x86_64-linux-gnu.so"

    names = {path.name for path in CODE.iterdir()} - {"__pycache__", "targets.yaml"}

    assert names == OURS | set(THEIRS.split()) | ONLY[runtime.name] | {backend}


def test_every_file_is_of_a_kind_that_runs(runtime: Runtime) -> None:
    """Code, its byte code, libraries it can load, certificates, and the parts of our page: no other file is in it."""
    page = CODE / "fc_inventory" / "browser"
    kinds = {path.suffix for path in CODE.rglob("*") if path.is_file() and path.parent != page}
    byte_code = {path.name.split(".")[-2] for path in CODE.rglob("*.pyc")}

    assert kinds - {".pyc"} == {".py", ".so", ".pem"}
    assert byte_code <= {f"cpython-{runtime.tag}"}
    assert list(libraries.mistakes(CODE, runtime)) == []
    assert {path.suffix for path in page.iterdir()} == {".css", ".html", ".js"}


def test_it_loads_on_its_own(interpreter: str) -> None:
    """The runtime's Python imports handler, initializer and SDKs from this directory alone, without a warning."""
    script = f"import sys; sys.path.insert(0, {str(CODE)!r}); import index; print(callable(index.handler), callable(index.initialize))"

    finished = subprocess.run(
        [interpreter, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, check=False
    )

    assert (finished.stdout, finished.stderr) == ("True True\n", "")


def test_it_answers_as_the_sources_do(runtime: Runtime, interpreter: str) -> None:
    """What was left out of the packages is not missed: signed calls, pages and refusals give the sources' own answer."""
    staged = invoke("--code", str(CODE), "--python", interpreter, "--runtime", runtime.name)

    assert staged["summary"] == invoke()["summary"]
    assert staged["summary"]["complete"] > 0
