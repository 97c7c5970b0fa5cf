"""The triggers of the functions of one page: asked for by a few tasks at once, before the page counts as read.

So a listing that a deadline cuts goes on with whole pages, functions and triggers, and the triggers are as complete as
the functions are. Triggers that can't be listed never stop the functions: those are then kept without.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

import msgspec

from fc_inventory.asking import SessionUse, TargetTask, ask_again
from fc_inventory.credentials import Session
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import CloudError, Problem
from fc_inventory.listing import FetchedPage, Function
from fc_inventory.schedule import Then
from fc_inventory.triggers import Owner, Trigger, fetch_triggers

MOST_AT_ONCE = 8  # for one listing; an account's lane bounds all of its calls together
NOT_FOUND = 404  # the function went away since it was listed


class Keep(Protocol):
    """What is done with a page whose triggers were asked for."""

    def __call__(self, page: FetchedPage, problem: Problem | None = None, *, is_final: bool = False) -> Then:
        """Keep *page*."""


class TriggersOfPage:
    """One page whose triggers are being asked for, by tasks in several threads; the last one calls *keep*."""

    def __init__(self, page: FetchedPage, target: TargetTask, region: str, keep: Keep) -> None:
        self.target, self._region, self._keep = target, region, keep
        self._page = page
        self._lock = threading.Lock()
        functions = [(index, item) for index, item in enumerate(page.items) if isinstance(item, Function)]
        self._left = deque((index, one) for index, one in functions if one.fc_version == "v3" or one.service_name)
        self._found: dict[int, tuple[Trigger, ...]] = {}
        self._problem = self._unaskable(len(functions) - len(self._left))
        self._is_final = False
        self._tasks = min(MOST_AT_ONCE, len(self._left))

    def begin(self) -> Then:
        """Return the tasks that ask."""
        return Then(tuple((TriggerTask(self), 0.0) for _ in range(self._tasks))) if self._tasks else self._end()

    def take(self) -> tuple[int, Owner] | None:
        """Return the next function and its index, None where there is none left."""
        with self._lock:
            if not self._left:
                return None
            index, function = self._left.popleft()
        owner = Owner(region=self._region, function_name=function.function_name, service_name=function.service_name)
        return index, owner

    def note(self, index: int, triggers: tuple[Trigger, ...]) -> None:
        """Keep all triggers of the function at *index*."""
        with self._lock:
            self._found[index] = triggers

    def fail(self, problem: Problem) -> None:
        """Leave the triggers of one function unknown, and, unless it just went away, those of all that are left."""
        with self._lock:
            self._problem = self._problem or problem
            if problem.http_status != NOT_FOUND:
                self._left.clear()
                self._is_final = True

    def leave(self) -> Then:
        """Note that a task has no more to do."""
        with self._lock:
            self._tasks -= 1
            is_last = not self._tasks
        return self._end() if is_last else Then()

    def _end(self) -> Then:
        items = list(self._page.items)
        for index, triggers in self._found.items():
            items[index] = msgspec.structs.replace(items[index], triggers=triggers)
        page = msgspec.structs.replace(self._page, items=tuple(items))
        return self._keep(page, self._problem, is_final=self._is_final)

    def _unaskable(self, count: int) -> Problem | None:
        if not count:
            return None
        message = f"{count} functions of FC 2.0 name no service, without which nobody can ask for their triggers"
        role_arn = self.target.grant.target.role_arn
        return local_problem("malformed_answer", operation="ListTriggers", role_arn=role_arn, message=message).problem


class TriggerTask:
    """Asks for the triggers of one function after the other, a page a step."""

    def __init__(self, page: TriggersOfPage) -> None:
        self._page, self._target = page, page.target
        self.session: Session | None = None  # one that was just obtained for it
        self._use = SessionUse(page.target)
        self.lane = self.account = page.target.account
        self.is_begun = True  # it goes before a listing that is not: its page is under way
        self._triggers: tuple[Trigger, ...] = ()  # of the function at hand, and the token of the page after those
        self._token: str | None = None
        self._seen: set[str] = set()
        self._attempts = 0
        self._current = page.take()

    def step(self) -> Then:
        """Ask once, where a function is left and a session serves."""
        if self._current is None:
            return self._page.leave()
        session, self.session = self._use.take(self.session), None
        if session is None:
            return self._target.let_wait(self)
        try:
            triggers, next_token = fetch_triggers(self._current[1], self._target.grant, session, self._token)
        except CloudError as error:
            return self._recover(error, session)
        self._use.succeed()
        self._attempts = 0
        return self._go_on(self._current[0], triggers, next_token)

    def end(self, error: CloudError) -> Then:
        """Leave the function at hand unknown, and go on with the next one where there may be more luck."""
        self._page.fail(error.problem)
        return self._begin_next()

    def _go_on(self, index: int, triggers: tuple[Trigger, ...], next_token: str | None) -> Then:
        self._triggers += triggers
        if next_token is None:
            self._page.note(index, self._triggers)
            return self._begin_next()
        if next_token in self._seen:
            message = "a page of triggers led back to an earlier one"
            role_arn = self._target.grant.target.role_arn
            return self.end(
                local_problem("repeated_token", operation="ListTriggers", role_arn=role_arn, message=message)
            )
        self._token = next_token
        self._seen.add(next_token)
        return Then(((self, 0.0),))

    def _recover(self, error: CloudError, session: Session) -> Then:
        self._attempts += error.problem.category != "deadline"
        again = self._use.recover(self, error, session) or ask_again(self, error, self._attempts)
        return again if again is not None else self.end(error)

    def _begin_next(self) -> Then:
        self._triggers, self._token, self._seen, self._attempts = (), None, set(), 0
        self._current = self._page.take()
        return self._page.leave() if self._current is None else Then(((self, 0.0),))
