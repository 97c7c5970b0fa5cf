"""What Object Storage Service holds: objects by bucket and name, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

TOTAL_LIMIT_BYTES = 500 * 1024 * 1024
"""How much all objects together may hold; they live in memory."""


class StoreFullError(Exception):
    """An object would not fit beside those that are there."""


@dataclass(frozen=True)
class StoredObject:
    """One object. `etag` is the MD5 of its content in upper case, as OSS gives it for simple uploads."""

    content: bytes = field(repr=False)
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        """The entity tag, without its quotes."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest().upper()


@dataclass
class ObjectStore:
    """All objects of the cloud by bucket and name."""

    _objects: dict[tuple[str, str], StoredObject] = field(default_factory=dict, repr=False)
    _bytes: int = 0

    def put(self, bucket: str, name: str, stored: StoredObject) -> None:
        """Store an object in the place of one of the same name; raises StoreFullError."""
        old = self._objects.get((bucket, name))
        total = self._bytes + len(stored.content) - (len(old.content) if old else 0)
        if total > TOTAL_LIMIT_BYTES:
            raise StoreFullError(total)
        self._objects[bucket, name] = stored
        self._bytes = total

    def find(self, bucket: str, name: str) -> StoredObject | None:
        """Return an object, or None."""
        return self._objects.get((bucket, name))

    def read(self, bucket: str, name: str) -> bytes | None:
        """Return an object's content, or None where there is no such object."""
        found = self.find(bucket, name)
        return found.content if found else None

    def delete(self, bucket: str, name: str) -> None:
        """Remove an object; none of that name is no error."""
        old = self._objects.pop((bucket, name), None)
        self._bytes -= len(old.content) if old else 0
