"""What an artefact was made from: a record beside it, by which a stale one is known for what it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from artefact import content


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known of an artefact.

    Attributes:
        runtime: name of the runtime that it is for.
        full: whether nothing was left out of the packages.
        inputs: the SHA-256 of what it was made from.
    """

    runtime: str
    full: bool
    inputs: str


def digest(root: Path) -> str:
    """Return the SHA-256, in hexadecimal, of what makes an artefact: code, builder and locks below *root*.

    The targets document doesn't count: it is its user's, and changes more often than the function. Neither do times,
    which a checkout or a copy changes.
    """
    found = hashlib.sha256()
    for path in sorted(_inputs(root)):
        found.update(f"{path.relative_to(root)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def write(target: Path, record: Record) -> None:
    """Put *record* beside the artefact *target*; it doesn't ship."""
    _place(target).write_text(f"{json.dumps(asdict(record))}\n", encoding="utf-8")


def read(target: Path) -> Record | None:
    """Return the record of the artefact *target*, None where there is none."""
    if not target.is_dir() or not _place(target).exists():
        return None
    return Record(**json.loads(_place(target).read_text(encoding="utf-8")))


def remove(target: Path) -> None:
    """Forget what *target* was made from."""
    _place(target).unlink(missing_ok=True)


def _place(target: Path) -> Path:
    return target.with_name(f"{target.name}.json")


def _inputs(root: Path) -> set[Path]:
    source = root / "src"
    ours = {path for path in source.rglob("*") if content.is_code(PurePosixPath(path.relative_to(source)))}
    return {*ours, *(root / "artefact").rglob("*.py"), *root.glob("requirements-build.txt"), root / "requirements.txt"}
