"""How calls are made for a target: a session that all of its tasks share, and another attempt where one may help.

Retries are steps, too: the SDK's calls are made with a single attempt, and the wait before the next one is the
schedule's, so that no thread sleeps while another account could be asked.
"""

from __future__ import annotations

import threading
from math import inf
from typing import Protocol

import msgspec

from fc_inventory.backlog import Backlog
from fc_inventory.credentials import Session, SessionStore
from fc_inventory.errors import CloudError
from fc_inventory.grants import Grant
from fc_inventory.retries import MAX_ATTEMPTS, choose_wait, log_retry
from fc_inventory.schedule import Lane, Task, Then


class Waiting(Task, Protocol):
    """A task that can't go on without a session."""

    session: Session | None

    def end(self, error: CloudError) -> Then:
        """End it: there is none, because of *error*."""


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
    """Obtains the session of one target, for all of its tasks that wait for one, and again where they need to.

    It *is_begun* once there was a session, or where an earlier part has begun one of the listings.
    """

    def __init__(self, grant: Grant, desk: Desk, account: Lane, *, attempts: int = 0, is_begun: bool = False) -> None:
        self.grant, self.desk, self.account = grant, desk, account
        self.lane = desk.first
        self.attempts, self.is_begun = attempts, is_begun
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self._is_asking = False

    def let_wait(self, task: Waiting) -> Then:
        """Let *task* go on when there is a session."""
        is_kept = self.desk.sessions.kept(self.grant) is not None
        if is_kept and self.is_begun:
            return Then(((task, 0.0),))
        with self._lock:
            self._waiting.append(task)
            if self._is_asking:
                return Then()
            self._is_asking = True
        self.lane = self.desk.again if self.is_begun else self.desk.kept if is_kept else self.desk.first
        return Then(((self, 0.0),))

    def step(self) -> Then:
        """Ask STS once."""
        self.attempts += 1  # where the time runs out meanwhile, it has failed
        try:
            session = self.desk.sessions.obtain(self.grant)
        except CloudError as error:
            self.attempts -= error.problem.category == "deadline"
            return ask_again(self, error, self.attempts) or self._fail(error)
        self.attempts, self.is_begun = 0, True
        tasks = self._release()
        for task in tasks:
            task.session = session
        return Then(tuple((task, 0.0) for task in tasks))

    def _fail(self, error: CloudError) -> Then:
        ends = [task.end(error) for task in self._release()]
        return Then(tuple(following for then in ends for following in then.tasks))

    def _release(self) -> list[Waiting]:
        with self._lock:
            released, self._waiting, self._is_asking = self._waiting, [], False
        return released


class SessionUse:
    """The session with which one task calls, and whether it was renewed since the last call that went well."""

    def __init__(self, target: TargetTask) -> None:
        self._target = target
        self._is_renewed = False

    def take(self, obtained: Session | None) -> Session | None:
        """Return the session to call with: the one just *obtained*, or a kept one; None where none serves."""
        return obtained or self._target.desk.sessions.kept(self._target.grant)

    def succeed(self) -> None:
        """Note that a call went well."""
        self._is_renewed = False

    def recover(self, task: Task, error: CloudError, session: Session) -> Then | None:
        """Return what follows where *session* was refused for the first time in a row: *task*, with a new one."""
        if error.problem.category != "session_rejected" or self._is_renewed:
            return None
        self._is_renewed = True
        self._target.desk.sessions.discard(self._target.grant, session)
        return Then(((task, 0.0),))


def ask_again(task: Task, error: CloudError, attempts: int) -> Then | None:
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
