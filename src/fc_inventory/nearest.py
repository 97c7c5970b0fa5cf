"""The right name behind a mistyped one, for errors."""

from __future__ import annotations

from collections.abc import Iterable


def find_nearest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the one of *names* that is most like *wanted*, None where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only who has made a mistake waits for its import

    return next(iter(get_close_matches(wanted, sorted(names), n=1)), None)
