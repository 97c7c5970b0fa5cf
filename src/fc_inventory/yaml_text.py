"""YAML, of which JSON is a part: what it says, and on which line. Imported only for what is not plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from fc_inventory.errors import SettingsError
from fc_inventory.redaction import one_line


def parse(source: str, text: str) -> Any:
    """Return what *text* says. Raises SettingsError where it is not YAML, or names a key twice."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            _refuse_twins(source, root)
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SettingsError(
            source, line=line, expected="YAML or JSON", found=one_line(error.problem or "something else", 200)
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SettingsError(source, expected="YAML or JSON", found=one_line(str(error), 200)) from None


def find_line(text: str, steps: Sequence[str | int]) -> int:
    """Return the line (from 1) of the deepest node that *text* has on the way of *steps*: keys and indices."""
    node, line = yaml.compose(text, Loader=yaml.SafeLoader), 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _refuse_twins(source: str, node: yaml.Node) -> None:
    """Raise for a key that stands twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                raise SettingsError(
                    source,
                    line=key.start_mark.line + 1,
                    field=str(key.value),
                    expected="each key once",
                    found="it again",
                )
            seen.add(str(key.value))
            _refuse_twins(source, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twins(source, item)
