"""What a fault does to a call before it is carried out, and to its answer."""

from __future__ import annotations

from collections.abc import Mapping

from local.cloud.authentication import check_time
from local.cloud.calls import Call, Reply
from local.cloud.errors import Dialect, Refusal
from local.cloud.fault import Fault
from local.cloud.signatures import Claim
from local.cloud.unauthentic import Reason, Unauthentic

# RAM and STS: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-errorcodes knows code and
# text; that the status is 400 and not 429 is unverified. Function Compute publishes 429 ResourceExhausted without a
# text, and for calls of its API it is unverified; so is OSS's.
_THROTTLED = {
    Dialect.POP: (400, "Throttling.User", "Request was denied due to user flow control."),
    Dialect.OSS: (503, "ServiceUnavailable", "Please reduce your request rate."),
}
_THROTTLED_BY_FC = (429, "ResourceExhausted", "Too many requests: the rate limit of the account is exceeded.")


def replace_answer(
    fault: Fault, call: Call, claim: Claim, dialect: Dialect
) -> tuple[int, Mapping[str, str], bytes] | None:
    """Return what *fault* answers instead of carrying *call* out, None where the call is carried out.

    Status, headers, body; status 0 stands for a connection that is dropped. Raises Refusal where the fault is one in
    the product's own words.
    """
    try:
        _doubt(fault, call, claim)
    except Unauthentic as error:
        raise error.refusal(dialect) from error
    if fault.is_throttling:
        raise Refusal(*_THROTTLED.get(dialect, _THROTTLED_BY_FC))
    if fault.reset:
        return 0, {}, b""
    if fault.status is None:
        return None
    if fault.code:
        raise Refusal(fault.status, fault.code, fault.message)
    location = {"location": fault.location} if fault.location else {}
    return fault.status, {**fault.headers, **location}, fault.body


def _doubt(fault: Fault, call: Call, claim: Claim) -> None:
    """Raise Unauthentic where the clock is off by too much, or the session ends."""
    check_time(claim, call.now)
    session = call.caller.session
    if session and fault.ends_session:
        session.expires = call.now
    if session and call.now >= session.expires:
        raise Unauthentic(Reason.TOKEN_EXPIRED)


def repeat_token(reply: Reply, call: Call) -> None:
    """Put the page token that *call* came with into *reply*, where there was one."""
    for name in ("nextToken", "Marker"):
        if call.parameters.get(name) and isinstance(reply.body, dict):
            reply.body[name] = call.parameters[name]
            if name == "Marker":
                reply.body["IsTruncated"] = True
