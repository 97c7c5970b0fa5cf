"""Divides a module of classes, of which few are needed, in two. Pure."""

from __future__ import annotations

import ast
from collections.abc import Collection


def divide(source: str, module: str, *, wanted: Collection[str], rest: str) -> tuple[str, str]:
    """Return two modules: *module* with the *wanted* classes and what these use, and *rest* with the other classes.

    *module* finds those of *rest* when they are asked for. *source* consists of imports and classes.
    """
    tree = ast.parse(source)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    first = _used_by(wanted, classes)
    others = [name for name in classes if name not in first]
    places = {name: (rest, name) for name in others}
    head = "\n".join(ast.unparse(node) for node in tree.body if not isinstance(node, ast.ClassDef))
    ask = f"from deferred import import_when_asked\n\n__getattr__ = import_when_asked(__name__, {places!r})"
    used = f"from {module} import {', '.join(name for name in classes if name in first)}"
    return (
        _join(head, ask, *(ast.unparse(node) for name, node in classes.items() if name in first)),
        _join(head, used, *(ast.unparse(classes[name]) for name in others)),
    )


def _used_by(wanted: Collection[str], classes: dict[str, ast.ClassDef]) -> set[str]:
    """Return *wanted* and the names of all *classes* that they use, directly or through others."""
    found: set[str] = set()
    left = [name for name in wanted if name in classes]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            named = {node.id for node in ast.walk(classes[name]) if isinstance(node, ast.Name)}
            left += named & classes.keys()
    return found


def _join(*parts: str) -> str:
    return "\n\n\n".join(parts) + "\n"
