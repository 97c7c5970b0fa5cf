"""From sources and pinned dependencies to a directory that can be deployed."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from artefact import bytecode, content, installation, libraries, records, slimming

if TYPE_CHECKING:
    from artefact.runtimes import Runtime

# Every file has the same time, so that the same sources give the same package: 1980-01-01, the first that a zip knows.
_MODIFIED_SECONDS = 315532800


class StagingError(Exception):
    """What was staged would not load on the runtime; the message has one line for each reason."""


@dataclass(frozen=True, kw_only=True)
class Staged:
    """What is in the artefact.

    Attributes:
        files: number of files.
        size_bytes: sum of their sizes, not compressed.
        byte_compiled: False where the runtime's Python is not on this machine.
        left_out: what stands in `src/` and does not ship, by its path there; a directory ends in a slash.
    """

    files: int
    size_bytes: int
    byte_compiled: bool
    left_out: tuple[str, ...] = ()


def stage(
    root: Path, runtime: Runtime, *, full: bool = False, target: Path | None = None, targets_file: str = ""
) -> Staged:
    """Stage *target*, by default *root*/build/code, for *runtime*, with the targets document *targets_file* of `src/`.

    Raises InstallationError, StagingError or subprocess.CalledProcessError. Unless *full*, the packages are slimmed:
    what no call of the function runs is left out or imported later. Where it fails there is no *target* at all, so
    that nothing half done or old can be deployed.
    """
    target = target or root / "build" / "code"
    shutil.rmtree(target, ignore_errors=True)
    records.remove(target)
    record = records.Record(runtime=runtime.name, full=full, inputs=records.digest(root))
    target.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="staging-", dir=target.parent) as work:
        installed, code = Path(work, "installed"), Path(work, "code")
        installation.install(root / "requirements.txt", runtime, installed)
        _copy_dependencies(installed, code, full=full)
        if not full:
            slimming.slim(code)
        left_out = _copy_ours(root / "src", code, targets_file)
        reasons = list(libraries.mistakes(code, runtime))
        if reasons:
            raise StagingError("\n".join(reasons))
        interpreter = bytecode.find_interpreter(runtime)
        if interpreter:
            bytecode.compile_tree(code, interpreter)
        _settle(code)
        code.rename(target)
        records.write(target, record)
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    return Staged(files=len(sizes), size_bytes=sum(sizes), byte_compiled=interpreter is not None, left_out=left_out)


def _copy_dependencies(installed: Path, code: Path, *, full: bool) -> None:
    for path in sorted(installed.rglob("*")):
        relative = path.relative_to(installed)
        if path.is_file() and content.ships(PurePosixPath(relative), full=full):
            _copy(path, code / relative)


def _copy_ours(source: Path, code: Path, targets_file: str) -> tuple[str, ...]:
    """Copy what ships of *source* and return what does not; byte code, which Python leaves there, is no news."""
    entries = {PurePosixPath(path.relative_to(source)): path for path in source.rglob("*")}
    entries = {relative: path for relative, path in entries.items() if "__pycache__" not in relative.parts}
    shipped = {
        relative for relative, path in entries.items() if path.is_file() and content.is_ours(relative, targets_file)
    }
    for relative in shipped:
        _copy(entries[relative], code / relative)
    used = shipped.union(*(relative.parents for relative in shipped))
    left = {relative for relative in entries if relative not in used and relative.parent in {*used, PurePosixPath()}}
    return tuple(sorted(f"{relative}/" if entries[relative].is_dir() else str(relative) for relative in left))


def _copy(path: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, copy)


def _settle(code: Path) -> None:
    """Give every file and directory the same time and readable modes: FC runs the code as another user."""
    for path in (code, *code.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_MODIFIED_SECONDS, _MODIFIED_SECONDS))
