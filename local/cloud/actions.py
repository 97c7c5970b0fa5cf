"""What an API action is to the router; each product's module ends with the table of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.cloud.calls import Act

BODY_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Action:
    """One API action.

    `path` is behind `/<version>` and has its variable segments in braces; RPC actions (STS, RAM) have only `/`.
    """

    name: str
    version: str
    methods: tuple[str, ...]
    path: str
    act: Act
    body_limit_bytes: int = BODY_LIMIT_BYTES

    def names(self, method: str, path: str) -> Mapping[str, str] | None:
        """Return what the variable segments of the raw *path* hold, or None where the action isn't meant."""
        mine, theirs = f"/{self.version}{self.path}".split("/"), path.split("/")
        if method not in self.methods or len(mine) != len(theirs):
            return None
        found = {}
        for expected, segment in zip(mine, theirs, strict=True):
            if expected.startswith("{") and segment:
                found[expected.strip("{}")] = unquote(segment)
            elif expected != segment:
                return None
        return found
