"""Faults on demand: what a test orders to go wrong, and for which calls.

    cloud.faults.add(Fault(action="ListServices", times=2, status=503, body=b"<html>Busy</html>"))
    cloud.faults.add(Fault(action="ListFunctions", account_id="1234567890123456", after=1, expire_token=True))

A fault hits only calls that are signed correctly, and at most one fault hits a call: the first that was added and still
has times left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """What goes wrong, for which calls. Effects can be combined; `delay_seconds` comes first.

    Scope: `action` is an API action's name. `account_id` is the account whose things are asked for: that of the host or
    the caller in Function Compute, that of the role in AssumeRole. `fc_version` is the query parameter `fcVersion` of
    ListFunctions (2023-03-30). None means any. The first `after` matching calls are spared; then `times` calls are hit,
    None meaning all that follow.
    """

    action: str | None = None
    account_id: str | None = None
    fc_version: Literal["v2", "v3"] | None = None
    after: int = 0
    times: int | None = None

    delay_seconds: float = 0.0
    """Wait this long before anything else."""
    reset: bool = False
    """Drop the connection (RST) without an answer."""
    status: int | None = None
    """Answer with this status, `headers` and `body` instead of carrying the call out.

    A redirect is 302 or 307 with `location`.
    """
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"content-type": "text/html"}))
    location: str | None = None
    truncate: bool = False
    """Send only half of the body that `content-length` promises, then close the connection."""
    repeat_next_token: bool = False
    """Give the `nextToken` that the call came with once more. A first page is answered as usual."""
    expire_token: bool = False
    """End the caller's session before the call is looked at: it is refused, and so is every later one."""


@dataclass(frozen=True)
class Scope:
    """What faults are matched against."""

    action: str
    account_id: str
    fc_version: str


class Faults:
    """The faults in force, each with the number of matching calls that it has seen."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, list[Scope]]] = []

    def add(self, fault: Fault) -> None:
        """Put *fault* into force, behind those already there."""
        self._faults.append((fault, []))

    def clear(self) -> None:
        """Put all faults out of force."""
        self._faults.clear()

    def strike(self, scope: Scope) -> Fault | None:
        """Return the fault that hits a call of *scope*, and count the call; None where the call goes well."""
        for fault, seen in self._faults:
            if not _matches(fault, scope):
                continue
            seen.append(scope)
            hits = len(seen) - fault.after
            if hits > 0 and (fault.times is None or hits <= fault.times):
                return fault
        return None


def _matches(fault: Fault, scope: Scope) -> bool:
    return all(
        wanted is None or wanted == found
        for wanted, found in (
            (fault.action, scope.action),
            (fault.account_id, scope.account_id),
            (fault.fc_version, scope.fc_version),
        )
    )
