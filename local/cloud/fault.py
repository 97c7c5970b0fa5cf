"""Faults on demand: what can be made to go wrong, and for which calls. One shape for Python, HTTP and world files.

- `cloud.faults.add(Fault(action="ListServices", times=2, status=503, body=b"<html>Busy</html>"))`
- `POST /_local/faults {"action": "ListServices", "times": 2, "status": 503, "body": "<html>Busy</html>"}`
- `faults: [{action: ListServices, times: 2, status: 503, body: "<html>Busy</html>"}]`
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from local.cloud.decoding import Decoder

Seconds = Annotated[float, Meta(ge=0, le=3600)]
Count = Annotated[int, Meta(ge=0)]
Header = Annotated[str, Meta(pattern=r"^[\x20-\x7e]*\Z")]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+\Z")]
_NO_BODY = (204, 304)
_HTML = {"content-type": "text/html"}


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong, for which calls. Effects can be combined; at least one is needed.

    A fault hits only calls that are signed correctly, and at most one fault hits a call: the first in force that is
    due. Raises ValueError for combinations that mean nothing.
    """

    action: str | None = None
    """Scope: the name of an API action; None means any, as below."""
    account_id: Annotated[str, Meta(pattern=r"^[0-9]{16}\Z")] | None = None
    """Scope: whose things are asked for: the account of the caller, in AssumeRole that of the role."""
    fc_version: Literal["v2", "v3"] | None = None
    """Scope: the query parameter `fcVersion` of ListFunctions (2023-03-30)."""
    after: Count = 0
    """The first so many matching calls are spared."""
    times: Count | None = None
    """Then so many calls are hit, None meaning all that follow."""

    calls_per_second: Annotated[float, Meta(gt=0)] | None = None
    """Hit only calls beyond this rate, counted for each account and action; a second's worth may come at once.

    Without `status` or `reset` they get the product's own answer to too many calls.
    """
    expire_token_after_calls: Count | None = None
    """Each session may make so many matching calls; at the next one it ends, as by `expire_token`."""

    delay_seconds: Seconds = 0.0
    """Wait this long before the answer."""
    delay_seconds_max: Seconds | None = None
    """Wait somewhere between `delay_seconds` and this long, at random."""
    reset: bool = False
    """Drop the connection (RST) without an answer."""
    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    """Answer with this status, `headers` and `body` instead of carrying the call out."""
    body: bytes = b""
    headers: dict[HeaderName, Header] = msgspec.field(default_factory=lambda: dict(_HTML))
    code: str | None = None
    """Answer `status` with this error code and `message` in the JSON of the API that was called, instead of `body`."""
    message: str = ""
    location: Header | None = None
    """Where a redirect (`status` 302 or 307) leads."""
    truncate: bool = False
    """Send only half of the body that `content-length` promises, then close the connection."""
    bytes_per_second: Annotated[int, Meta(ge=1)] | None = None
    """Send the body no faster than this."""
    repeat_next_token: bool = False
    """Give the `nextToken` that the call came with once more. A first page is answered as usual."""
    expire_token: bool = False
    """End the caller's session before the call is looked at: it is refused, and so is every later one."""
    clock_skew_seconds: Annotated[float, Meta(ge=-1e9, le=1e9)] = 0.0
    """The cloud's clock is ahead by this much (behind where negative); beyond 900 the signature is refused as stale."""

    def __post_init__(self) -> None:
        """Refuse what means nothing; the texts go on behind "expected"."""
        if not any(getattr(self, name) not in (None, False, 0) for name in EFFECTS):
            raise ValueError(f"at least one effect: {', '.join(EFFECTS)}")
        if self.status is None and (self.body or self.code or self.location or self.headers != _HTML):
            raise ValueError("a status beside body, headers, code and location")
        if self.status in _NO_BODY and (self.body or self.code):
            raise ValueError("no body with status 204 or 304")
        if self.delay_seconds_max is not None and self.delay_seconds_max < self.delay_seconds:
            raise ValueError("delay_seconds_max not below delay_seconds")

    @property
    def is_throttling(self) -> bool:
        """Whether it answers as the product does to too many calls."""
        return self.calls_per_second is not None and self.status is None and not self.reset

    @property
    def ends_session(self) -> bool:
        """Whether the session of the call that is hit ends."""
        return self.expire_token or self.expire_token_after_calls is not None


_FAULT = Decoder(Fault)


EFFECTS = (
    "calls_per_second",
    "expire_token_after_calls",
    "delay_seconds",
    "delay_seconds_max",
    "reset",
    "status",
    "truncate",
    "bytes_per_second",
    "repeat_next_token",
    "expire_token",
    "clock_skew_seconds",
)


def plain_body(data: object) -> object:
    """Return *data*, a fault as JSON or YAML has it, with its `body` as the bytes of that text."""
    if isinstance(data, dict) and isinstance(data.get("body"), str):
        return {**data, "body": data["body"].encode(errors="surrogatepass")}
    return data


def read_fault(text: bytes) -> Fault:
    """Return the fault in the JSON *text*; raises msgspec.DecodeError, which says where and what is expected."""
    return _FAULT.convert(plain_body(msgspec.json.decode(text)))


def describe_fault(fault: Fault) -> dict[str, Any]:
    """Return *fault* as JSON has it, what is left at its default left out."""
    described: dict[str, Any] = msgspec.to_builtins(fault)
    if fault.body:
        described["body"] = fault.body.decode(errors="replace")
    if fault.headers == _HTML:
        del described["headers"]
    return described
