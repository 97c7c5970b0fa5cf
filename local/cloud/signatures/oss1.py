"""OSS signature version 1, `Authorization: OSS KEY:SIGNATURE`: `ali-oss`, `oss2`, the code upload of Serverless Devs.

Source: https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
"""

from __future__ import annotations

from local.cloud.clock import read_http_date
from local.cloud.http_request import HttpRequest
from local.cloud.object_address import find_object_address
from local.cloud.signatures.claim import Claim, hmac_sha1
from local.cloud.signatures.headers import canonical_headers, read_key_and_signature
from local.cloud.unauthentic import Reason, Unauthentic

# The query parameters that change what a request does, and are signed therefore.
SUB_RESOURCES = frozenset(
    [
        *(
            "acl",
            "append",
            "callback",
            "cors",
            "delete",
            "lifecycle",
            "location",
            "logging",
            "objectMeta",
            "partNumber",
        ),
        *("policy", "position", "referer", "restore", "security-token", "symlink", "tagging", "uploadId", "uploads"),
        *("versionId", "versioning", "versions", "website", "x-oss-process"),
    ]
)


# The first word of the header, and the parameters of signed URLs, that say which service they are for: those of the
# versions 2 and 4 as well, so that a client which signs so is refused in OSS's own words.
_SCHEMES = frozenset({"OSS", "OSS2", "OSS4-HMAC-SHA256"})
_URL_PARAMETERS = frozenset({b"OSSAccessKeyId", b"x-oss-signature-version"})


def is_signed_for_oss(request: HttpRequest) -> bool:
    """Tell whether *request* is signed by any of OSS's schemes, those that aren't imitated included."""
    named = request.header("authorization").partition(" ")[0]
    return named in _SCHEMES or any(name in _URL_PARAMETERS for name, _ in request.query_pairs)


def read_oss1_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by OSS's version 1; raises Unauthentic."""
    key, signature = read_key_and_signature(request)
    date = _date(request)
    if not date:
        raise Unauthentic(Reason.MISSING, "Date")
    return Claim(
        access_key_id=key,
        security_token=request.header("x-oss-security-token"),
        sent=read_http_date(date),
        nonce="",
        signature=signature,
        string_to_sign=string_to_sign(request),
        sign=hmac_sha1,
        echo="",
        token_name="x-oss-security-token",  # noqa: S106 - a name
        date_name="Date",
    )


def string_to_sign(request: HttpRequest) -> bytes:
    """Return what must be signed: method, three headers, the `x-oss-*` headers, `/BUCKET/NAME` and sub-resources."""
    address = find_object_address(request)
    headers = (request.method, request.header("content-md5"), request.header("content-type"), _date(request))
    resource = f"/{address.bucket}/{address.name}" if address.bucket else "/"
    first = "\n".join(headers) + "\n" + canonical_headers(request, "x-oss-")
    return first.encode("latin-1") + resource.encode() + _sub_resources(request)


def _sub_resources(request: HttpRequest) -> bytes:
    signed = sorted(pair for pair in request.query_pairs if pair[0].decode("latin-1") in SUB_RESOURCES)
    return b"?" + b"&".join(name + b"=" + value if value else name for name, value in signed) if signed else b""


def _date(request: HttpRequest) -> str:
    return request.header("x-oss-date") or request.header("date")
