"""Reads a YAML or JSON document into a struct; a mistake is told with its line, field, what was expected and found."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from fc_inventory.decoding import Decoder
from fc_inventory.errors import SettingsError
from fc_inventory.nearest import find_nearest
from fc_inventory.redaction import one_line

T = TypeVar("T")

_AT = re.compile(r" - at `(?:key in )?\$\.?(?P<path>.*)`$")
_STEPS = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")


class Document(msgspec.Struct, frozen=True):
    """A parsed document; `source` names it in errors, `text` is kept to find lines in."""

    source: str
    text: str
    data: Any

    def convert(self, decoder: Decoder[T], *, patterns: Mapping[str, str], secret_fields: frozenset[str]) -> T:
        """Return the document as *decoder* has it. *patterns* puts each regular expression of its shape into words.

        Raises SettingsError for the first mistake; the value of a field in *secret_fields* is not shown.
        """
        try:
            return decoder.convert(self.data)
        except msgspec.ValidationError as error:
            raise self._mistake(str(error), decoder.shape, patterns, secret_fields) from None

    def error(self, path: str, *, expected: str, found: str) -> SettingsError:
        """Return the error for the field at *path*, such as `targets[0].regions[1]`."""
        return SettingsError(self.source, field=path or None, line=self._line(path), expected=expected, found=found)

    def _mistake(
        self, text: str, shape: type, patterns: Mapping[str, str], secret_fields: frozenset[str]
    ) -> SettingsError:
        at = _AT.search(text)
        path, what = (at["path"], text[: at.start()]) if at else ("", text)
        unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
        if unknown:
            near = find_nearest(unknown[1], _field_names(shape))
            nested = f"{path}.{unknown[1]}" if path else unknown[1]
            return self.error(
                nested,
                expected="no such field" + (f" (nearest: {near})" if near else ""),
                found=f"unknown field {one_line(unknown[1], 60)!r}",
            )
        missing = re.fullmatch(r"Object missing required field `(.*)`", what)
        if missing:
            return self.error(path, expected=f"a field {missing[1]!r}", found="none")
        if what.startswith("Invalid enum value"):
            what = "Expected one of the documented values"
        expected = re.sub(r"^Expected |, got .*$|[`]", "", what)
        words = next((meaning for pattern, meaning in patterns.items() if repr(pattern) in what), expected)
        hidden = path.rsplit(".", 1)[-1] in secret_fields
        return self.error(
            path, expected=words, found="another value (not shown)" if hidden else one_line(repr(self._value(path)), 80)
        )

    def _value(self, path: str) -> Any:
        value = self.data
        for name, index in _STEPS.findall(path):
            value = value[name] if name else value[int(index)]
        return value

    def _line(self, path: str) -> int:
        """Return the line (from 1) of the deepest node on *path* that the text has."""
        from fc_inventory import yaml_text  # noqa: PLC0415 - as in read_document; a mistake is told once

        return yaml_text.find_line(self.text, [int(index) if index else name for name, index in _STEPS.findall(path)])


def read_document(source: str, text: str) -> Document:
    """Parse *text* as JSON or YAML. Raises SettingsError where it is neither, or names a key twice."""
    try:
        return Document(source, text, json.loads(text, object_pairs_hook=_without_twins))
    except (ValueError, RecursionError):
        # Its import takes 8 ms of a cold start, which is no business of JSON's. It tells what is wrong with JSON, too.
        from fc_inventory import yaml_text  # noqa: PLC0415

        return Document(source, text, yaml_text.parse(source, text))


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return *pairs* as a dict. Raises ValueError for a key that stands twice: JSON would silently keep the last."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key stands twice")
    return mapping


def published_schema(shape: type, title: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of *shape*, with docstrings as they read."""
    from inspect import cleandoc  # noqa: PLC0415 - for `make schemas` only; a cold start would pay 3 ms

    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(shape)))
    for definition in schema["$defs"].values():
        definition["description"] = cleandoc(definition["description"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}


def _field_names(shape: type) -> list[str]:
    definitions = msgspec.json.schema(shape).get("$defs", {})
    return sorted({name for definition in definitions.values() for name in definition.get("properties", {})})
