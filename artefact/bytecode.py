"""Byte code for the runtime's own Python, where that Python is at hand: it saves a cold start about 0.2 s of CPU."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artefact.runtimes import Runtime


def find_interpreter(runtime: Runtime) -> str | None:
    """Return a command for a Python of *runtime*'s version on this machine, None where there is none.

    Each candidate is run: pyenv puts commands on PATH that only say that their Python is not chosen.
    """
    for command in _candidates(runtime):
        try:
            found = subprocess.run(  # noqa: S603 - a Python of this machine, told to print its version
                [command, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError:
            continue
        if found.stdout.strip() == runtime.version:
            return command
    return None


def compile_tree(directory: Path, interpreter: str) -> None:
    """Byte-compile every module below *directory* with *interpreter*; the result is the same on every machine.

    The files are never compared with their sources again (PEP 552), and name them where Function Compute puts them:
    below /code. Raises subprocess.CalledProcessError where a module can't be compiled.
    """
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(directory), "-p", "/code"]
    subprocess.run(  # noqa: S603 - the interpreter found above, and our own directory
        [interpreter, "-m", "compileall", *options, str(directory)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=True,
    )


def _candidates(runtime: Runtime) -> Iterator[str]:
    yield f"python{runtime.version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    data = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    of_uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", data / "uv" / "python"))  # `uv python dir`
    for directory in (
        *sorted(pyenv.glob(f"versions/{runtime.version}.*")),
        *sorted(of_uv.glob(f"cpython-{runtime.version}.*")),
    ):
        yield str(directory / "bin" / f"python{runtime.version}")
