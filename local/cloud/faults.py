"""The faults in force, in the order in which they were added, and which of them is due."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from local.cloud.fault import Fault


@dataclass(frozen=True)
class Scope:
    """What faults are matched against: one call.

    `session_key_id` is "" for callers without a session; `seconds` is the cloud's time.
    """

    action: str
    account_id: str
    fc_version: str
    session_key_id: str = ""
    seconds: float = 0.0


@dataclass
class Allowance:
    """What a rate leaves over: a second's worth at most, at least one call."""

    per_second: float
    left: float
    seconds: float

    def take(self, seconds: float) -> bool:
        """Take one call at the time *seconds*; False where none is left."""
        most = max(1.0, self.per_second)
        self.left = min(most, self.left + max(0.0, seconds - self.seconds) * self.per_second)
        self.seconds = seconds
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass
class ForceOfFault:
    """A fault in force: how many matching calls it has `seen`, and how many of them it has `hit`."""

    fault_id: str
    fault: Fault
    seen: int = 0
    hit: int = 0
    _allowances: dict[tuple[str, str], Allowance] = field(default_factory=dict)
    _calls_of_sessions: Counter[str] = field(default_factory=Counter)

    def strikes(self, scope: Scope) -> bool:
        """Count the call if it matches; tell whether it is hit."""
        if not _matches(self.fault, scope):
            return False
        self.seen += 1
        used_up = self.fault.times is not None and self.hit >= self.fault.times
        if self.seen <= self.fault.after or used_up or not self._is_due(scope):
            return False
        self.hit += 1
        return True

    def _is_due(self, scope: Scope) -> bool:
        return self._is_over_rate(scope) and self._is_over_calls(scope)

    def _is_over_rate(self, scope: Scope) -> bool:
        rate = self.fault.calls_per_second
        if rate is None:
            return True
        fresh = Allowance(rate, max(1.0, rate), scope.seconds)
        return not self._allowances.setdefault((scope.account_id, scope.action), fresh).take(scope.seconds)

    def _is_over_calls(self, scope: Scope) -> bool:
        allowed = self.fault.expire_token_after_calls
        if allowed is None:
            return True
        self._calls_of_sessions[scope.session_key_id] += 1
        return bool(scope.session_key_id) and self._calls_of_sessions[scope.session_key_id] > allowed


class Faults:
    """The faults in force."""

    def __init__(self) -> None:
        self._forces: dict[str, ForceOfFault] = {}
        self._numbers = itertools.count(1)

    def __iter__(self) -> Iterator[ForceOfFault]:
        return iter(list(self._forces.values()))

    def add(self, fault: Fault) -> str:
        """Put *fault* into force, behind those already there; return the id by which it can be removed."""
        fault_id = str(next(self._numbers))
        self._forces[fault_id] = ForceOfFault(fault_id, fault)
        return fault_id

    def find(self, fault_id: str) -> ForceOfFault | None:
        """Return the fault in force that *fault_id* names, or None."""
        return self._forces.get(fault_id)

    def remove(self, fault_id: str) -> None:
        """Put one fault out of force; raises KeyError for an unknown id."""
        del self._forces[fault_id]

    def begin(self, faults: Iterable[Fault]) -> None:
        """Put *faults* into force, and none else."""
        self.clear()
        for fault in faults:
            self.add(fault)

    def clear(self) -> None:
        """Put all faults out of force."""
        self._forces.clear()

    def strike(self, scope: Scope) -> Fault | None:
        """Return the fault that hits a call of *scope*, and count the call; None where the call goes well."""
        if not self._forces:
            return None
        return next((force.fault for force in self if force.strikes(scope)), None)


def _matches(fault: Fault, scope: Scope) -> bool:
    return all(
        wanted is None or wanted == found
        for wanted, found in (
            (fault.action, scope.action),
            (fault.account_id, scope.account_id),
            (fault.fc_version, scope.fc_version),
        )
    )
