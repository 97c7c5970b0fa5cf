"""Imports that wait for their first use. The build rewrites the packages to use it (artefact/deferral.py)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


class Deferred:
    """Stands for a module, or for a name in one, and imports it when it is first used."""

    __slots__ = ("_found", "_module", "_name")

    def __init__(self, module: str, name: str | None = None) -> None:
        self._module, self._name, self._found = module, name, None

    def __getattr__(self, name: str) -> Any:
        """Return what the real one has. Raises ImportError where the build has left it out."""
        return getattr(self._real(), name)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Call the real one."""
        return self._real()(*positional, **named)

    def __instancecheck__(self, thing: object) -> bool:
        """Answer `isinstance` as the real class does."""
        return isinstance(thing, self._real())

    def _real(self) -> Any:
        if self._found is None:
            module = _import(self._module)
            self._found = module if self._name is None else getattr(module, self._name)
        return self._found


def import_when_asked(package: str, places: Mapping[str, tuple[str, str]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of *package* (PEP 562), which finds each name at its place: module, name there."""

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, name_there = places[name]
        found = getattr(_import(module, package), name_there)
        setattr(sys.modules[package], name, found)
        return found

    return find


def _import(name: str, package: str | None = None) -> Any:
    try:
        return import_module(name, package)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{error.name} is not in this artefact, since no call of the function needs it; "
            "`make build FULL=1` leaves nothing out"
        ) from error
