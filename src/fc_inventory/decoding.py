"""Decoders of foreign data, each made once and alone: what a thread decodes is prepared before there are threads.

msgspec learns a type when it is first decoded: it hangs the half-filled facts on the class, runs Python code while it
fills them, and whoever decodes the same type in that moment reads what isn't there yet: the process dies (SIGSEGV).
A cold instance's first listings begin at once, so that is where it happens. Each version since 0.18.6 does it:
https://github.com/jcrist/msgspec/blob/0.19.0/msgspec/_core.c (`StructInfo_Convert_lock_held`). Encoding learns nothing.

So every shape has a `Decoder` at the level of its module, made while that is imported, and nothing else decodes.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

_learning = Lock()  # modules that are imported on demand may be so by several threads


class Decoder(Generic[T]):
    """Decodes to one shape, which any number of threads may do at once.

    Attributes:
        shape: the type that comes out.
        decode: takes JSON, as text or bytes. Raises msgspec.DecodeError, and UnicodeDecodeError for text in bytes.
    """

    def __init__(self, shape: type[T]) -> None:
        with _learning:
            self.decode = msgspec.json.Decoder(shape).decode
        self.shape = shape

    def convert(self, content: Any, *, strict: bool = True, from_attributes: bool = False) -> T:
        """Return *content*, which is decoded already, in this shape. Raises msgspec.ValidationError."""
        return msgspec.convert(content, self.shape, strict=strict, from_attributes=from_attributes)
