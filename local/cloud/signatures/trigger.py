"""The signature of a request to an HTTP trigger: ACS3 with less around it than an API call has, or FC's own.

The documented clients sign `x-acs-date` and the security token, and neither host nor body nor nonce.
Source: https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/configure-signature-authentication-for-http-triggers
"""

from __future__ import annotations

import hashlib
import re

from local.cloud.clock import read_wire
from local.cloud.http_request import HttpRequest
from local.cloud.signatures.acs3 import canonical_request
from local.cloud.signatures.claim import Claim, hmac_sha256_hex
from local.cloud.signatures.fc import read_fc_claim
from local.cloud.unauthentic import Reason, Unauthentic

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<key>[^,\s]+), ?SignedHeaders=(?P<headers>[^,\s]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def read_trigger_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request to an HTTP trigger; raises Unauthentic."""
    named = request.header("authorization").partition(" ")[0]
    if named == "FC":
        return read_fc_claim(request)
    if named != "ACS3-HMAC-SHA256":
        raise Unauthentic(Reason.ALGORITHM) if named else Unauthentic(Reason.MISSING, "authorization")
    return _read_acs3(request)


def _read_acs3(request: HttpRequest) -> Claim:
    found = _AUTHORIZATION.fullmatch(request.header("authorization"))
    signed = tuple(found["headers"].split(";")) if found else ()
    if not request.header("x-acs-date"):
        raise Unauthentic(Reason.MISSING, "x-acs-date")
    if found is None or not _must_be_signed(request) <= set(signed):
        raise Unauthentic(Reason.INCOMPLETE)
    payload_hash = request.header("x-acs-content-sha256")
    if payload_hash and payload_hash != hashlib.sha256(request.body).hexdigest():
        raise Unauthentic(Reason.SIGNATURE)
    canonical = canonical_request(request, signed, payload_hash)
    return Claim(
        access_key_id=found["key"],
        security_token=request.header("x-acs-security-token"),
        sent=read_wire(request.header("x-acs-date")),
        nonce=request.header("x-acs-signature-nonce"),
        signature=found["signature"],
        string_to_sign=b"ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical).hexdigest().encode(),
        sign=hmac_sha256_hex,
        echo="",
        token_name="x-acs-security-token",  # noqa: S106 - a name
        date_name="x-acs-date",
    )


def _must_be_signed(request: HttpRequest) -> set[str]:
    """Return the headers that mean something to the check; a token may be sent as "" by those who have none."""
    return {name for name, value in request.headers if name.startswith("x-acs-") and value}
