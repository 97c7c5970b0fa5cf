"""One authenticated call of one API action, as the modules of the products see it, and what they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from local.cloud.clock import to_wire
from local.cloud.functions.platform import Platform
from local.cloud.http_request import HttpRequest
from local.cloud.world import Account, Caller, World


def condition_keys(now: datetime, client_ip: str) -> dict[str, str]:
    """Return the condition keys that every request has.

    The loopback connection stands for the TLS one of the real services, which refuse plain HTTP, so
    `acs:SecureTransport` is true.
    """
    return {
        "acs:CurrentTime": to_wire(now),
        "acs:SourceIp": client_ip,
        "acs:SecureTransport": "true",
        "acs:MFAPresent": "false",
    }


@dataclass(frozen=True)
class Call:
    """`account` owns what is asked for.

    `names` are the variable segments of the path, `parameters` those of query and form. `request` is what came, for
    actions that read headers or a body of their own. `platform` runs functions.
    """

    world: World
    caller: Caller
    account: Account
    region: str
    names: Mapping[str, str]
    parameters: Mapping[str, str]
    now: datetime
    client_ip: str
    request_id: str
    request: HttpRequest = field(repr=False)
    platform: Platform = field(repr=False)

    def context(self) -> dict[str, str]:
        """Return the condition keys that every request has."""
        return condition_keys(self.now, self.client_ip)


Document = dict[str, Any]
"""A JSON body."""


@dataclass(frozen=True)
class Reply:
    """What an action answers where a JSON body with status 200 doesn't say it all.

    Bytes are sent as they are, with the content type that `headers` give.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: Document | bytes = field(default=b"", repr=False)


Act = Callable[[Call], Document | Reply | Awaitable[Document | Reply]]
"""What carries a call out: returns the answer, or something to await for it where it takes time; raises Refusal."""
