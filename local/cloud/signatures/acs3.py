"""ACS3-HMAC-SHA256, what the current SDKs of all languages sign with.

Source: https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote_to_bytes

from local.cloud.clock import read_wire
from local.cloud.http_request import HttpRequest, encode
from local.cloud.signatures.claim import Claim, hmac_sha256_hex
from local.cloud.unauthentic import Reason, Unauthentic

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<key>[^,\s]+), ?SignedHeaders=(?P<headers>[^,\s]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_REQUIRED = ("x-acs-version", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")


def read_acs3_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by ACS3-HMAC-SHA256; raises Unauthentic."""
    found = _AUTHORIZATION.fullmatch(request.header("authorization"))
    if found is None:
        raise Unauthentic(Reason.INCOMPLETE)
    for name in _REQUIRED:
        if not request.header(name):
            raise Unauthentic(Reason.MISSING, name)
    signed = tuple(found["headers"].split(";"))
    _check_signed_headers(request, signed)
    payload_hash = request.header("x-acs-content-sha256")
    if payload_hash != hashlib.sha256(request.body).hexdigest():
        raise Unauthentic(
            Reason.SIGNATURE,
            "Specified signature does not match our calculation. x-acs-content-sha256 is not the hash of the body.",
        )
    canonical = canonical_request(request, signed, payload_hash)
    to_sign = b"ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical).hexdigest().encode()
    return Claim(
        access_key_id=found["key"],
        security_token=request.header("x-acs-security-token"),
        sent=read_wire(request.header("x-acs-date")),
        nonce=request.header("x-acs-signature-nonce"),
        signature=found["signature"],
        string_to_sign=to_sign,
        sign=hmac_sha256_hex,
        echo=_echo(to_sign, canonical),
        token_name="x-acs-security-token",  # noqa: S106 - a name
        date_name="x-acs-date",
    )


def canonical_request(request: HttpRequest, signed_headers: tuple[str, ...], payload_hash: str) -> bytes:
    """Return the bytes over which ACS3 signs, with the path and query decoded and encoded again.

    Clients encode them differently.
    """
    lines = (
        request.method,
        "/".join(encode(unquote_to_bytes(segment)) for segment in request.path.split("/")),
        "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(request.query_pairs)),
        "".join(f"{name}:{_signed_value(request, name)}\n" for name in signed_headers),
        ";".join(signed_headers),
        payload_hash,
    )
    return "\n".join(lines).encode("latin-1")


def _echo(to_sign: bytes, canonical: bytes) -> str:
    return (
        f"Specified signature does not match our calculation. server StringToSign is [{to_sign.decode()}] "
        f"server CanonicalRequest is [{canonical.decode('latin-1')}]"
    )


def _signed_value(request: HttpRequest, name: str) -> str:
    return ",".join(sorted(value.strip() for found, value in request.headers if found == name))


def _check_signed_headers(request: HttpRequest, signed: tuple[str, ...]) -> None:
    """Raise Unauthentic unless the names are sorted, in lower case, present, and cover what a request means.

    A content type needs a signature only where there is content: the SDKs' asynchronous transport adds one to GET
    behind the signature.
    """
    names = {name for name, _ in request.headers}
    must = {"host"} | {name for name in names if name.startswith("x-acs-")}
    if request.body and "content-type" in names:
        must.add("content-type")
    orderly = list(signed) == sorted(set(signed)) and all(name == name.lower() for name in signed)
    if not orderly or not must <= set(signed) or not set(signed) <= names:
        raise Unauthentic(Reason.INCOMPLETE)
