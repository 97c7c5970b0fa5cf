"""Signature schemes: from a request to its claim.

A scheme is a module with a function `HttpRequest -> Claim`. The first word of the `Authorization` header names it; a
request to the gateway without that header is signed in its parameters, if at all.
"""

from __future__ import annotations

from collections.abc import Callable

from local.cloud.errors import Dialect
from local.cloud.http_request import HttpRequest
from local.cloud.signatures.acs3 import read_acs3_claim
from local.cloud.signatures.claim import Claim
from local.cloud.signatures.fc import read_fc_claim
from local.cloud.signatures.oss1 import read_oss1_claim
from local.cloud.signatures.roa1 import read_roa1_claim
from local.cloud.signatures.rpc1 import read_rpc1_claim
from local.cloud.unauthentic import Reason, Unauthentic

__all__ = ["Claim", "read_claim"]

Scheme = Callable[[HttpRequest], Claim]

_FUNCTION_COMPUTE: dict[str, Scheme] = {
    "ACS3-HMAC-SHA256": read_acs3_claim,
    "acs": read_roa1_claim,
    "FC": read_fc_claim,
}

SCHEMES: dict[Dialect, dict[str, Scheme]] = {
    Dialect.POP: {"ACS3-HMAC-SHA256": read_acs3_claim, "": read_rpc1_claim},
    Dialect.FC_2016: _FUNCTION_COMPUTE,
    Dialect.FC2: _FUNCTION_COMPUTE,
    Dialect.FC3: _FUNCTION_COMPUTE,
    Dialect.OSS: {"OSS": read_oss1_claim},
}


def read_claim(request: HttpRequest, dialect: Dialect) -> Claim:
    """Return the claim of *request* by whatever scheme of *dialect* it is signed.

    Raises Unauthentic where it is not, or not completely.
    """
    named = request.header("authorization").partition(" ")[0]
    scheme = SCHEMES[dialect].get(named)
    if scheme is None:
        raise Unauthentic(Reason.ALGORITHM) if named else Unauthentic(Reason.MISSING, "Authorization")
    return scheme(request)
