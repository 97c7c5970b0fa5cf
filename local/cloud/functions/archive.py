"""The zip with a function's code: checked when it comes in, unpacked when it is run.

Limits: https://www.alibabacloud.com/help/en/functioncompute/fc/product-overview/limits-of-usage
"""

from __future__ import annotations

import io
import lzma
import os
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

MAXIMUM_ARCHIVE_BYTES = 500 * 1024 * 1024
MAXIMUM_INLINE_BYTES = 100 * 1024 * 1024
MAXIMUM_UNPACKED_BYTES = 1024 * 1024 * 1024
MAXIMUM_ENTRIES = 100_000
_SYMLINK_BYTES = 4096
_PERMISSIONS = 0o777
# What zipfile raises for content that is not as it claims; the last for a compression that it does not know.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError, NotImplementedError)


class ArchiveError(Exception):
    """The archive can't be a function's code; the message says which entry and why."""


@dataclass(frozen=True)
class Archive:
    """A checked zip. `checksum` is its CRC-64 in decimal, as the service gives it."""

    content: bytes = field(repr=False)
    checksum: str

    @property
    def size_bytes(self) -> int:
        """The size of the zip."""
        return len(self.content)

    def unpack(self, directory: Path) -> None:
        """Unpack into the empty *directory*; raises ArchiveError for entries whose content isn't what they claim."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as opened:
            try:
                links = [entry for entry in opened.infolist() if not _unpack_entry(opened, entry, directory)]
                for entry in links:  # after all files, so that none can be written through a link
                    _unpack_link(opened, entry, directory)
            except (*_DAMAGED, OSError) as error:
                raise ArchiveError(f"the code can't be unpacked: {error}") from error


def check_archive(content: bytes) -> Archive:
    """Return *content* as a function's code; raises ArchiveError where it isn't a zip, or not a harmless one."""
    if len(content) > MAXIMUM_ARCHIVE_BYTES:
        raise ArchiveError(f"the code has more than {MAXIMUM_ARCHIVE_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            _check_entries(opened)
    except _DAMAGED as error:
        raise ArchiveError("the code is not a zip file") from error
    return Archive(content, crc64(content))


def crc64(content: bytes) -> str:
    """Return the CRC-64 (ECMA-182, as in XZ) of *content* in decimal.

    The standard library has it only inside of the XZ format: the stream ends with the check of its one block, an index
    whose size stands in the 12 bytes of footer, and that footer (https://tukaani.org/xz/xz-file-format.txt).
    """
    fastest = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    stream = lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC64, filters=fastest)
    if not content:
        return "0"
    index_bytes = (int.from_bytes(stream[-8:-4], "little") + 1) * 4
    end = len(stream) - 12 - index_bytes
    return str(int.from_bytes(stream[end - 8 : end], "little"))


def _check_entries(opened: zipfile.ZipFile) -> None:
    entries = opened.infolist()
    if len(entries) > MAXIMUM_ENTRIES:
        raise ArchiveError(f"the code has more than {MAXIMUM_ENTRIES} entries")
    if sum(entry.file_size for entry in entries) > MAXIMUM_UNPACKED_BYTES:
        raise ArchiveError(f"the code unpacks to more than {MAXIMUM_UNPACKED_BYTES} bytes")
    for entry in entries:
        _check_entry(opened, entry)


def _check_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts:
        raise ArchiveError(f"entry {entry.filename!r} leads out of the code directory")
    if "\\" in entry.filename:
        raise ArchiveError(
            f"entry {entry.filename!r} has a backslash in its name: on Linux that is one file of this name, and no "
            "folder; pack the zip anew with names that separate folders by /"
        )
    if "\0" in entry.orig_filename:
        raise ArchiveError(f"entry {entry.orig_filename!r} has a NUL in its name")
    if entry.flag_bits & 1:
        raise ArchiveError(f"entry {entry.filename!r} is encrypted")
    if _is_link(entry):
        _check_link(opened, entry, path)


def _check_link(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: PurePosixPath) -> None:
    if entry.file_size > _SYMLINK_BYTES:
        raise ArchiveError(f"entry {entry.filename!r} is a symbolic link that is too long")
    target = PurePosixPath(opened.read(entry).decode())
    inside = os.path.normpath(path.parent / target)
    if target.is_absolute() or inside.split("/")[0] == "..":
        raise ArchiveError(f"entry {entry.filename!r} is a symbolic link that leads out of the code directory")


def _unpack_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, directory: Path) -> bool:
    """Unpack a file or a directory; False for a link, which has to wait."""
    if _is_link(entry):
        return False
    path = Path(opened.extract(entry, directory))
    mode = (entry.external_attr >> 16) & _PERMISSIONS
    if mode and not entry.is_dir():
        path.chmod(mode | stat.S_IRUSR)
    return True


def _unpack_link(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, directory: Path) -> None:
    path = directory / entry.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(opened.read(entry).decode())
    if not path.resolve().is_relative_to(directory.resolve()):  # one link may lead through another
        path.unlink()
        raise ArchiveError(f"entry {entry.filename!r} is a symbolic link that leads out of the code directory")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)
