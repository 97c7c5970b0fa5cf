"""Turns the copied packages of a slim artefact into ones that start fast (artefact/omissions.py says what goes)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from artefact import certificates, deferral

STAND_INS = Path(__file__).parent / "stand_ins"


def slim(code: Path) -> None:
    """Rewrite the packages in *code*, and put the stand-ins beside them. Raises subprocess.CalledProcessError."""
    for module in _modules(code):
        source = module.read_text(encoding="utf-8")
        changed = deferral.defer_collected(source) if module.name == "__init__.py" else source
        changed = deferral.replace_imports(changed)
        changed = deferral.defer_imports(changed, ".".join(module.relative_to(code).parent.parts))
        if changed != source:
            module.write_text(changed, encoding="utf-8")
    for name in ("deferred.py", "charset_normalizer.py", "no_cookies.py"):
        shutil.copyfile(STAND_INS / name, code / name)
    if (code / "certifi").exists() and certificates.split(code / "certifi" / "cacert.pem", code / "certificates"):
        shutil.rmtree(code / "certifi")
        shutil.copyfile(STAND_INS / "certifi.py", code / "certifi.py")


def _modules(code: Path) -> Iterator[Path]:
    """Yield the modules of the packages that import what is deferred."""
    for package in ("Tea", "darabonba", "alibabacloud_*", "requests", "urllib3", "idna", "msgspec"):
        for directory in code.glob(package):
            yield from directory.rglob("*.py")
