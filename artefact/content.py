"""Which of the installed files ship. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

from artefact.omissions import is_left_out

_SUFFIXES = frozenset({".py", ".so", ".pem"})

# `bin` holds the packages' commands. `cffi` and `pycparser` build C extensions; running one takes only `_cffi_backend`.
_NOT_NEEDED = frozenset({"bin", "cffi", "pycparser"})


def ships(path: PurePosixPath, *, full: bool) -> bool:
    """Tell whether an installed file ships: code, libraries and certificates, without tests and metadata.

    Unless *full*, what no call of the function runs (artefact/omissions.py) doesn't ship, either.
    *path* is relative to the directory of installed packages. None of the packages needs its metadata (`*.dist-info`)
    at run time: APScheduler falls back to a version of its own, attrs looks only when somebody asks for its version.
    """
    return (
        path.suffix in _SUFFIXES
        and path.parts[0] not in _NOT_NEEDED
        and "tests" not in path.parts
        and not path.name.startswith("_testcapi.")
        and (full or not is_left_out(_module(path)))
    )


def _module(path: PurePosixPath) -> str:
    """Return the dotted name of the module in file *path*: `yaml._yaml` for yaml/_yaml.cpython-310-….so."""
    return ".".join((*path.parts[:-1], path.name.partition(".")[0]))
