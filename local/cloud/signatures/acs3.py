"""Signature schemes: what a request claims about its sender, and whether a secret proves the claim.

A scheme is a function `HttpRequest -> Claim`; `SCHEMES` finds it by the first word of the `Authorization` header.
ACS3-HMAC-SHA256: https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from local.cloud.errors import Reason, Unauthentic
from local.cloud.http_request import HttpRequest, encode

_ACS3 = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<key>[^,\s]+), ?SignedHeaders=(?P<headers>[^,\s]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_ACS3_REQUIRED = ("x-acs-version", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")


@dataclass(frozen=True)
class Claim:
    """Who a request says it is from, and the proof that it offers."""

    access_key_id: str
    security_token: str = field(repr=False)
    time: str
    nonce: str
    canonical_request: bytes = field(repr=False)
    signature: str = field(repr=False)

    @property
    def string_to_sign(self) -> bytes:
        """What the secret must have signed."""
        return b"ACS3-HMAC-SHA256\n" + hashlib.sha256(self.canonical_request).hexdigest().encode()

    def check(self, secret: str) -> None:
        """Raise Unauthentic where the claim wasn't signed with *secret*.

        Like the real gateway's, the text echoes what the request looked like here, security token included: clients
        must not print it.
        """
        expected = hmac.new(secret.encode(), self.string_to_sign, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, self.signature):
            to_sign, canonical = self.string_to_sign.decode(), self.canonical_request.decode("latin-1")
            raise Unauthentic(
                Reason.SIGNATURE, f"server StringToSign is [{to_sign}] server CanonicalRequest is [{canonical}]"
            )


def read_claim(request: HttpRequest) -> Claim:
    """Return the claim of *request* by whatever scheme it is signed.

    Raises Unauthentic where it is not, or not completely.
    """
    authorization = request.header("authorization")
    if not authorization:
        raise Unauthentic(Reason.MISSING, "Authorization")
    scheme = SCHEMES.get(authorization.partition(" ")[0])
    if scheme is None:
        raise Unauthentic(Reason.ALGORITHM)
    return scheme(request)


def read_acs3_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by ACS3-HMAC-SHA256."""
    found = _ACS3.fullmatch(request.header("authorization"))
    if found is None:
        raise Unauthentic(Reason.INCOMPLETE)
    for name in _ACS3_REQUIRED:
        if not request.header(name):
            raise Unauthentic(Reason.MISSING, name)
    signed = tuple(found["headers"].split(";"))
    _check_signed_headers(request, signed)
    payload_hash = request.header("x-acs-content-sha256")
    if payload_hash != hashlib.sha256(request.body).hexdigest():
        raise Unauthentic(Reason.SIGNATURE, "x-acs-content-sha256 is not the hash of the body.")
    return Claim(
        access_key_id=found["key"],
        security_token=request.header("x-acs-security-token"),
        time=request.header("x-acs-date"),
        nonce=request.header("x-acs-signature-nonce"),
        canonical_request=canonical_request(request, signed, payload_hash),
        signature=found["signature"],
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


SCHEMES: dict[str, Callable[[HttpRequest], Claim]] = {"ACS3-HMAC-SHA256": read_acs3_claim}
