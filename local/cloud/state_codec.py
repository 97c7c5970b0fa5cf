"""The cloud's nouns as plain JSON values and back, whatever dataclasses they are made of.

An object becomes `{"world.Role": {fields}, "id": 7}`, a second mention of the same one `{"same": 7}`: what is one thing
in the world (a session's role and its account's) is one thing again afterwards. Fields that begin with an underscore
are left out: they are caches. Only this package's own dataclasses and structs are ever made.
"""

from __future__ import annotations

import base64
import dataclasses
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from local.cloud.listing import Listing

_PACKAGE = "local.cloud."


class StateError(ValueError):
    """Values are not those of a state; the text says why."""


def freeze(value: Any) -> Any:
    """Return *value* as plain values; raises TypeError for what can't be kept, such as a thread."""
    return _Freezer().freeze(value)


def thaw(plain: Any) -> Any:
    """Return the nouns that *plain* stands for; raises StateError."""
    try:
        return _Thawer().thaw(plain)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StateError(f"{type(error).__name__}: {error}") from error


class _Freezer:
    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []  # keeps objects alive, so that no other one gets the same id()

    def freeze(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value
        if type(value) is list:
            return [self.freeze(item) for item in value]
        if type(value) is dict:
            return {"dict": self._pairs(value)}
        class_: Any = type(value)
        return self._freeze_object(value, class_) if _is_noun(class_) else self._freeze_other(value)

    def _freeze_object(self, value: Any, class_: Any) -> Any:
        if id(value) in self._known:
            return {"same": self._known[id(value)]}
        self._known[id(value)] = number = len(self._kept)
        self._kept.append(value)
        fields = {name: self.freeze(getattr(value, name)) for name in _field_names(class_)}
        return {_name(class_): fields, "id": number}

    def _freeze_other(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return {"enum": [_name(type(value)), value.name]}
        for kind, (type_, plain, _) in _OTHERS.items():
            if type(value) is type_:
                return {kind: self.freeze(plain(value))}
        raise TypeError(f"a {type(value).__name__} can't be kept in a state")

    def _pairs(self, value: Mapping[Any, Any]) -> Any:
        return [[self.freeze(key), self.freeze(item)] for key, item in value.items()]


class _Thawer:
    def __init__(self) -> None:
        self._known: dict[int, Any] = {}
        self._classes = _known_classes()

    def thaw(self, plain: Any) -> Any:
        if isinstance(plain, list):
            return [self.thaw(item) for item in plain]
        if not isinstance(plain, dict):
            return plain
        kind, content = next(iter(plain.items()), ("nothing", {}))
        if kind in self._classes:
            return self._thaw_object(self._classes[kind], content, plain["id"])
        return self._thaw_other(kind, content)

    def _thaw_other(self, kind: str, content: Any) -> Any:
        if kind == "dict":
            return {self.thaw(key): self.thaw(item) for key, item in content}
        if kind == "same":
            return self._known[content]
        if kind == "enum":
            return self._classes[content[0]][content[1]]
        return _OTHERS[kind][2](self.thaw(content))

    def _thaw_object(self, class_: Any, content: dict[str, Any], number: int) -> Any:
        if set(content) != set(_field_names(class_)):
            raise StateError(f"{_name(class_)} has other fields in this version of the local cloud")
        if issubclass(class_, msgspec.Struct):
            self._known[number] = class_(**{name: self.thaw(item) for name, item in content.items()})
            return self._known[number]
        self._known[number] = made = object.__new__(class_)
        for field in dataclasses.fields(class_):
            found = self.thaw(content[field.name]) if field.name in content else _default(field)
            object.__setattr__(made, field.name, found)
        return made


@cache
def _is_noun(class_: Any) -> bool:
    ours = class_.__module__.startswith(_PACKAGE)
    return ours and (dataclasses.is_dataclass(class_) or issubclass(class_, msgspec.Struct))


@cache
def _name(class_: Any) -> str:
    return f"{class_.__module__.removeprefix(_PACKAGE)}.{class_.__qualname__}"


@cache
def _field_names(class_: Any) -> tuple[str, ...]:
    if issubclass(class_, msgspec.Struct):
        return tuple(class_.__struct_fields__)
    return tuple(field.name for field in dataclasses.fields(class_) if not field.name.startswith("_"))


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def _known_classes() -> dict[str, Any]:
    modules = [module for name, module in sys.modules.items() if name.startswith(_PACKAGE)]
    found = [class_ for module in modules for class_ in list(vars(module).values()) if isinstance(class_, type)]
    return {
        _name(class_): class_
        for class_ in found
        if _is_noun(class_) or (issubclass(class_, Enum) and class_.__module__.startswith(_PACKAGE))
    }


def _make_listing(items: Iterable[tuple[str, Any]]) -> Listing[Any]:
    listing: Listing[Any] = Listing()
    for name, item in items:
        listing.add(name, item)
    return listing


_OTHERS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "tuple": (tuple, list, tuple),
    "set": (set, list, set),
    "frozenset": (frozenset, list, frozenset),
    "mapping": (MappingProxyType, dict, MappingProxyType),
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "time": (datetime, datetime.isoformat, datetime.fromisoformat),
    "listing": (Listing, lambda value: [[name, value.get(name)] for name in value.names()], _make_listing),
}
"""Kind -> the type, how it becomes a plainer value, and how it is made of that again."""
