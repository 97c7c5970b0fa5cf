"""A handler's return value as the bytes that Function Compute sends."""

from __future__ import annotations

import decimal
import json
from datetime import date
from typing import Any


def serialise_answer(value: Any) -> bytes:
    """Return text and bytes as they are, anything else as JSON with four spaces of indent and sorted keys.

    Raises:
        TypeError: the value has no JSON form.
    """
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else to_json(value)).encode()


def to_json(value: Any) -> str:
    """Return *value* as FC's JSON; decimals become floats, dates ISO 8601, objects what their ``to_json()`` returns."""
    return json.dumps(value, default=_plain, indent=4, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if hasattr(value, "to_json"):
        return value.to_json()
    raise TypeError(f"{value!r} is not JSON serializable")
