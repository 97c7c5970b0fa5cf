"""YAML as nodes, which remember the lines that they stand on."""

from __future__ import annotations

import re
from typing import Any

import yaml

from local.cloud.world_builder import FieldError

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


class _Loader(yaml.SafeLoader):
    """Safe YAML without time stamps: times stay the text that they are on the wire."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def compose(text: str) -> yaml.Node | None:
    """Return the one document in *text* as nodes, None for an empty text; raises yaml.YAMLError."""
    return yaml.compose(text, Loader=_Loader)


def construct(root: yaml.Node) -> Any:
    """Return what the nodes mean as plain values; raises yaml.YAMLError for tags that safe YAML doesn't have."""
    return yaml.constructor.SafeConstructor().construct_document(root)


def check_keys(node: yaml.Node, path: str = "$", within: tuple[yaml.Node, ...] = ()) -> None:
    """Raise FieldError for a key that stands twice in one mapping, and for an anchor that contains itself."""
    if node in within:
        raise FieldError(path, "an anchor that contains itself", "a finite document")
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            check_keys(child, f"{path}[{index}]", (*within, node))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, child in node.value:
            if key.value in seen:
                raise FieldError(f"{path}.{key.value}", "the key a second time", "each key once")
            seen.add(key.value)
            check_keys(child, f"{path}.{key.value}", (*within, node))


def find_node(root: yaml.Node, path: str) -> yaml.Node:
    """Return the node at *path*, or the nearest one above it where the path goes on into nothing.

    For a mapping's entry it is the key's node, last one first, since that is the line to look at, unless the value is a
    scalar.
    """
    node = shown = root
    for name, index in _STEP.findall(path):
        if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            node = shown = node.value[int(index)]
        elif name and isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in reversed(node.value) if key.value == name), None)
            if entry is None:
                return shown
            node = entry[1]
            shown = node if isinstance(node, yaml.ScalarNode) else entry[0]
        else:
            return shown
    return shown
