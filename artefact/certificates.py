"""The trusted certificates as a directory that OpenSSL looks into, instead of a file that it reads as a whole.

https://docs.openssl.org/3.0/man1/openssl-verification-options/#trusted-certificate-options
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----\n.+?-----END CERTIFICATE-----\n", re.DOTALL)


def split(bundle: Path, directory: Path) -> bool:
    """Write each certificate of *bundle* into *directory*, named `<hash of its subject>.<number>`.

    Returns False where this machine has no command `openssl`, which knows the hashes. Raises
    subprocess.CalledProcessError for a bundle that is none.
    """
    seen: Counter[str] = Counter()
    directory.mkdir()
    for certificate in _CERTIFICATE.findall(bundle.read_text(encoding="utf-8")):
        try:
            hashed = _hash_subject(certificate)
        except FileNotFoundError:
            directory.rmdir()
            return False
        (directory / f"{hashed}.{seen[hashed]}").write_text(certificate, encoding="ascii")
        seen[hashed] += 1
    return True


def _hash_subject(certificate: str) -> str:
    command = ["openssl", "x509", "-noout", "-subject_hash"]
    return subprocess.run(command, input=certificate, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - on PATH, as a build's tools are
