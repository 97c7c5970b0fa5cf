"""What `make build` stages, and that it stages nothing where something is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artefact import bytecode, records
from artefact.installation import InstallationError
from artefact.runtimes import RUNTIMES, Runtime
from artefact.staging import Staged, StagingError, stage
from tests.packaging.conftest import FILES, make_wheel

OWN = Runtime(name="own", version="{}.{}".format(*sys.version_info), glibc=(2, 28))
MISSING = Runtime(name="python3.999", version="3.999", glibc=(2, 28))


def contents(code: Path) -> dict[str, bytes]:
    """Return the files below *code*: path, bytes."""
    return {str(path.relative_to(code)): path.read_bytes() for path in code.rglob("*") if path.is_file()}


def test_only_sources_and_what_the_dependencies_need_ships(project: Path) -> None:
    """A full artefact is src/ and the pinned packages' code: no tests, stubs, commands, metadata or stale byte code."""
    staged = stage(project, MISSING, full=True)

    files = contents(project / "build" / "code")
    assert sorted(files) == ["greeting/__init__.py", "index.py"]
    assert staged == Staged(files=2, size_bytes=sum(map(len, files.values())), byte_compiled=False)
    assert sorted(path.name for path in (project / "build").iterdir()) == ["code", "code.json"]


def put(project: Path, *names: str) -> None:
    """Write a file to each of *names* below src/."""
    for name in names:
        path = project / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def test_of_our_own_files_only_what_the_function_reads_ships(project: Path) -> None:
    """Modules, the parts of the page and the targets; keys, copies, notes and what tools leave are named, a folder once."""
    ours = [
        "fc_inventory/__init__.py",
        "fc_inventory/browser/page.css",
        "fc_inventory/check/links.py",
        "targets.json",
        "targets.yaml",
    ]
    left = [
        ".env",
        "customers.yaml",
        "fc_inventory/.ipynb_checkpoints/sdk.py",
        "fc_inventory/browser/keys.json",
        "fc_inventory/check/.#links.py",
        "fc_inventory/sdk (copy).py",
        "fc_inventory/sdk.py.orig",
        "index.egg-info/PKG-INFO",
        "index.egg-info/deep/SOURCES.txt",
        "local.py",
        "targets.yaml.bak",
    ]
    put(project, *ours, *left)

    staged = stage(project, MISSING, full=True)

    assert sorted(contents(project / "build" / "code")) == sorted(["greeting/__init__.py", "index.py", *ours])
    assert staged.left_out == (
        ".env",
        "customers.yaml",
        "fc_inventory/.ipynb_checkpoints/",
        "fc_inventory/browser/keys.json",
        "fc_inventory/check/.#links.py",
        "fc_inventory/sdk (copy).py",
        "fc_inventory/sdk.py.orig",
        "index.egg-info/",
        "local.py",
        "targets.yaml.bak",
    )


def test_the_targets_document_may_have_a_name_of_its_own(project: Path) -> None:
    """The setting TARGETS_FILE names it, below the code directory, as the function will read it."""
    put(project, "fleet/customers.yaml", "fleet/old.yaml")

    staged = stage(project, MISSING, full=True, targets_file="./fleet/customers.yaml")

    assert sorted(contents(project / "build" / "code")) == ["fleet/customers.yaml", "greeting/__init__.py", "index.py"]
    assert staged.left_out == ("fleet/old.yaml",)


