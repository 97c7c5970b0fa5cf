"""Function Compute's own signature, `Authorization: FC KEY:SIGNATURE`: `@alicloud/fc2`, `aliyun-fc2`, Serverless Devs.

HMAC-SHA256 over method, headers and path. The query is not signed, except for functions called over HTTP.
Source: https://github.com/aliyun/fc-python-sdk
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from local.cloud.clock import read_http_date
from local.cloud.http_request import HttpRequest
from local.cloud.signatures.claim import Claim, hmac_sha256
from local.cloud.signatures.headers import canonical_headers, check_content_md5, read_key_and_signature
from local.cloud.unauthentic import Reason, Unauthentic

_QUERY_SIGNED = "/2016-08-15/proxy/"


def read_fc_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by Function Compute's own scheme; raises Unauthentic."""
    key, signature = read_key_and_signature(request)
    if not request.header("date"):
        raise Unauthentic(Reason.MISSING, "date")
    check_content_md5(request)
    return Claim(
        access_key_id=key,
        security_token=request.header("x-fc-security-token"),
        sent=read_http_date(request.header("date")),
        nonce="",
        signature=signature,
        string_to_sign=string_to_sign(request, with_query=request.path.startswith(_QUERY_SIGNED)),
        sign=hmac_sha256,
        echo="",
        token_name="x-fc-security-token",  # noqa: S106 - a name
        date_name="date",
    )


def string_to_sign(request: HttpRequest, *, with_query: bool) -> bytes:
    """Return what must be signed: method, three headers, `x-fc-*` headers, the decoded path, maybe the query."""
    first = "\n".join((request.method, *(request.header(name) for name in ("content-md5", "content-type", "date"))))
    signed = f"{first}\n{canonical_headers(request, 'x-fc-')}".encode("latin-1") + unquote_to_bytes(request.path)
    if not with_query:
        return signed
    return signed + b"\n" + b"\n".join(sorted(name + b"=" + value for name, value in request.query_pairs))
