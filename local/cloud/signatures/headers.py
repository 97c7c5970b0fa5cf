"""What the schemes with the header `Authorization: SCHEME KEY:SIGNATURE` share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from local.cloud.http_request import HttpRequest
from local.cloud.unauthentic import Reason, Unauthentic

_AUTHORIZATION = re.compile(r"(acs|FC|OSS) (?P<key>[^\s:]+):(?P<signature>[A-Za-z0-9+/]+={0,2})")


def read_key_and_signature(request: HttpRequest) -> tuple[str, str]:
    """Return the access key's id and the signature; raises Unauthentic where there are none."""
    found = _AUTHORIZATION.fullmatch(request.header("authorization"))
    if found is None:
        raise Unauthentic(Reason.INCOMPLETE)
    return found["key"], found["signature"]


def canonical_headers(request: HttpRequest, prefix: str) -> str:
    """Return the headers whose names begin with *prefix*, one a line, in order of name."""
    names = sorted({name for name, _ in request.headers if name.startswith(prefix)})
    return "".join(f"{name}:{','.join(_values(request, name))}\n" for name in names)


def check_content_md5(request: HttpRequest) -> None:
    """Raise Unauthentic where there is a `Content-MD5` and it is not that of the body: only so is the body signed.

    Function Compute's SDKs put hexadecimal digits in Base64, or send them as they are; the others put the digest in it.
    """
    found = request.header("content-md5")
    if not found:
        return
    digest = hashlib.md5(request.body, usedforsecurity=False)
    hexadecimal = digest.hexdigest()
    spellings = (base64.b64encode(digest.digest()), base64.b64encode(hexadecimal.encode()), hexadecimal.encode())
    if not any(hmac.compare_digest(found.encode("latin-1"), spelling) for spelling in spellings):
        raise Unauthentic(Reason.BODY_DIGEST)


def _values(request: HttpRequest, name: str) -> list[str]:
    return [value.strip() for found, value in request.headers if found == name]
