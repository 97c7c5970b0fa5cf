"""RPC signature version 1.0, HMAC-SHA1 over the parameters: `@alicloud/pop-core`, `aliyun-python-sdk-core`, old SDKs.

Everything is a parameter, in the query or in a form, and may be split between them.
Source: https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
"""

from __future__ import annotations

from local.cloud.clock import read_wire
from local.cloud.http_request import HttpRequest, encode
from local.cloud.parameters import system_parameters
from local.cloud.signatures.claim import Claim, hmac_sha1
from local.cloud.unauthentic import Reason, Unauthentic

_REQUIRED = ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp")


def read_rpc1_claim(request: HttpRequest) -> Claim:
    """Return the claim of a request signed by RPC 1.0; raises Unauthentic."""
    parameters = system_parameters(request)
    for name in _REQUIRED:
        if not parameters.get(name):
            raise Unauthentic(Reason.MISSING, name)
    if parameters["SignatureMethod"] != "HMAC-SHA1":
        raise Unauthentic(Reason.ALGORITHM)
    if parameters["SignatureVersion"] != "1.0":
        raise Unauthentic(Reason.VERSION)
    to_sign = string_to_sign(request)
    return Claim(
        access_key_id=parameters["AccessKeyId"],
        security_token=parameters.get("SecurityToken", ""),
        sent=read_wire(parameters["Timestamp"]),
        nonce=parameters["SignatureNonce"],
        signature=parameters["Signature"],
        string_to_sign=to_sign,
        sign=_sign,
        echo=(
            "Specified signature is not matched with our calculation. server string to sign is:"
            + to_sign.decode("latin-1")
        ),
        token_name="SecurityToken",  # noqa: S106 - a name
        date_name="Timestamp",
    )


def string_to_sign(request: HttpRequest) -> bytes:
    """Return what must be signed: the method, the path `/`, and all parameters but the signature, in order."""
    pairs = sorted(pair for pair in (*request.query_pairs, *request.form_pairs) if pair[0] != b"Signature")
    canonical = "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)
    return f"{request.method}&%2F&{encode(canonical.encode())}".encode()


def _sign(secret: str, to_sign: bytes) -> str:
    return hmac_sha1(f"{secret}&", to_sign)
