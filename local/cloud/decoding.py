"""Decoders of what requests bring, each made once and alone, at the level of its module: any number of threads decode.

msgspec learns a type when it is first decoded, and the process dies (SIGSEGV) where two threads do so at once, as they
may where a process runs several clouds: https://github.com/jcrist/msgspec/blob/0.19.0/msgspec/_core.c
(`StructInfo_Convert_lock_held`). What the function decodes has a twin of this module: neither may use the other's.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

_learning = Lock()


class Decoder(Generic[T]):
    """Decodes to one shape. `decode` takes JSON, as text or bytes, and raises msgspec.DecodeError."""

    def __init__(self, shape: type[T]) -> None:
        with _learning:
            self.decode = msgspec.json.Decoder(shape).decode
        self._shape = shape

    def convert(self, content: Any) -> T:
        """Return *content*, which is decoded already, in this shape. Raises msgspec.ValidationError."""
        return msgspec.convert(content, self._shape)
