"""`RUNTIME=python3.10 python -m artefact` stages build/code, the directory that s.yaml deploys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from artefact.installation import InstallationError
from artefact.runtimes import RUNTIMES
from artefact.staging import Staged, StagingError, stage


def main() -> int:
    """Stage the artefact and say what it is; return the exit status."""
    name = os.environ.get("RUNTIME") or "python3.10"
    if name not in RUNTIMES:
        return _fail(f"RUNTIME: expected {' or '.join(RUNTIMES)}, found {name}")
    try:
        staged = stage(Path(__file__).parents[1], RUNTIMES[name], full=os.environ.get("FULL") == "1")
    except (InstallationError, StagingError, subprocess.CalledProcessError) as error:
        return _fail(str(error))
    sys.stdout.write(_summary(staged, name))
    return 0


def _summary(staged: Staged, runtime: str) -> str:
    line = f"build/code for {runtime}: {staged.files} files, {staged.size_bytes / 1e6:.1f} MB\n"
    if staged.byte_compiled:
        return line
    return f"{line}No {runtime} on this machine, so no byte code: each cold start takes about 0.5 s of CPU more.\n"


def _fail(message: str) -> int:
    sys.stderr.write(f"make build: {message}\n")
    return 1


sys.exit(main())
