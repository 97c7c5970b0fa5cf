"""Read a world file. Mistakes are reported with file, line, field, what was found and what was expected."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml

from local.cloud.world import World
from local.cloud.world_builder import FieldError, build_world
from local.cloud.world_schema import known_keys, read_world_file
from local.cloud.yaml_nodes import check_keys, compose, construct, find_node

DEFAULT_WORLD = Path(__file__).parent / "worlds" / "default.yaml"

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_WRONG = re.compile(r"Expected (?P<expected>.*?)(, got .*)?")


class WorldError(ValueError):
    """A world file can't be used; the text is one line: `file:line: field: found …, expected …`."""


def load_world(path: Path | None = None) -> World:
    """Return the world that the YAML file *path* describes, the default world for None; raises WorldError."""
    path = path or DEFAULT_WORLD
    root = _read(path)
    try:
        check_keys(root)
        return build_world(read_world_file(construct(root)))
    except FieldError as error:
        raise _place(path, root, error) from error
    except msgspec.ValidationError as error:
        raise _place(path, root, _explain(str(error), root)) from error


def _read(path: Path) -> yaml.Node:
    try:
        root = compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError(f"{path}: the file can't be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WorldError(f"{path}:{line}: $: found {error.problem}, expected YAML") from error
    except yaml.YAMLError as error:
        raise WorldError(f"{path}:1: $: found characters that YAML doesn't have, expected YAML: {error}") from error
    if root is None:
        raise WorldError(f"{path}:1: $: found nothing, expected the key 'accounts'")
    return root


def _place(path: Path, root: yaml.Node, error: FieldError) -> WorldError:
    line = find_node(root, error.path).start_mark.line + 1
    return WorldError(f"{path}:{line}: {error.path}: found {error.found}, expected {error.expected}")


def _explain(text: str, root: yaml.Node) -> FieldError:
    """Return as a FieldError what msgspec says, such as "Expected `str`, got `int` - at `$.accounts[0].id`"."""
    problem, _, place = text.partition(" - at ")
    path = place.strip("`") or "$"
    if found := _UNKNOWN.fullmatch(problem):
        return FieldError(f"{path}.{found['key']}", "an unknown key", f"one of {', '.join(known_keys(path))}")
    if found := _MISSING.fullmatch(problem):
        return FieldError(path, f"no key '{found['key']}'", f"the key '{found['key']}'")
    node = find_node(root, path)
    value = f"{node.value!r}" if isinstance(node, yaml.ScalarNode) else "a list or a mapping"
    if isinstance(node, yaml.ScalarNode) and not node.style and node.tag != "tag:yaml.org,2002:str":
        value = f"{node.value} without quotes"
    wrong = _WRONG.fullmatch(problem)
    return FieldError(path, value, wrong["expected"].replace("`", "") if wrong else problem)
