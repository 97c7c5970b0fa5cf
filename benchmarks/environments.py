"""The environments whose cold start is compared, below build/cold-start: made once, of what the locks pin."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from artefact import bytecode, requirements
from artefact.runtimes import RUNTIMES, Runtime
from artefact.staging import stage

ROOT = Path(__file__).parents[1]
OLDER_SDK = ("aliyun-python-sdk-", "cffi==", "cryptography==", "jmespath==", "pycparser==", "typing-extensions==")


@dataclass(frozen=True)
class Environment:
    """One runtime on this machine: its Python, two virtual environments of it, and the artefact, slim and full."""

    runtime: Runtime
    python: str
    current_sdks: str
    older_sdk: str
    slim: Path
    full: Path


def make_environments() -> list[Environment]:
    """Return the environments of the runtimes whose Python is on this machine. Needs a package index."""
    found = ((runtime, bytecode.find_interpreter(runtime)) for runtime in RUNTIMES.values())
    return [_make(runtime, python) for runtime, python in found if python]


def _make(runtime: Runtime, python: str) -> Environment:
    folder = ROOT / "build" / "cold-start" / runtime.name
    folder.mkdir(parents=True, exist_ok=True)
    current = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = requirements.select((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), runtime)
    older = "\n".join(line for line in pinned.splitlines() if line.startswith(OLDER_SDK))
    for name, is_full in (("slim", False), ("full", True)):
        stage(ROOT, runtime, full=is_full, target=folder / name)
    return Environment(
        runtime=runtime,
        python=python,
        current_sdks=_install(folder / "current-sdks", python, requirements.select(current, runtime)),
        older_sdk=_install(folder / "older-sdk", python, older),
        slim=folder / "slim",
        full=folder / "full",
    )


def _install(folder: Path, python: str, pinned: str) -> str:
    """Make a virtual environment of *pinned*, as pip installs it, byte code included; return its Python."""
    own, lock = folder / "bin" / "python", folder / "requirements.txt"
    if not lock.exists() or lock.read_text(encoding="utf-8") != pinned:
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(own), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(ROOT / "requirements-build.txt")], check=True)
        (folder / "pinned.txt").write_text(pinned, encoding="utf-8")
        subprocess.run([*pip, "--no-build-isolation", "-r", str(folder / "pinned.txt")], check=True)
        lock.write_text(pinned, encoding="utf-8")  # at last: then all of it is there
    return str(own)
