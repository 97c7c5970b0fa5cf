"""The Python of a runtime, where this machine has it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = {"python3.9": "3.9", "python3.10": "3.10", "python3.12": "3.12"}
"""The runtimes that can be run, by the version of their Python; ``python3`` is 3.6, too old for this harness."""

_PROBE = "import sys; print('%d.%d' % sys.version_info[:2])"
_PROBE_SECONDS = 10


def find_python(runtime: str, fallback: str = "") -> str:
    """Return the executable that runs functions of *runtime*: its own Python, else *fallback*.

    Raises:
        HarnessError: the runtime isn't one of Python's, or neither is there.
    """
    if not runtime.startswith("python"):
        raise HarnessError(f"runtime {runtime} can't be run here: only Python's can")
    version = VERSIONS.get(runtime)
    if version:
        found = next((path for path in _candidates(version) if _version_of(path) == version), None)
        if found:
            return found
    if fallback:
        return fallback
    wanted = f"Python {version}" if version else "a Python that this harness can drive"
    raise HarnessError(
        f"runtime {runtime} can't be run here: this machine has no {wanted} on PATH or under pyenv; "
        "install it, or choose another one for all such functions (python -m local cloud --python EXECUTABLE)"
    )


def _candidates(version: str) -> Iterator[str]:
    name = f"python{version}"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and os.access(Path(folder) / name, os.X_OK):
            yield str(Path(folder) / name)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), reverse=True))


def _version_of(python: str) -> str:
    """Return what *python* says of itself, "" where it doesn't work: pyenv's shims are there for any version."""
    try:
        probe = subprocess.run(  # noqa: S603 - a Python of this machine
            [python, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=_PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return probe.stdout.strip()
