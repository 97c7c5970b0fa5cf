"""A listing, step by step: a page of it, then the triggers of the page's functions where they are asked for."""

from __future__ import annotations

from collections.abc import Callable

from fc_inventory.asking import SessionUse, TargetTask, ask_again
from fc_inventory.credentials import Session
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import CloudError, Problem
from fc_inventory.listing import FetchedPage, Listing
from fc_inventory.retries import MAX_ATTEMPTS
from fc_inventory.schedule import Then
from fc_inventory.trigger_tasks import TriggersOfPage


class ListingTask:
    """Reads one listing, a page a step. *on_end* is called once, by whatever thread ended it."""

    def __init__(self, listing: Listing, target: TargetTask, on_end: Callable[[], None]) -> None:
        self.listing, self._target, self._on_end = listing, target, on_end
        self.session: Session | None = None  # one that was just obtained for it
        self._use = SessionUse(target)
        self._earlier_attempts = listing.reading.attempts  # of earlier parts, to get the page at hand
        self.lane = self.account = target.account
        self.is_begun = listing.reading.next_token is not None
        self._count(listings=int(self.is_begun))

    def step(self) -> Then:
        """Ask for the next page, or for a session where there is none that serves."""
        session, self.session = self._use.take(self.session), None
        if session is None:
            return self._target.let_wait(self)
        before = self.listing.reading.attempts
        self.listing.note(attempts=before + 1)  # where the time runs out meanwhile, it has failed
        try:
            page = self.listing.fetch_page(self._target.grant, session)
        except CloudError as error:
            return self._recover(error, session, before)
        self._use.succeed()
        return self._ask_triggers(page) if self.listing.asks_triggers else self.keep(page)

    def keep(self, page: FetchedPage, problem: Problem | None = None, *, is_final: bool = False) -> Then:
        """Count *page* as read, and go on; the last two are those of `Listing.keep_page`."""
        try:
            self.listing.keep_page(page, self._target.grant, problem, is_final=is_final)
        except CloudError as error:
            return self.end(error)
        self._earlier_attempts = 0
        self._count(items=len(page.items))
        self._begin()
        return self.end() if self.listing.reading.is_complete else Then(((self, 0.0),))

    def end(self, error: CloudError | None = None) -> Then:
        """End the listing, by *error* where it isn't complete."""
        if error is not None:
            self.listing.note(problem=error.problem)
        self._count(listings=-int(self.is_begun))
        self._on_end()
        return Then()

    def _ask_triggers(self, page: FetchedPage) -> Then:
        """Ask for the triggers of *page*, unless that took more than the time of too many parts already."""
        attempts = self._earlier_attempts + 1
        if attempts >= MAX_ATTEMPTS:
            return self.keep(page, self._late_triggers(), is_final=True)
        self.listing.note(attempts=attempts)
        self._begin()  # the fewer there are at once, the sooner a page is whole
        return TriggersOfPage(page, self._target, self.listing.region, self.keep).begin()

    def _late_triggers(self) -> Problem:
        message = f"the triggers of a page were not listed in time, {MAX_ATTEMPTS - 1} times in a row"
        role_arn = self._target.grant.target.role_arn
        return local_problem("timed_out", operation="ListTriggers", role_arn=role_arn, message=message).problem

    def _recover(self, error: CloudError, session: Session, before: int) -> Then:
        again = self._use.recover(self, error, session)
        if again is not None or error.problem.category == "deadline":
            self.listing.note(attempts=before)
        return again or ask_again(self, error, before + 1) or self.end(error)

    def _begin(self) -> None:
        if not self.is_begun:
            self.is_begun = True
            self._count(listings=1)

    def _count(self, *, listings: int = 0, items: int = 0) -> None:
        self._target.desk.backlog.change(listings=listings, items=items)
