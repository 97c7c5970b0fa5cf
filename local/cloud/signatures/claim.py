"""What a request claims about its sender, whatever the scheme, and whether a secret proves the claim."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from local.cloud.unauthentic import Reason, Unauthentic


@dataclass(frozen=True)
class Claim:
    """Who a request says it is from, and the proof that it offers.

    `sent` is None where the date can't be read, `nonce` is "" in schemes that have none. `sign` makes of a secret and
    `string_to_sign` what `signature` must be. `echo` is what a refusal tells about the string to sign. `token_name` and
    `date_name` are the names of the headers or parameters that held token and date.
    """

    access_key_id: str
    security_token: str = field(repr=False)
    sent: datetime | None
    nonce: str
    signature: str = field(repr=False)
    string_to_sign: bytes = field(repr=False)
    sign: Callable[[str, bytes], str] = field(repr=False)
    echo: str = field(repr=False)
    token_name: str
    date_name: str

    def check(self, secret: str) -> None:
        """Raise Unauthentic where the claim wasn't signed with *secret*.

        Like the real gateway's, the text echoes what the request looked like here, security token included: clients
        must not print it.
        """
        expected = self.sign(secret, self.string_to_sign).encode()
        if not hmac.compare_digest(expected, self.signature.encode()):
            raise Unauthentic(Reason.SIGNATURE, self.echo)


def hmac_sha1(secret: str, message: bytes) -> str:
    """Return the Base64 HMAC-SHA1, as RPC v1, ROA v1 and OSS v1 want it."""
    return base64.b64encode(hmac.digest(secret.encode(), message, "sha1")).decode()


def hmac_sha256(secret: str, message: bytes) -> str:
    """Return the Base64 HMAC-SHA256, as Function Compute's own scheme wants it."""
    return base64.b64encode(hmac.digest(secret.encode(), message, "sha256")).decode()


def hmac_sha256_hex(secret: str, message: bytes) -> str:
    """Return the HMAC-SHA256 in hexadecimal digits, as ACS3 wants it."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
