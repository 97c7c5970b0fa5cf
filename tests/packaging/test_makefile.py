"""`make` on a new machine: what it says before it has installed anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a directory with what make needs of a fresh clone, and an empty folder bin for commands."""
    for path in (MAKEFILE, *MAKEFILE.parent.glob("requirements*.txt")):
        shutil.copy(path, tmp_path)
    (tmp_path / "bin").mkdir()
    return tmp_path


def put(path: Path, script: str) -> str:
    """Make *path* a shell command and return its name."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def make(clone: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run make with only the system's commands and those in bin; return its status and the lines it printed."""
    environ = {"PATH": f"{clone / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    finished = subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return finished.returncode, finished.stdout.splitlines()


def test_make_alone_explains_every_target(clone: Path) -> None:
    """Each target that can be asked for stands in the help with what it does; nothing is installed for that."""
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert phony

    status, lines = make(clone)

    assert status == 0
    assert [re.findall(r"^  make (\w+) +\S", line) for line in lines] == [[target] for target in phony[1].split()]
    assert not (clone / ".venv").exists()


def test_a_python_too_old_is_named(clone: Path) -> None:
    """One line says which Python was found, which is needed and how to choose another."""
    real = shutil.which("python3", path="/usr/bin:/bin") or "python3"
    old = put(
        clone / "bin" / "old", f'exec {real} -c "import sys; sys.version_info = (3, 9, 18); exec(sys.argv[1])" "$2"'
    )

    status, lines = make(clone, "test", f"PYTHON={old}")

    assert status == 2
    assert lines[0] == f"{old} is Python 3.9, but 3.10 or later is needed: PYTHON=python3.12 make ..."
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_is_named(clone: Path) -> None:
    """Debian's python3 without python3-venv: the message says what to install."""
    bare = put(clone / "bin" / "bare", 'case "$2" in "import venv"*) exit 1;; esac')

    status, lines = make(clone, "demo", f"PYTHON={bare}")

    assert status == 2
    assert lines[0] == f"{bare} lacks the module venv (Debian and Ubuntu: apt install python3-venv)"


def test_no_python_is_said(clone: Path) -> None:
    """Where there is no such command, the message says so."""
    status, lines = make(clone, "check", "PYTHON=python3.999")

    assert status == 2
    assert lines[0] == "python3.999 not found: install Python 3.10 or later"


def test_it_installs_once_and_again_when_the_lock_changes(clone: Path) -> None:
    """.venv is made by the first target; the next one only runs; a newer lock is installed into the same .venv."""
    log = clone / "log"
    venv = f"mkdir -p .venv/bin; cp {clone}/bin/python3 .venv/bin/python"
    put(clone / "bin" / "python3", f'case "$*" in *"venv --clear"*) {venv};; -c*) exit 0;; esac; echo "$2 $3" >> {log}')

    assert make(clone, "test") == (0, ["Installing into .venv, once ..."])
    assert make(clone, "test") == (0, [])
    os.utime(clone / "requirements-dev.txt", (4102444800, 4102444800))
    assert make(clone, "test")[0] == 0

    ran = log.read_text(encoding="utf-8").splitlines()
    assert ran == [
        *("venv --clear", "pip install", "pip install", "pytest --numprocesses"),
        "pytest --numprocesses",
        *("pip install", "pip install", "pytest --numprocesses"),
    ]


def test_deploy_without_serverless_devs_says_what_to_install(clone: Path) -> None:
    """`make deploy` needs the command `s` and says where it comes from."""
    if shutil.which("s", path="/usr/bin:/bin"):
        pytest.skip("this machine has a command s among the system's own")

    status, lines = make(clone, "deploy")

    assert status == 2
    assert lines[0] == "make deploy needs Serverless Devs: npm install --global @serverless-devs/s"


@pytest.fixture
def deploying(clone: Path) -> Path:
    """Return a clone whose .venv is ready, and whose Serverless Devs only says which runtime it was told."""
    shutil.copytree(MAKEFILE.parent / "artefact", clone / "artefact")
    (clone / ".venv" / "bin").mkdir(parents=True)
    put(clone / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    (clone / ".venv" / "ready").touch()
    put(clone / "bin" / "s", 'echo "s $* for $RUNTIME"')
    return clone


@pytest.mark.parametrize(
    ("arguments", "dotenv", "line", "runtime"),
    [
        ((), "", "python3.12, which cn-hangzhou has (RUNTIME=python3.10 chooses the older one)", "python3.12"),
        (("REGION=eu-central-1",), "REGION=ap-southeast-1", "python3.12, which eu-central-1 has (RUNTIME=python3.10 chooses the older one)", "python3.12"),
        (("REGION=ap-southeast-1",), "", "python3.10, since python3.12 is not documented for ap-southeast-1; Python 3.10 has had no security updates since 2026-10-31 (RUNTIME=python3.12 tries the newer one)", "python3.10"),
        ((), "# ours\nexport REGION = 'ap-southeast-5' # Jakarta\nREGIONS=cn-hangzhou\n", "python3.10, since python3.12 is not documented for ap-southeast-5; Python 3.10 has had no security updates since 2026-10-31 (RUNTIME=python3.12 tries the newer one)", "python3.10"),
        (("RUNTIME=python3.10",), "", "python3.10, as RUNTIME says", "python3.10"),
        (("REGION=ap-southeast-1",), 'RUNTIME="python3.12"', "python3.12, as RUNTIME says", "python3.12"),
    ],
)  # fmt: skip
def test_deploy_chooses_the_runtime_and_says_why(
    deploying: Path, arguments: tuple[str, ...], dotenv: str, line: str, runtime: str
) -> None:
    """python3.12 where the region is documented to have it; the settings count wherever Serverless Devs reads them."""
    (deploying / ".env").write_text(dotenv, encoding="utf-8")

    assert make(deploying, "deploy", *arguments) == (0, [f"make deploy: {line}", f"s deploy for {runtime}"])
