"""ROA signature version 1.0, `Authorization: acs KEY:SIGNATURE`.

So sign the current SDKs with `signature_algorithm='v2'`, and `aliyun-python-sdk-core`.

Source: https://www.alibabacloud.com/help/en/sdk/product-overview/roa-mechanism
"""

from __future__ import annotations

from local.cloud.clock import read_http_date
from local.cloud.http_request import HttpRequest
from local.cloud.signatures.claim import Claim, hmac_sha1
from local.cloud.signatures.headers import canonical_headers, check_content_md5, read_key_and_signature
from local.cloud.unauthentic import Reason, Unauthentic

# A nonce is not among them: `aliyun-python-sdk-core` sends none with this signature.
_REQUIRED = ("date", "x-acs-version", "x-acs-signature-method")


def read_roa1_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by ROA 1.0; raises Unauthentic."""
    key, signature = read_key_and_signature(request)
    for name in _REQUIRED:
        if not request.header(name):
            raise Unauthentic(Reason.MISSING, name)
    if request.header("x-acs-signature-method") != "HMAC-SHA1":
        raise Unauthentic(Reason.ALGORITHM)
    check_content_md5(request)
    to_sign = string_to_sign(request)
    return Claim(
        access_key_id=key,
        security_token=request.header("x-acs-security-token"),
        sent=read_http_date(request.header("date")),
        nonce=request.header("x-acs-signature-nonce"),
        signature=signature,
        string_to_sign=to_sign,
        sign=hmac_sha1,
        echo="",
        token_name="x-acs-security-token",  # noqa: S106 - a name
        date_name="Date",
    )


def string_to_sign(request: HttpRequest) -> bytes:
    """Return what must be signed: method, four headers, the `x-acs-*` headers, path and decoded query in order."""
    first = "\n".join((request.method, *(request.header(n) for n in ("accept", "content-md5", "content-type", "date"))))
    query = b"&".join(name + b"=" + value if value else name for name, value in sorted(request.query_pairs))
    resource = request.path.encode("latin-1") + (b"?" + query if query else b"")
    return f"{first}\n{canonical_headers(request, 'x-acs-')}".encode("latin-1") + resource
