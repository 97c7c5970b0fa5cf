"""A project so small that pip installs its one dependency without any index: a wheel made by hand, beside it."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

NAME = "greeting-1.0"
FILES: dict[str, str | bytes] = {
    "greeting/__init__.py": "WORDS = 'hello'\n",
    "greeting/typed.pyi": "WORDS: str\n",
    "greeting/tests/test_words.py": "",
    "bin/greet": "",
    f"{NAME}.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
    f"{NAME}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{NAME}.dist-info/RECORD": "",
}


def make_wheel(folder: Path, files: dict[str, str | bytes]) -> str:
    """Write the wheel of `greeting` with *files* to *folder* and return its SHA-256, in hexadecimal."""
    wheel = folder / f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of a project with src/, a lock that pins `greeting`, and pip told where its wheel is."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    digest = make_wheel(wheels, FILES)
    root = tmp_path / "project"
    (root / "src" / "__pycache__").mkdir(parents=True)
    (root / "src" / "__pycache__" / "index.cpython-39.pyc").write_bytes(b"stale")
    (root / "src" / "index.py").write_text("import greeting\n\nhandler = greeting.WORDS\n", encoding="utf-8")
    (root / "requirements.txt").write_text(
        f"absent==2.0 ; python_full_version < '3.10' \\\n    --hash=sha256:{digest}\n"
        f"greeting==1.0 \\\n    --hash=sha256:{digest}\n    # via requirements.in\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return root
