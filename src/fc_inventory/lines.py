"""The bytes of a snapshot: gzip members, one a line, and at the end one that says where the last line begins."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path
from typing import IO

from fc_inventory.errors import SnapshotError

MAX_LINE_BYTES = 64 * 1024 * 1024  # unpacked: more than 60,000 functions in one region
_LEVEL = 1  # of zlib's 9: a seventh of the default level's time, for less than a tenth more bytes
_GZIP = 31  # zlib's word for a gzip member with its checksum
_GZIP_HEADER = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff"
_END = struct.Struct("<10sH2sHQ2sQ")  # header, length of the extra field, id, length, where the head begins; no data
_FRAME = (_GZIP_HEADER, 12, b"FI", 8, b"\x03\0", 0)


def pack_line(text: bytes) -> bytes:
    """Return *text* and a line's end as one gzip member."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(text) + packer.compress(b"\n") + packer.flush()


def unpack_line(data: bytes, path: Path) -> bytes:
    """Return the line that the one gzip member *data* holds, within bounds, whatever it would become.

    Raises SnapshotError naming *path*.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(data, MAX_LINE_BYTES)
    except zlib.error:
        raise SnapshotError(path, "is damaged: a line can't be unpacked") from None
    if unpacker.unconsumed_tail:
        raise SnapshotError(path, f"has a line of more than {MAX_LINE_BYTES} bytes, unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise SnapshotError(path, "is damaged: a line has another length than the head says")
    return text


def pack_end(place: int) -> bytes:
    """Return the empty member that ends a file whose head begins at *place*."""
    return _END.pack(*_FRAME[:4], place, *_FRAME[4:])


def read_head_line(file: IO[bytes], path: Path) -> bytes:
    """Return the head of *file*, packed. Raises SnapshotError where its end is not that of a snapshot."""
    end = file.seek(0, os.SEEK_END) - _END.size
    if end >= 0:
        file.seek(end)
        *frame, place, data, checks = _END.unpack(file.read(_END.size))
        if (*frame, data, checks) == _FRAME and 0 <= end - place <= MAX_LINE_BYTES:
            file.seek(place)
            return file.read(end - place)
    file.seek(0)
    start = file.read(4096)
    if not start.startswith(_GZIP_HEADER[:3]):
        raise SnapshotError(path, "is not a snapshot: not gzip" if start else "is truncated: it is empty")
    with contextlib.suppress(zlib.error):
        if zlib.decompressobj(_GZIP).decompress(start, 10).startswith(b'{"target":'):
            raise SnapshotError(path, "is truncated: its last line is missing")
    raise SnapshotError(path, "is not a snapshot: gzip of something else")
