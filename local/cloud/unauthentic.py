"""Why a request doesn't prove who sent it, and the words that each service has for that.

Sources: https://www.alibabacloud.com/help/en/functioncompute/error-codes and the SDKs' published metadata for the codes
and texts; what is unverified is listed in this folder's README.
"""

from __future__ import annotations

from enum import Enum, auto

from local.cloud.errors import Dialect, Refusal


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
        detail = POP_PARAMETERS.get(self.detail, self.detail) if dialect is Dialect.POP else self.detail
        return Refusal(status, code.format(detail), message.format(detail))


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
        (400, "SignatureDoesNotMatch", "{}"),
        _FC_SIGNATURE,
    ),
    Reason.DATE_FORMAT: (
        (400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
        (403, "AccessDenied", "the date in header {} is not well formatted"),
    ),
    Reason.DATE_STALE: (
        (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
        (403, "AccessDenied", "the date in header {} is more than 15 minutes off"),
    ),
    Reason.NONCE_USED: (
        (400, "SignatureNonceUsed", "Specified signature nonce was used already."),
        (403, "SignatureNonceUsed", "Specified signature nonce was used already."),
    ),
    Reason.TOKEN_MISSING: (
        (400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
        (400, "MissingRequiredHeader", "required HTTP header {} was not specified"),
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
