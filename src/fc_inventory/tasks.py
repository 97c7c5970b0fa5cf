"""What a scan consists of: a session for each target, then its listings page by page; each step is one call.

Retries are steps, too: the SDK's calls are made with a single attempt, and the wait before the next one is the
schedule's, so that no thread sleeps while another account could be asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf

import msgspec

from fc_inventory.backlog import Backlog
from fc_inventory.credentials import Grant, Session, SessionStore
from fc_inventory.errors import CloudError
from fc_inventory.listing import Listing
from fc_inventory.retries import MAX_ATTEMPTS, choose_wait, log_retry
from fc_inventory.schedule import Lane, Task, Then


class Desk(msgspec.Struct, frozen=True):
    """What all targets of a scan share: the sessions, the backlog, and the lanes in which sessions are obtained.

    `first` is for a target's first session, `again` for another one in the middle of its listings, which waits for no
    room in the backlog; `kept` is for targets whose session is there already, so that no call is made.
    """

    sessions: SessionStore
    backlog: Backlog
    first: Lane
    again: Lane
    kept: Lane


class TargetTask:
    """Obtains the session of one target, for all of its listings that wait for one, and again where they need to.

    It *is_begun* once there was a session, or where an earlier part has begun one of the listings.
    """

    def __init__(self, grant: Grant, desk: Desk, account: Lane, *, attempts: int = 0, is_begun: bool = False) -> None:
        self.grant, self.desk, self.account = grant, desk, account
        self.lane = desk.first
        self.attempts, self.is_begun = attempts, is_begun
        self._lock = threading.Lock()
        self._waiting: list[ListingTask] = []
        self._is_asking = False

    def let_wait(self, listing: ListingTask) -> Then:
        """Let *listing* go on when there is a session."""
        is_kept = self.desk.sessions.kept(self.grant) is not None
        if is_kept and self.is_begun:
            return Then(((listing, 0.0),))
        with self._lock:
            self._waiting.append(listing)
            if self._is_asking:
                return Then()
            self._is_asking = True
        self.lane = self.desk.again if self.is_begun else self.desk.kept if is_kept else self.desk.first
        return Then(((self, 0.0),))

    def step(self) -> Then:
        """Ask STS once."""
        try:
            session = self.desk.sessions.obtain(self.grant)
        except CloudError as error:
            self.attempts += error.problem.category != "deadline"
            return _ask_again(self, error, self.attempts) or self._fail(error)
        self.attempts, self.is_begun = 0, True
        listings = self._release()
        for listing in listings:
            listing.session = session
        return Then(tuple((listing, 0.0) for listing in listings))

    def _fail(self, error: CloudError) -> Then:
        for listing in self._release():
            listing.end(error)
        return Then()

    def _release(self) -> list[ListingTask]:
        with self._lock:
            released, self._waiting, self._is_asking = self._waiting, [], False
        return released


class ListingTask:
    """Reads one listing, a page a step. *on_end* is called once, by whatever thread ended it."""

    def __init__(self, listing: Listing, target: TargetTask, on_end: Callable[[], None]) -> None:
        self.listing, self._target, self._on_end = listing, target, on_end
        self.session: Session | None = None  # one that was just obtained for it
        self.lane = self.account = target.account
        self.is_begun = listing.reading.next_token is not None
        self._is_renewed = False
        self._count(listings=int(self.is_begun))

    def step(self) -> Then:
        """Ask for the next page, or for a session where there is none that serves."""
        grant, sessions = self._target.grant, self._target.desk.sessions
        session, self.session = self.session or sessions.kept(grant), None
        if session is None:
            return self._target.let_wait(self)
        try:
            self.listing.read_page(grant, session)
        except CloudError as error:
            return self._recover(error, session)
        reading = self.listing.reading
        self._count(listings=int(not self.is_begun), items=len(reading.pages[-1]))
        self.is_begun, self._is_renewed = True, False
        return self.end() if reading.is_complete else Then(((self, 0.0),))

    def end(self, error: CloudError | None = None) -> Then:
        """End the listing, by *error* where it isn't complete."""
        if error is not None:
            self.listing.note(problem=error.problem)
        self._count(listings=-int(self.is_begun))
        self._on_end()
        return Then()

    def _recover(self, error: CloudError, session: Session) -> Then:
        if error.problem.category == "session_rejected" and not self._is_renewed:
            self._is_renewed = True
            self._target.desk.sessions.discard(self._target.grant, session)
            return Then(((self, 0.0),))
        attempts = self.listing.reading.attempts + (error.problem.category != "deadline")
        self.listing.note(attempts=attempts)
        return _ask_again(self, error, attempts) or self.end(error)

    def _count(self, *, listings: int, items: int = 0) -> None:
        self._target.desk.backlog.change(listings=listings, items=items)


def _ask_again(task: Task, error: CloudError, attempts: int) -> Then | None:
    """Return when *task* tries again after so many failures in a row, None where its last error is final.

    Where the time ran out it does not try again, and has not ended either.
    """
    if error.problem.category == "deadline":
        return Then()
    is_throttled = error.problem.category == "throttled"
    if not error.retryable or attempts >= MAX_ATTEMPTS:
        return None
    log_retry(error)
    return Then(((task, choose_wait(error, attempts, inf)),), is_throttled, error.retry_after_seconds or 0.0)