def test_byte_code_is_for_the_runtimes_python_and_names_code(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each module has byte code of the runtime's version, which is never checked against its source and names /code."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)

    staged = stage(project, OWN, full=True)

    files = contents(project / "build" / "code")
    cached = f"__pycache__/index.cpython-{OWN.tag}.pyc"
    package = f"greeting/__pycache__/__init__.cpython-{OWN.tag}.pyc"
    assert set(files) == {"greeting/__init__.py", package, "index.py", cached}
    assert files[cached][4:8] == (0b01).to_bytes(4, "little")  # PEP 552: hash-based, unchecked
    assert b"/code/index.py" in files[cached]
    assert str(project).encode() not in files[cached]
    assert staged.byte_compiled


def test_a_slim_artefact_has_the_stand_ins_beside(project: Path) -> None:
    """Unless everything is asked for, what stands in for left out packages ships, too."""
    stage(project, MISSING)

    files = contents(project / "build" / "code")
    assert set(files) == {"charset_normalizer.py", "deferred.py", "greeting/__init__.py", "index.py", "no_cookies.py"}


def test_the_same_sources_give_the_same_artefact(project: Path) -> None:
    """Staging again gives the same bytes and the same times, so that an unchanged function gives an unchanged package."""
    stage(project, OWN)
    code = project / "build" / "code"
    first, times = contents(code), {path.stat().st_mtime for path in code.rglob("*")}
    (project / "src" / "index.py").touch()

    stage(project, OWN)

    assert contents(code) == first
    assert {path.stat().st_mtime for path in code.rglob("*")} == times == {315532800.0}


def test_what_an_artefact_was_made_from_is_recorded_beside_it(project: Path) -> None:
    """By content: neither times nor the user's targets count; a changed module, builder or lock does."""
    put(project, "fc_inventory/__init__.py")
    code, module, builder = project / "build" / "code", project / "src" / "index.py", project / "artefact" / "new.py"

    stage(project, MISSING, full=True)

    made = records.Record(runtime="python3.999", full=True, inputs=records.digest(project))
    assert records.read(code) == made
    module.touch()
    put(project, "targets.yaml", "notes.txt")
    assert records.digest(project) == made.inputs
    seen = {made.inputs}
    builder.parent.mkdir()
    for path in (module, builder, project / "requirements.txt"):
        path.write_text("# another\n", encoding="utf-8")
        assert records.digest(project) not in seen
        seen.add(records.digest(project))


def test_without_an_artefact_there_is_no_record(project: Path) -> None:
    """Neither before the first build nor where somebody removed the directory alone."""
    code = project / "build" / "code"
    assert records.read(code) is None
    stage(project, MISSING)
    shutil.rmtree(code)

    assert records.read(code) is None


def test_what_is_not_pinned_by_hash_is_not_installed(project: Path) -> None:
    """A wheel with other bytes than the lock's hash is refused; an earlier build is gone, so that it can't be deployed."""
    stage(project, MISSING)
    (project / "requirements.txt").write_text(f"greeting==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")

    with pytest.raises(InstallationError, match="DO NOT MATCH THE HASHES"):
        stage(project, MISSING)

    assert list((project / "build").iterdir()) == []


def test_without_an_index_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pip finds nothing, the message asks for the package index and ends with pip's own words."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(project))

    with pytest.raises(InstallationError, match=r"(?s)is the package index within reach\?.*greeting==1\.0"):
        stage(project, MISSING)


def test_a_library_that_would_not_load_stops_the_build(project: Path) -> None:
    """A library that the runtime can't load is named with the reason, and nothing is staged."""
    library = b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\x00" + b"\0GLIBC_2.34\0"
    digest = make_wheel(project.parent / "wheels", {**FILES, "greeting/fast.so": library})
    (project / "requirements.txt").write_text(f"greeting==1.0 --hash=sha256:{digest}\n", encoding="utf-8")

    with pytest.raises(StagingError, match=r"^greeting/fast\.so needs glibc 2\.34, python3\.10 has 2\.28$"):
        stage(project, RUNTIMES["python3.10"])

    assert list((project / "build").iterdir()) == []


def test_a_python_that_only_pretends_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command of the right name that does not run, or is another version, is not taken; one of pyenv's that runs is."""
    shim, real = tmp_path / "bin" / "python3.999", tmp_path / "pyenv" / "versions" / "3.999.1" / "bin" / "python3.999"
    for path, script in ((shim, "exit 127"), (real, "echo 3.999")):
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(shim.parent), prepend=os.pathsep)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "nowhere"))

    assert bytecode.find_interpreter(MISSING) == str(real)

    real.write_text("#!/bin/sh\necho 3.998\n", encoding="utf-8")
    assert bytecode.find_interpreter(MISSING) is None


def test_a_python_that_uv_has_fetched_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `uv python install` puts it, whether that is on PATH or not."""
    real = tmp_path / "uv" / "python" / "cpython-3.999.1-linux-x86_64-gnu" / "bin" / "python3.999"
    real.parent.mkdir(parents=True)
    real.write_text("#!/bin/sh\necho 3.999\n", encoding="utf-8")
    real.chmod(0o755)
    monkeypatch.delenv("UV_PYTHON_INSTALL_DIR", raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "nowhere"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert bytecode.find_interpreter(MISSING) == str(real)


def test_what_was_left_out_is_told_in_a_line(project: Path) -> None:
    """`make build` names it, and what ships instead; a name that could do something to a terminal is shown in ASCII."""
    put(project, ".env", "no\x1b[2Jtes.txt")
    shutil.copytree(Path(__file__).parents[2] / "artefact", project / "artefact")

    finished = subprocess.run(
        [sys.executable, "-m", "artefact"], cwd=project, capture_output=True, text=True, check=True
    )

    assert finished.stdout.splitlines()[1] == (
        "Left out of src/, since only the function's modules and its targets.yaml or targets.json ship: "
        r".env, 'no\x1b[2Jtes.txt'"
    )


def test_without_the_runtimes_python_it_says_what_that_costs_and_where_to_get_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte code is made by that very version; the artefact works without."""
    shutil.copytree(Path(__file__).parents[2] / "artefact", project / "artefact")
    for name in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))

    finished = subprocess.run(
        [sys.executable, "-m", "artefact"], cwd=project, capture_output=True, text=True, check=True
    )

    assert finished.stdout.splitlines()[1] == (
        "No python3.12 on this machine, so no byte code: each cold start compiles the code anew, about 0.5 s at 0.35 vCPU. "
        "`.venv/bin/uv python install 3.12` gets one."
    )


def test_an_unknown_runtime_is_refused(tmp_path: Path) -> None:
    """`RUNTIME=python3.9 make build` says what it found and what it expects."""
    shutil.copytree(Path(__file__).parents[2] / "artefact", tmp_path / "artefact")

    finished = subprocess.run(
        [sys.executable, "-m", "artefact"],
        cwd=tmp_path,
        env={**os.environ, "RUNTIME": "python3.9"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 1
    assert finished.stderr == "make build: RUNTIME: expected python3.10 or python3.12, found python3.9\n"
    assert not (tmp_path / "build").exists()
