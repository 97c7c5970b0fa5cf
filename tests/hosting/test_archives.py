"""What a zip may hold, and what becomes of one that means harm."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from local.cloud.functions.archive import MAXIMUM_UNPACKED_BYTES, ArchiveError, check_archive, crc64
from tests.hosting.deploying import zip_of

BACKSLASH = "has a backslash in its name: on Linux that is one file of this name, and no folder; pack the zip anew with names that separate folders by /"


def zip_with_links(links: dict[str, str], files: dict[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, target in links.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, target)
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return packed.getvalue()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"zeros-{number}", b"")
    content = packed.getvalue()
    claimed = (MAXIMUM_UNPACKED_BYTES + 1).to_bytes(4, "little")
    start = content.index(b"PK\x01\x02")  # the first entry of the directory claims to be that large
    return content[: start + 24] + claimed + content[start + 28 :]


def test_the_checksum_is_crc_64() -> None:
    """The check value of CRC-64/XZ (https://reveng.sourceforge.io/crc-catalogue/17plus.htm)."""
    assert [crc64(b"123456789"), crc64(b"")] == [str(0x995DC9BBDF1939FA), "0"]


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    """With folders, and with links that stay inside."""
    content = zip_with_links({"lib/current": "1.0", "lib/again": "../index.py"}, {"index.py": "x", "lib/1.0/a.py": "y"})

    check_archive(content).unpack(tmp_path)

    found = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found["index.py"] == found["lib/again"] == "x"
    assert (tmp_path / "lib/current/a.py").read_text() == "y"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the code is not a zip file"),
        (b"PK\x03\x04 and no more", "the code is not a zip file"),
        (zip_of({"pkg\\helper.py": "x"}), f"entry 'pkg\\\\helper.py' {BACKSLASH}"),
        (zip_of({"a\\..\\outside": "x"}), f"entry 'a\\\\..\\\\outside' {BACKSLASH}"),
        (zip_of({"../outside.py": "x"}), "entry '../outside.py' leads out of the code directory"),
        (zip_of({"a/../../outside.py": "x"}), "entry 'a/../../outside.py' leads out of the code directory"),
        (zip_of({"/etc/outside": "x"}), "entry '/etc/outside' leads out of the code directory"),
        (zip_with_links({"a": "/etc/passwd"}), "entry 'a' is a symbolic link that leads out of the code directory"),
        (zip_with_links({"a": "b/../../x"}), "entry 'a' is a symbolic link that leads out of the code directory"),
        (zip_with_links({"a": "x" * 5000}), "entry 'a' is a symbolic link that is too long"),
        (bomb(), f"the code unpacks to more than {MAXIMUM_UNPACKED_BYTES} bytes"),
    ],
    ids=range(11),
)
def test_a_zip_that_can_t_be_code_is_refused(content: bytes, expected: str) -> None:
    """Before anything of it is unpacked."""
    with pytest.raises(ArchiveError) as caught:
        check_archive(content)

    assert str(caught.value) == expected


def test_links_can_t_lead_out_by_way_of_each_other(tmp_path: Path) -> None:
    """Each stays inside by itself: `deep` means `a/b`, and `deep/../..` seen from there is outside."""
    content = zip_with_links({"a/b/deep": "..", "x": "a/b/deep/../.."}, {"a/b/file": ""})
    directory = tmp_path / "code"
    directory.mkdir()

    with pytest.raises(ArchiveError, match="leads out of the code directory"):
        check_archive(content).unpack(directory)

    assert list(tmp_path.iterdir()) == [directory]


def test_an_entry_is_not_larger_than_it_says(tmp_path: Path) -> None:
    """A wrong size or content is found while unpacking."""
    content = zip_of({"index.py": "x" * 1000})
    start = content.index(b"PK\x01\x02")
    archive = check_archive(content[: start + 24] + (10).to_bytes(4, "little") + content[start + 28 :])

    with pytest.raises(ArchiveError, match="can't be unpacked"):
        archive.unpack(tmp_path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_entry_is_told_when_it_is_unpacked(compression: int, tmp_path: Path) -> None:
    """Whatever the compression: the directory of the zip is whole, the content behind it is not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("index.py", "".join(f"{number} {number * number}\n" for number in range(2000)))
    content = bytearray(packed.getvalue())
    content[45:400] = bytes(byte ^ 0xFF for byte in content[45:400])

    with pytest.raises(ArchiveError, match=r"the code can't be unpacked: "):
        check_archive(bytes(content)).unpack(tmp_path)
