"""`python -m artefact.choice` prints the runtime that `make deploy` deploys to, and says why on standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from artefact.runtimes import DEFAULT, EVERYWHERE, REGIONS_OF_DEFAULT

_ASSIGNMENT = re.compile(r"""^\s*(?:export\s+)?(REGION|RUNTIME)\s*=\s*(["']?)([^"'#\s]*)\2\s*(?:#.*)?$""", re.MULTILINE)


def choose(given: Mapping[str, str]) -> tuple[str, str]:
    """Return the runtime for the settings *given* (REGION and RUNTIME of s.yaml, where they are set), and why."""
    if given.get("RUNTIME"):
        return given["RUNTIME"], "as RUNTIME says"
    region = given.get("REGION") or "cn-hangzhou"
    if region in REGIONS_OF_DEFAULT:
        return DEFAULT, f"which {region} has (RUNTIME={EVERYWHERE} chooses the older one)"
    return EVERYWHERE, (
        f"since {DEFAULT} is not documented for {region}; Python 3.10 has had no security updates since 2026-10-31 "
        f"(RUNTIME={DEFAULT} tries the newer one)"
    )


def read_settings(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return REGION and RUNTIME as Serverless Devs finds them: in *environ*, else in the file `.env` of *directory*."""
    file = directory / ".env"
    found = _ASSIGNMENT.findall(file.read_text(encoding="utf-8")) if file.exists() else []
    return {name: value for name, _, value in found} | {
        name: environ[name] for name in ("REGION", "RUNTIME") if environ.get(name)
    }


def main() -> None:
    """Choose, and tell it."""
    runtime, why = choose(read_settings(Path(__file__).parents[1], os.environ))
    sys.stderr.write(f"make deploy: {runtime}, {why}\n")
    sys.stdout.write(f"{runtime}\n")


if __name__ == "__main__":
    main()
