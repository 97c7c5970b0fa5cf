"""Whether compiled libraries can load on a runtime, read from the files themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artefact.runtimes import Runtime

# The first 20 bytes of an ELF file for x86_64: magic, 64 bit, little-endian; at offset 18 the machine, 62.
_ELF_64_LITTLE = b"\x7fELF\x02\x01"
_MACHINE = slice(18, 20)
_X86_64 = b"\x3e\x00"
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
_CPYTHON = re.compile(r"\.cpython-(\d+)-")


def glibc_needed(library: bytes) -> tuple[int, int]:
    """Return the newest (major, minor) glibc that *library* names as needed; (0, 0) where it names none."""
    return max(((int(major), int(minor)) for major, minor in _GLIBC.findall(library)), default=(0, 0))


def mistakes(directory: Path, runtime: Runtime) -> Iterator[str]:
    """Yield one sentence for each library below *directory* that would fail to load on *runtime*."""
    for path in sorted(directory.rglob("*.so*")):
        reason = _mistake(path, runtime)
        if reason:
            yield f"{path.relative_to(directory)} {reason}"


def _mistake(path: Path, runtime: Runtime) -> str | None:
    library = path.read_bytes()
    if not library.startswith(_ELF_64_LITTLE) or library[_MACHINE] != _X86_64:
        return "is not a library for x86_64"
    needed = glibc_needed(library)
    if needed > runtime.glibc:
        return "needs glibc {}.{}, {name} has {}.{}".format(*needed, *runtime.glibc, name=runtime.name)
    built_for = _CPYTHON.search(path.name)
    if built_for and built_for[1] != runtime.tag:
        return f"is built for CPython {built_for[1]}, not {runtime.tag}"
    return None
