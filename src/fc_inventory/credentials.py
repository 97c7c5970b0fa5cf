"""Sessions in the customers' accounts: kept between invocations, renewed one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import datetime

import msgspec

from fc_inventory import logs, regions, sdk
from fc_inventory.calls import Call, RoleRequest
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import CloudError
from fc_inventory.grants import Grant
from fc_inventory.settings import Keys

RENEW_BEFORE_SECONDS = 300.0  # a session with less life than this is renewed while it still serves …
USABLE_BEFORE_SECONDS = 15.0  # … and with less than this it no longer serves: it could expire under way
RETRY_RENEWAL_AFTER_SECONDS = 30.0
LEAST_SLOTS = 64  # so many are not looked through for what serves nobody any more


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of an assumed role, valid until `expires_at` (seconds of the Unix clock)."""

    keys: Keys
    role_session_name: str
    expires_at: float


class _Slot(msgspec.Struct):
    session: Session | None = None
    renewal: Future[Session] | None = None
    renew_not_before: float = 0.0


class SessionStore:
    """The sessions of one function instance. Safe for many threads; *now* is the Unix clock."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._slots: dict[tuple[object, ...], _Slot] = {}
        self._most_slots = LEAST_SLOTS

    def obtain(self, grant: Grant) -> Session:
        """Return a session that can be used now.

        Where one must be asked for, the first thread asks and the others wait for its answer; where the kept one is
        only near its end, the others go on with it, and so does everybody if the renewal fails. Raises CloudError.
        """
        with self._lock:
            slot = self._slots.setdefault(grant.key, _Slot())
            kept = slot.session if self._lives(slot.session, USABLE_BEFORE_SECONDS) else None
            if kept and (slot.renewal or not self._due(slot)):
                return kept
            renewal, is_mine = slot.renewal or Future[Session](), slot.renewal is None
            slot.renewal = renewal
        if not is_mine:
            return _await(renewal, grant)
        return self._renew(grant, slot, renewal, kept)

    def kept(self, grant: Grant) -> Session | None:
        """Return a session that can be used without asking for one: it needs no renewal, or somebody is at it."""
        with self._lock:
            slot = self._slots.get(grant.key)
            if slot is None or not self._lives(slot.session, USABLE_BEFORE_SECONDS):
                return None
            return slot.session if slot.renewal or not self._due(slot) else None

    def discard(self, grant: Grant, session: Session) -> None:
        """Forget *session*, which the cloud has refused, unless it has been replaced meanwhile."""
        with self._lock:
            slot = self._slots.get(grant.key)
            if slot and slot.session is session:
                slot.session = None

    def _lives(self, session: Session | None, seconds: float) -> bool:
        return session is not None and session.expires_at - self._now() > seconds

    def _due(self, slot: _Slot) -> bool:
        return not self._lives(slot.session, RENEW_BEFORE_SECONDS) and self._now() >= slot.renew_not_before

    def _renew(self, grant: Grant, slot: _Slot, renewal: Future[Session], kept: Session | None) -> Session:
        try:
            session = self._assume_or_keep(grant, slot, kept)
            with self._lock:
                slot.session = session
            renewal.set_result(session)
        except CloudError as error:
            renewal.set_exception(error)
            raise
        else:
            return session
        finally:
            renewal.cancel()  # no effect on a finished one; after a bug it lets the waiting threads go
            with self._lock:
                slot.renewal = None
                self._drop_useless()

    def _assume_or_keep(self, grant: Grant, slot: _Slot, kept: Session | None) -> Session:
        try:
            return _assume(grant)
        except CloudError as error:
            if kept is None:
                raise
            problem = error.problem
            logs.warning(
                "session_renewal_failed", target=grant.target.name, category=problem.category, code=problem.code
            )
            slot.renew_not_before = self._now() + RETRY_RENEWAL_AFTER_SECONDS
            return kept

    def _drop_useless(self) -> None:
        """Forget what serves nobody any more, so that a long-lived instance does not collect it.

        All are looked through only where there are twice as many as there were left the last time.
        """
        if len(self._slots) <= self._most_slots:
            return
        for key, slot in tuple(self._slots.items()):
            if not slot.renewal and not self._lives(slot.session, 0.0):
                del self._slots[key]
        self._most_slots = max(LEAST_SLOTS, 2 * len(self._slots))


def _assume(grant: Grant) -> Session:
    role_arn = grant.target.role_arn
    if grant.caller is None:
        raise local_problem(
            "no_credentials",
            operation="AssumeRole",
            role_arn=role_arn,
            message="the runtime gave this function no complete set of keys",
        )
    call = Call(
        operation="AssumeRole",
        host=regions.sts_host(grant.region),
        keys=grant.caller,
        role_arn=role_arn,
        line=grant.line,
    )
    request = RoleRequest(
        role_arn=role_arn,
        role_session_name=grant.role_session_name,
        policy=grant.policy,
        duration_seconds=grant.target.duration_seconds,
        external_id=grant.target.external_id,
    )
    assumed = sdk.assume_role(call, request)
    expires_at = unix_time(assumed.expiration)
    if expires_at is None:
        raise local_problem(
            "malformed_answer", operation="AssumeRole", role_arn=role_arn, message="Expiration is not a time"
        )
    logs.info(
        "session_assumed",
        target=grant.target.name,
        role_session_name=grant.role_session_name,
        expiration=assumed.expiration,
    )
    return Session(keys=assumed.keys, role_session_name=grant.role_session_name, expires_at=expires_at)


def unix_time(expiration: str) -> float | None:
    """Return the Unix time that *expiration*, as on the wire, names; None where it names none."""
    if not expiration.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(f"{expiration[:-1]}+00:00").timestamp()
    except ValueError:
        return None


def _await(renewal: Future[Session], grant: Grant) -> Session:
    try:
        return renewal.result(timeout=grant.line.budget.remaining_seconds)
    except FutureTimeoutError:
        raise local_problem(
            "deadline",
            operation="AssumeRole",
            role_arn=grant.target.role_arn,
            message="the time ran out while another thread assumed the role",
        ) from None
