"""From a claim to a caller: the key, its token, the clock, the signature and the nonce are checked, in this order."""

from __future__ import annotations

import hmac
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from local.cloud.signatures import Claim
from local.cloud.unauthentic import Reason, Unauthentic
from local.cloud.world import Caller, Session, World

CLOCK_SKEW = timedelta(minutes=15)
_TOKEN = re.compile(r"CAIS[A-Za-z0-9_-]{100,}")


@dataclass
class UsedNonces:
    """The nonces of the last 30 minutes, by access key; older ones can't come back, since their date is refused."""

    _seen: set[tuple[str, str]] = field(default_factory=set)
    _order: deque[tuple[datetime, tuple[str, str]]] = field(default_factory=deque)

    def use(self, access_key_id: str, nonce: str, now: datetime) -> None:
        """Remember the nonce; raises Unauthentic where it was used already."""
        while self._order and self._order[0][0] < now - 2 * CLOCK_SKEW:
            self._seen.discard(self._order.popleft()[1])
        if (access_key_id, nonce) in self._seen:
            raise Unauthentic(Reason.NONCE_USED)
        self._seen.add((access_key_id, nonce))
        self._order.append((now, (access_key_id, nonce)))


def authenticate(world: World, claim: Claim, nonces: UsedNonces, now: datetime) -> Caller:
    """Return who sent the request with *claim*; raises Unauthentic."""
    session = world.sessions.get(claim.access_key_id)
    secret, caller = _session_key(session, claim) if session else _long_lived_key(world, claim)
    check_time(claim, now)
    claim.check(secret)
    if claim.nonce:
        nonces.use(claim.access_key_id, claim.nonce, now)
    if session and now >= session.expires:
        raise Unauthentic(Reason.TOKEN_EXPIRED)
    return caller


def _session_key(session: Session, claim: Claim) -> tuple[str, Caller]:
    if not session.role_exists:
        raise Unauthentic(Reason.UNKNOWN_KEY, claim.access_key_id)
    if not claim.security_token:
        raise Unauthentic(Reason.TOKEN_MISSING, claim.token_name)
    if not _TOKEN.fullmatch(claim.security_token):
        raise Unauthentic(Reason.TOKEN_MALFORMED)
    if not hmac.compare_digest(session.token, claim.security_token):
        raise Unauthentic(Reason.TOKEN_MISMATCH)
    return session.secret, Caller(session.account, session.role, session)


def _long_lived_key(world: World, claim: Claim) -> tuple[str, Caller]:
    found = world.find_key(claim.access_key_id)
    if found is None:
        raise Unauthentic(Reason.UNKNOWN_KEY, claim.access_key_id)
    key, caller = found
    if not key.active:
        raise Unauthentic(Reason.INACTIVE_KEY, claim.access_key_id)
    if claim.security_token:
        raise Unauthentic(Reason.TOKEN_MISMATCH)
    return key.secret, caller


def check_time(claim: Claim, now: datetime) -> None:
    """Raise Unauthentic where *claim* has no date that can be read, or one too far from *now*."""
    if claim.sent is None:
        raise Unauthentic(Reason.DATE_FORMAT, claim.date_name)
    if abs(now - claim.sent) > CLOCK_SKEW:
        raise Unauthentic(Reason.DATE_STALE, claim.date_name)
