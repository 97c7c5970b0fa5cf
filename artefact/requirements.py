"""The lock holds for every Python from 3.10 on; a runtime needs the lines whose markers hold there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from artefact.runtimes import Runtime


def select(lock: str, runtime: Runtime) -> str:
    """Return the requirements of *lock* that *runtime* needs: one a line, without markers, hashes kept.

    pip can't do it: it evaluates markers for the Python that runs it, even where `--python-version` names another.
    """
    environment = _environment(runtime)
    chosen = []
    for line in _requirements(lock):
        text, *hashes = line.split(" --hash=")
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            pinned = f"{requirement.name}{requirement.specifier}"
            chosen.append(" --hash=".join((pinned, *(value.strip() for value in hashes))))
    return "\n".join(chosen) + "\n"


def _requirements(lock: str) -> Iterator[str]:
    """Yield each requirement of *lock* as one line with its hashes; comments are left out."""
    for line in lock.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield " ".join(line.split())


def _environment(runtime: Runtime) -> dict[str, str]:
    """Return the values of the markers on *runtime* (names: PEP 508)."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{runtime.version}.0",
        "python_version": runtime.version,
        "sys_platform": "linux",
    }
