"""Signature schemes: from a request to its claim.

A scheme is a module with a function `HttpRequest -> Claim`; the first word of the `Authorization` header names it.
"""

from __future__ import annotations

from collections.abc import Callable

from local.cloud.http_request import HttpRequest
from local.cloud.signatures.acs3 import read_acs3_claim
from local.cloud.signatures.claim import Claim
from local.cloud.unauthentic import Reason, Unauthentic

__all__ = ["Claim", "read_claim"]

SCHEMES: dict[str, Callable[[HttpRequest], Claim]] = {"ACS3-HMAC-SHA256": read_acs3_claim}


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
