"""Rewrites a module so that some of its imports wait until what they bring is used. Pure.

`import aiohttp` becomes `aiohttp = Deferred("aiohttp")`; a package that only collects names finds them when asked; and
a few modules are imported from their stand-ins.
Every line keeps its number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from artefact.omissions import DEFERRED, REPLACED, is_deferred

_LEAST_NAMES = 4  # below, a package that collects names gains nothing


def defer_imports(source: str, package: str) -> str:
    """Return *source*, a module in *package*, with each import that may wait rewritten where it stands alone.

    Imports inside functions wait anyway; those inside `try` or `if` are left as they are.
    """
    tree = ast.parse(source)
    lines = source.splitlines()
    waiting = [node for node in tree.body if any(_deferred(node, package))]
    for node in waiting:
        _replace(lines, node, "; ".join(_statements(node, package)))
    if not waiting:
        return source
    _unevaluate_annotations(tree, lines)
    return "\n".join(lines) + "\n"


def replace_imports(source: str) -> str:
    """Return *source* with each import of a replaced module that stands alone made one of its stand-in."""
    lines = source.splitlines()
    replaced = False
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and not node.level and _stand_in(node):
            _replace(lines, node, ast.unparse(_stand_in(node) or node))
            replaced = True
    return "\n".join(lines) + "\n" if replaced else source


def _stand_in(node: ast.ImportFrom) -> ast.stmt | None:
    """Return the import of a stand-in that serves as *node*, None where it imports nothing that is replaced."""
    if node.module in REPLACED:
        return ast.ImportFrom(REPLACED[node.module], node.names, 0)
    (alias, *others) = node.names
    name = REPLACED.get(f"{node.module}.{alias.name}")
    return ast.Import([ast.alias(name, alias.asname or alias.name)]) if name and not others else None


def defer_collected(source: str) -> str:
    """Return *source*, a package's `__init__`, so that names which it only collects are imported when asked for.

    That is one whose every statement is `from .module import name`, `__all__` or a docstring.
    """
    tree = ast.parse(source)
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module]
    others = [node for node in tree.body if node not in imports and not _says_nothing(node)]
    places = {alias.asname or alias.name: (f".{node.module}", alias.name) for node in imports for alias in node.names}
    if others or "*" in places or len(places) < _LEAST_NAMES:
        return source
    return f"from deferred import import_when_asked\n\n__getattr__ = import_when_asked(__name__, {places!r})\n"


def _statements(node: ast.stmt, package: str) -> Iterator[str]:
    """Yield what stands for *node*: what does not wait, then what does."""
    waiting = dict(_deferred(node, package))
    assert isinstance(node, ast.Import | ast.ImportFrom)  # noqa: S101 - nothing else is deferred
    kept = [alias for alias in node.names if alias.name not in waiting]
    if kept:
        node.names = kept
        yield ast.unparse(node)
    yield "from deferred import Deferred"
    yield from waiting.values()


def _deferred(node: ast.stmt, package: str) -> Iterator[tuple[str, str]]:
    """Yield each name in *node* whose import may wait, with the assignment that takes its place."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if is_deferred(alias.name, package):
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.name, f"{alias.asname or name} = Deferred({name!r})"
    elif isinstance(node, ast.ImportFrom):
        module = _absolute(node, package)
        for alias in node.names:
            full = f"{module}.{alias.name}"
            if is_deferred(full, package):
                place = repr(full) if full in DEFERRED else f"{module!r}, {alias.name!r}"
                yield alias.name, f"{alias.asname or alias.name} = Deferred({place})"


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Return the full name of the module that *node*, in a module of *package*, imports from."""
    above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def _replace(lines: list[str], node: ast.stmt, statement: str) -> None:
    """Put *statement* where *node* stands alone; the lines below it become empty."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    lines[first:last] = [statement, *[""] * (last - first - 1)]


def _unevaluate_annotations(tree: ast.Module, lines: list[str]) -> None:
    """Make *lines* a module whose annotations are not evaluated (PEP 563), since they would use what waits."""
    first = next(node for node in tree.body if not _is_text(node))
    if not (isinstance(first, ast.ImportFrom) and first.module == "__future__"):
        lines[first.lineno - 1] = f"from __future__ import annotations; {lines[first.lineno - 1]}"


def _says_nothing(node: ast.stmt) -> bool:
    names_all = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return names_all or is_future or _is_text(node)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
