"""YAML as nodes, which remember the lines that they stand on."""

from __future__ import annotations

import re
from typing import Any

import yaml

from local.cloud.field_error import FieldError

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


# libyaml takes a third of the time; where PyYAML was built without it, its own parser says the same.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # one of two classes
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
    for where, child in _children(node, path):
        check_keys(child, where, (*within, node))


def _children(node: yaml.Node, path: str) -> list[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        return [(f"{path}[{index}]", child) for index, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return []
    keys = [key.value for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise FieldError(f"{path}.{key}", "the key a second time", "each key once")
    return [(f"{path}.{key.value}", child) for key, child in node.value]


def find_node(root: yaml.Node, path: str) -> tuple[yaml.Node, int]:
    """Return the node at *path* and the line to look at, counted from 1.

    Where the path goes on into nothing, it is the nearest node above. A list or mapping is shown at its key.
    """
    node, line = root, root.start_mark.line
    for name, index in _STEP.findall(path):
        if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            node = node.value[int(index)]
            line = node.start_mark.line
        elif name and isinstance(node, yaml.MappingNode) and name in (keys := [key.value for key, _ in node.value]):
            key, node = node.value[len(keys) - 1 - keys[::-1].index(name)]
            line = key.start_mark.line
        else:
            break
    return node, line + 1


def describe(node: yaml.Node) -> str:
    """Return what stands there, in words for a person."""
    if isinstance(node, yaml.ScalarNode):
        plain = not node.style and node.tag != "tag:yaml.org,2002:str"
        return f"{node.value} without quotes" if plain else repr(node.value)
    kind = "list" if isinstance(node, yaml.SequenceNode) else "mapping"
    return f"a {kind}" if node.value else f"an empty {kind}"
