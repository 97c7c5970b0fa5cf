"""`RUNTIME=python3.12 python -m artefact` stages build/code, the directory that s.yaml deploys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from artefact.installation import InstallationError
from artefact.runtimes import DEFAULT, RUNTIMES
from artefact.staging import Staged, StagingError, stage


def main() -> int:
    """Stage the artefact and say what it is; return the exit status."""
    name = os.environ.get("RUNTIME") or DEFAULT
    if name not in RUNTIMES:
        return _fail(f"RUNTIME: expected {' or '.join(RUNTIMES)}, found {name}")
    full = os.environ.get("FULL") or "0"
    if full not in ("0", "1"):
        return _fail(f"FULL: expected 1, or nothing, found {full}")
    try:
        targets_file = os.environ.get("TARGETS_FILE") or ""
        staged = stage(Path(__file__).parents[1], RUNTIMES[name], full=full == "1", targets_file=targets_file)
    except (InstallationError, StagingError, subprocess.CalledProcessError) as error:
        return _fail(str(error))
    sys.stdout.write(_summary(staged, name, "nothing left out" if full == "1" else "slim"))
    return 0


def _summary(staged: Staged, runtime: str, form: str) -> str:
    text = f"build/code for {runtime}, {form}: {staged.files} files, {staged.size_bytes / 1e6:.1f} MB\n"
    if staged.left_out:
        names = ", ".join(name if name.isascii() and name.isprintable() else ascii(name) for name in staged.left_out)
        text += (
            f"Left out of src/, since only the function's modules and its targets.yaml or targets.json ship: {names}\n"
        )
    if not staged.byte_compiled:
        text += (
            f"No {runtime} on this machine, so no byte code: each cold start compiles the code anew, "
            f"about 0.5 s at 0.35 vCPU. `.venv/bin/uv python install {RUNTIMES[runtime].version}` gets one.\n"
        )
    return text


def _fail(message: str) -> int:
    sys.stderr.write(f"make build: {message}\n")
    return 1


sys.exit(main())
