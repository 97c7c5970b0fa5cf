"""One authenticated call of one API action, as the modules of the products see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.cloud.clock import to_wire
from local.cloud.world import Account, Caller, World


@dataclass(frozen=True)
class Call:
    """`account` owns what is asked for.

    `names` are the variable segments of the path, `parameters` those of query and form.
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

    def context(self) -> dict[str, str]:
        """Return the condition keys that every request has.

        The loopback connection stands for the TLS one of the real services, which refuse plain HTTP, so
        `acs:SecureTransport` is true.
        """
        return {
            "acs:CurrentTime": to_wire(self.now),
            "acs:SourceIp": self.client_ip,
            "acs:SecureTransport": "true",
            "acs:MFAPresent": "false",
        }


Act = Callable[[Call], dict[str, Any]]
"""What carries a call out: returns the answer's body, raises Refusal."""
