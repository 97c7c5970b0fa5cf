"""How a mistake in a world file is told."""

from __future__ import annotations


class FieldError(ValueError):
    """The field at `path` (such as `$.accounts[0].id`) holds `found`; `expected` says what it should hold."""

    def __init__(self, path: str, found: str, expected: str) -> None:
        super().__init__(path, found, expected)
        self.path = path
        self.found = found
        self.expected = expected
