"""Do two policy documents mean the same, and if not, where do they differ? Pure."""

from __future__ import annotations

import difflib
import json
from typing import Any

from onboarding.documents import Document


def is_same(one: Document | None, other: Document | None) -> bool:
    """Tell whether two documents are equal but for what means nothing: the order of lists, and lists of one item."""
    return bool(_canonical(one) == _canonical(other))


def describe_difference(found: Any, wanted: Any) -> list[str]:
    """Return the lines of a unified diff from *found* to *wanted*, without its header."""
    lines = difflib.unified_diff(_pretty(found), _pretty(wanted), lineterm="", n=2)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _pretty(value: Any) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value
