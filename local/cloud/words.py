"""What each service says of a request that doesn't prove who sent it: status, code, message.

Sources: https://www.alibabacloud.com/help/en/functioncompute/error-codes,
https://www.alibabacloud.com/help/en/oss/user-guide/http-status-code-403 and the SDKs' published metadata; what is
unverified, Function Compute's words for dates, nonces and tokens above all, is listed in local/README.md.
"""

from __future__ import annotations

from local.cloud.reasons import Reason

Words = tuple[int, str, str]

# The gateway's names for what ACS3 carries in headers.
POP_PARAMETERS = {
    "Authorization": "AccessKeyId",
    "x-acs-date": "Timestamp",
    "x-acs-signature-nonce": "SignatureNonce",
    "x-acs-version": "Version",
    "x-acs-action": "Action",
}

# The gateway before STS and RAM.
POP_WORDS: dict[Reason, Words] = {
    Reason.MISSING: (400, "Missing{}", "{} is mandatory for this action."),
    Reason.INCOMPLETE: (400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."),
    Reason.ALGORITHM: (400, "InvalidSignatureMethod", "Specified signature method is not valid."),
    Reason.VERSION: (400, "InvalidSignatureVersion", "Specified parameter SignatureVersion is not valid."),
    Reason.UNKNOWN_KEY: (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    Reason.INACTIVE_KEY: (400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
    Reason.SIGNATURE: (400, "SignatureDoesNotMatch", "{}"),
    Reason.BODY_DIGEST: (400, "SignatureDoesNotMatch", "Specified signature does not match our calculation."),
    Reason.DATE_FORMAT: (
        400,
        "InvalidTimeStamp.Format",
        "Specified time stamp or date value is not well formatted.",
    ),
    Reason.DATE_STALE: (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    Reason.NONCE_USED: (400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    Reason.TOKEN_MISSING: (400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
    Reason.TOKEN_MALFORMED: (400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
    Reason.TOKEN_MISMATCH: (
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccessKey.",
    ),
    Reason.TOKEN_EXPIRED: (400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
}

_FC_SIGNATURE: Words = (
    403,
    "SignatureNotMatch",
    (
        "The request signature we calculated does not match the signature you provided. "
        "Check your access key and signing method"
    ),
)

FC_WORDS: dict[Reason, Words] = {
    Reason.MISSING: (400, "MissingRequiredHeader", "required HTTP header {} was not specified"),
    Reason.INCOMPLETE: _FC_SIGNATURE,
    Reason.ALGORITHM: _FC_SIGNATURE,
    Reason.VERSION: _FC_SIGNATURE,
    Reason.UNKNOWN_KEY: (403, "InvalidAccessKeyID", "invalid access key ID '{}'"),
    Reason.INACTIVE_KEY: (403, "InvalidAccessKeyID", "invalid access key ID '{}'"),
    Reason.SIGNATURE: _FC_SIGNATURE,
    Reason.BODY_DIGEST: _FC_SIGNATURE,
    Reason.DATE_FORMAT: (403, "AccessDenied", "the date in header {} is not well formatted"),
    Reason.DATE_STALE: (403, "AccessDenied", "the date in header {} is more than 15 minutes off"),
    Reason.NONCE_USED: (403, "SignatureNonceUsed", "Specified signature nonce was used already."),
    Reason.TOKEN_MISSING: (400, "MissingRequiredHeader", "required HTTP header {} was not specified"),
    Reason.TOKEN_MALFORMED: (403, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
    Reason.TOKEN_MISMATCH: (
        403,
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccessKey.",
    ),
    Reason.TOKEN_EXPIRED: (403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
}

_OSS_KEY: Words = (403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
_OSS_TOKEN: Words = (403, "InvalidSecurityToken", "The security token you provided is invalid.")

OSS_WORDS: dict[Reason, Words] = {
    Reason.MISSING: (403, "AccessDenied", "OSS authentication requires a valid {}."),
    Reason.INCOMPLETE: (400, "InvalidArgument", "Authorization header is invalid."),
    Reason.ALGORITHM: (400, "InvalidArgument", "Unsupported authorization type."),
    Reason.VERSION: (400, "InvalidArgument", "Unsupported authorization type."),
    Reason.UNKNOWN_KEY: _OSS_KEY,
    Reason.INACTIVE_KEY: (403, "InvalidAccessKeyId", "The OSS Access Key Id you provided is disabled."),
    Reason.SIGNATURE: (
        403,
        "SignatureDoesNotMatch",
        (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        ),
    ),
    Reason.BODY_DIGEST: (400, "InvalidDigest", "The Content-MD5 you specified is invalid."),
    Reason.DATE_FORMAT: (403, "AccessDenied", "OSS authentication requires a valid Date."),
    Reason.DATE_STALE: (
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    # OSS knows no nonces; a session's key without its token is unknown to it.
    Reason.NONCE_USED: _OSS_TOKEN,
    Reason.TOKEN_MISSING: _OSS_KEY,
    Reason.TOKEN_MALFORMED: _OSS_TOKEN,
    Reason.TOKEN_MISMATCH: _OSS_TOKEN,
    Reason.TOKEN_EXPIRED: (403, "SecurityTokenExpired", "The security token you provided has expired."),
}
