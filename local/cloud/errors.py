"""How the services say no: codes, texts and envelopes of each API dialect.

POP is the gateway before STS (and RAM); Function Compute answers for itself, in one form for each version of its API.
Sources: https://www.alibabacloud.com/help/en/functioncompute/error-codes and the SDKs' published metadata for the codes
and texts; what is unverified is listed in local/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any


class Dialect(Enum):
    """Whose words a refusal is put in."""

    POP = "POP"
    FC2 = "2021-04-06"
    FC3 = "2023-03-30"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure of ours
    """A request is answered with `status` and the envelope of `code` and `message`.

    `access_denied_detail` says which policy layer denied, in the spelling of the wire; None for every other refusal.
    """

    def __init__(
        self, status: int, code: str, message: str, access_denied_detail: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.access_denied_detail = access_denied_detail

    def envelope(self, dialect: Dialect, request_id: str, host: str) -> dict[str, Any]:
        """Return the answer's JSON body in *dialect*."""
        if dialect is Dialect.FC2:
            return {"ErrorCode": self.code, "ErrorMessage": self.message}
        body: dict[str, Any] = {"RequestId": request_id, "Code": self.code, "Message": self.message}
        if dialect is Dialect.POP:
            body["HostId"] = host
            body["Recommend"] = f"https://api.aliyun.com/troubleshoot?q={self.code}&product=Sts&requestId={request_id}"
        if self.access_denied_detail is not None:
            body["AccessDeniedDetail"] = dict(self.access_denied_detail)
        return body


class Unauthentic(Exception):  # noqa: N818 - as Refusal
    """A request doesn't prove who sent it; `detail` fills the text of the reason."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def refusal(self, dialect: Dialect) -> Refusal:
        """Return the refusal in the words of *dialect*."""
        pop, fc = _WORDS[self.reason]
        status, code, message = pop if dialect is Dialect.POP else fc
        parameter = self.detail if dialect is not Dialect.POP else POP_PARAMETERS.get(self.detail, self.detail)
        return Refusal(status, code.format(parameter), message.format(parameter))


class Reason(Enum):
    """Why a request is not authentic."""

    MISSING = auto()
    INCOMPLETE = auto()
    ALGORITHM = auto()
    UNKNOWN_KEY = auto()
    INACTIVE_KEY = auto()
    SIGNATURE = auto()
    DATE_FORMAT = auto()
    DATE_STALE = auto()
    NONCE_USED = auto()
    TOKEN_MISSING = auto()
    TOKEN_MALFORMED = auto()
    TOKEN_MISMATCH = auto()
    TOKEN_EXPIRED = auto()


# The gateway's names for what ACS3 carries in headers.
POP_PARAMETERS = {
    "Authorization": "AccessKeyId",
    "x-acs-date": "Timestamp",
    "x-acs-signature-nonce": "SignatureNonce",
    "x-acs-version": "Version",
    "x-acs-action": "Action",
}

Words = tuple[int, str, str]

_FC_SIGNATURE: Words = (
    403,
    "SignatureNotMatch",
    (
        "The request signature we calculated does not match the signature you provided. "
        "Check your access key and signing method"
    ),
)

# Reason -> the gateway's words, Function Compute's words. Function Compute's for dates, nonces and tokens are
# unverified.
_WORDS: dict[Reason, tuple[Words, Words]] = {
    Reason.MISSING: (
        (400, "Missing{}", "{} is mandatory for this action."),
        (400, "MissingRequiredHeader", "required HTTP header {} was not specified"),
    ),
    Reason.INCOMPLETE: (
        (400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."),
        _FC_SIGNATURE,
    ),
    Reason.ALGORITHM: (
        (400, "InvalidSignatureMethod", "Specified signature method is not valid."),
        _FC_SIGNATURE,
    ),
    Reason.UNKNOWN_KEY: (
        (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
        (403, "InvalidAccessKeyID", "invalid access key ID '{}'"),
    ),
    Reason.INACTIVE_KEY: (
        (400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
        (403, "InvalidAccessKeyID", "invalid access key ID '{}'"),
    ),
    Reason.SIGNATURE: (
        (400, "SignatureDoesNotMatch", "Specified signature does not match our calculation. {}"),
        _FC_SIGNATURE,
    ),
    Reason.DATE_FORMAT: (
        (400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
        (403, "AccessDenied", "the date in header x-acs-date is not well formatted"),
    ),
    Reason.DATE_STALE: (
        (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
        (403, "AccessDenied", "the date in header x-acs-date is more than 15 minutes off"),
    ),
    Reason.NONCE_USED: (
        (400, "SignatureNonceUsed", "Specified signature nonce was used already."),
        (403, "SignatureNonceUsed", "Specified signature nonce was used already."),
    ),
    Reason.TOKEN_MISSING: (
        (400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
        (400, "MissingRequiredHeader", "required HTTP header x-acs-security-token was not specified"),
    ),
    Reason.TOKEN_MALFORMED: (
        (400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
        (403, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
    ),
    Reason.TOKEN_MISMATCH: (
        (
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        ),
        (
            403,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        ),
    ),
    Reason.TOKEN_EXPIRED: (
        (400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
        (403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
    ),
}
