"""Which files ship, of the function's own and of the installed ones: what is not allowed does not. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

from artefact.omissions import is_left_out

_SUFFIXES = frozenset({".py", ".so", ".pem"})

# `bin` holds the packages' commands. `cffi` and `pycparser` build C extensions; running one takes only `_cffi_backend`.
_NOT_NEEDED = frozenset({"bin", "cffi", "pycparser"})

_PACKAGE = "fc_inventory"
_PAGE = PurePosixPath(_PACKAGE, "browser")  # the parts of the page (fc_inventory/page.py)
_PAGE_SUFFIXES = frozenset({".css", ".html", ".js"})

# Where many customers stand, by the names that the documentation has; another one ships where TARGETS_FILE names it.
TARGETS_DOCUMENTS = frozenset({"targets.yaml", "targets.yml", "targets.json"})


def is_ours(path: PurePosixPath, targets_file: str = "") -> bool:
    """Tell whether a file of `src/` ships: code, and the targets document.

    *path* is relative to `src/`; *targets_file* is the setting TARGETS_FILE, which may name one more file there. What
    editors, tools and people leave beside them, such as keys in `.env` and copies of the targets, is not allowed.
    """
    return is_code(path) or str(path) in TARGETS_DOCUMENTS or path == PurePosixPath(targets_file)


def is_code(path: PurePosixPath) -> bool:
    """Tell whether a file of `src/` is the function's code: the handler, a module, or a part of the page."""
    if not all(map(str.isidentifier, path.with_suffix("").parts)):
        return False
    is_module = path.suffix == ".py" and (path.parts[0] == _PACKAGE or str(path) == "index.py")
    return is_module or (path.parent == _PAGE and path.suffix in _PAGE_SUFFIXES)


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
