"""Read a world file. Mistakes are reported with file, line, field, what was found and what was expected."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml

from local.cloud.field_error import FieldError
from local.cloud.world import World
from local.cloud.world_builder import build_world
from local.cloud.world_schema import known_keys, read_world_file
from local.cloud.yaml_nodes import check_keys, compose, construct, describe, find_node

DEFAULT_WORLD = Path(__file__).parent / "worlds" / "default.yaml"

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_WRONG = re.compile(r"Expected (?P<expected>.*?)(, got .*)?")


class WorldError(ValueError):
    """A world file can't be used; the text is one line: `file:line: field: found …, expected …`."""


def load_world(path: Path | None = None) -> World:
    """Return the world that the YAML file *path* describes, the default world for None; raises WorldError."""
    path = path or DEFAULT_WORLD
    root, data = _read(path)
    try:
        check_keys(root)
        return build_world(read_world_file(data))
    except FieldError as error:
        raise _place(path, root, error) from error
    except msgspec.ValidationError as error:
        raise _place(path, root, _explain(str(error), root)) from error


def _read(path: Path) -> tuple[yaml.Node, object]:
    """Return the document as nodes and as plain values."""
    try:
        root = compose(path.read_text(encoding="utf-8"))
        if root is not None:
            return root, construct(root)
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{path}: the file can't be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WorldError(f"{path}:{line}: $: found a mistake in the YAML, expected none: {error.problem}") from error
    except yaml.YAMLError as error:
        raise WorldError(f"{path}:1: $: found characters that YAML doesn't have, expected none") from error
    raise WorldError(f"{path}:1: $: found nothing, expected the key 'accounts'")


def _place(path: Path, root: yaml.Node, error: FieldError) -> WorldError:
    _, line = find_node(root, error.path)
    return WorldError(f"{path}:{line}: {error.path}: found {error.found}, expected {error.expected}")


def _explain(text: str, root: yaml.Node) -> FieldError:
    """Return as a FieldError what msgspec says, such as "Expected `str`, got `int` - at `$.accounts[0].id`"."""
    problem, _, place = text.partition(" - at ")
    path = place.strip("`") or "$"
    if found := _UNKNOWN.fullmatch(problem):
        return FieldError(f"{path}.{found['key']}", "an unknown key", f"one of {', '.join(known_keys(path))}")
    if found := _MISSING.fullmatch(problem):
        return FieldError(path, f"no key '{found['key']}'", f"the key '{found['key']}'")
    node, _ = find_node(root, path)
    wrong = _WRONG.fullmatch(problem)
    expected = wrong["expected"].replace("`", "") if wrong else problem
    return FieldError(path, describe(node), expected.replace("array", "list").replace("object", "mapping"))
