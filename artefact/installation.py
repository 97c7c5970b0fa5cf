"""The pinned dependencies, installed by pip as the runtime's own pip would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from artefact import requirements

if TYPE_CHECKING:
    from artefact.runtimes import Runtime


class InstallationError(Exception):
    """pip could not install the pinned dependencies; the message ends with pip's own last lines."""


def install(lock: Path, runtime: Runtime, directory: Path) -> None:
    """Install what *lock* pins for *runtime* into *directory*. Needs a package index. Raises InstallationError.

    Wheels are taken for the runtime's Python and glibc, whatever this machine has. Packages that come as source only
    are pure Python and are built by the pinned setuptools of this environment. All must have the hashes in *lock*.
    """
    chosen = directory.parent / f"requirements-{runtime.name}.txt"
    chosen.write_text(requirements.select(lock.read_text(encoding="utf-8"), runtime), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    what = ["--require-hashes", "--no-deps", "--no-build-isolation", "--no-compile", "--requirement", str(chosen)]
    tags = ["--implementation", "cp", "--python-version", runtime.version]
    for abi in (f"cp{runtime.tag}", "abi3", "none"):
        tags += ["--abi", abi]
    for platform in runtime.platforms:
        tags += ["--platform", platform]
    finished = subprocess.run(  # noqa: S603 - this environment's pip
        [*pip, *what, *tags, "--target", str(directory)], capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        last = "\n".join(finished.stderr.strip().splitlines()[-5:])
        raise InstallationError(f"pip could not install for {runtime.name}; is the package index within reach?\n{last}")
