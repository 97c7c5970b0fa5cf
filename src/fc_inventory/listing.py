"""All pages of one listing: ListServices, or ListFunctions of one version, in one region of one account."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.calls import Call
from fc_inventory.credentials import Session
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import Problem
from fc_inventory.grants import Grant
from fc_inventory.items import FcVersion, Function, Service, read_function, read_service
from fc_inventory.wire import FunctionPage, ServicePage

__all__ = [
    "APIS",
    "LIST_FUNCTIONS_V2",
    "LIST_FUNCTIONS_V3",
    "LIST_SERVICES",
    "Api",
    "FcVersion",
    "FetchedPage",
    "Function",
    "Item",
    "Listing",
    "Reading",
    "Service",
]


class Api(msgspec.Struct, frozen=True):
    """A listing: the action, its API version, and the version of Function Compute whose resources it lists."""

    action: Literal["ListServices", "ListFunctions"]
    api_version: str
    fc_version: FcVersion


LIST_SERVICES = Api("ListServices", "2021-04-06", "v2")
LIST_FUNCTIONS_V2 = Api("ListFunctions", "2023-03-30", "v2")
LIST_FUNCTIONS_V3 = Api("ListFunctions", "2023-03-30", "v3")
APIS = (LIST_SERVICES, LIST_FUNCTIONS_V2, LIST_FUNCTIONS_V3)

Item = Service | Function

PAGE_LIMIT_WITH_TRIGGERS = 20  # functions; what a deadline cuts is at most so many calls for triggers


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How far a listing has come. It is replaced as a whole, so that a thread that looks at it sees one state.

    Attributes:
        first_page: the number of the first page of this part of the listing.
        pages: the items of each page that was read.
        next_token: the NextToken of the page after those; None for the listing's first page.
        attempts: how often that page was asked for in a row and not read; the call under way counts.
        is_complete: whether the last page was read.
        problem: what ended it before.
        role_session_name: the session that was used last.
        triggers_problem: what left the triggers of a function unknown.
        trigger_pages: the pages before that, of whose functions all triggers were asked for.
    """

    first_page: int = 1
    pages: tuple[tuple[Item, ...], ...] = ()
    next_token: str | None = None
    attempts: int = 0
    is_complete: bool = False
    problem: Problem | None = None
    role_session_name: str | None = None
    triggers_problem: Problem | None = None
    trigger_pages: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Whether it would go on, had it more time."""
        return not self.is_complete and self.problem is None

    @property
    def items(self) -> int:
        """How many items were read."""
        return sum(map(len, self.pages))


_NOTHING_YET = Reading()


class FetchedPage(msgspec.Struct, frozen=True):
    """A page that does not count as read yet; `next_token` is None on the last."""

    items: tuple[Item, ...]
    next_token: str | None


class Listing:
    """One listing under way: what `reading` says grows page by page.

    `service_prefix` narrows ListServices on the wire, and ListFunctions here: whether its own prefix counts from the
    service's name is unverified. A function whose service is unknown stays in.
    """

    # A scan has many.
    __slots__ = (
        "_seen",
        "api",
        "asks_triggers",
        "page_limit",
        "reading",
        "region",
        "service_prefix",
    )

    def __init__(self, api: Api, region: str, service_prefix: str = "", reading: Reading = _NOTHING_YET) -> None:
        self.api, self.region, self.service_prefix = api, region, service_prefix
        self.reading = reading
        self.asks_triggers, self.page_limit = False, sdk.PAGE_LIMIT
        self._seen = frozenset((reading.next_token,))

    def ask_triggers(self) -> None:
        """Let the triggers of its functions belong to each page, which then is a smaller one: it takes more calls."""
        self.asks_triggers, self.page_limit = True, PAGE_LIMIT_WITH_TRIGGERS

    def note(self, **changes: Any) -> None:
        """Change these fields of the reading, all at once."""
        self.reading = msgspec.structs.replace(self.reading, **changes)

    def fetch_page(self, grant: Grant, session: Session) -> FetchedPage:
        """Fetch one more page, by one call, without counting it as read. Raises CloudError."""
        self.note(role_session_name=session.role_session_name)
        page = _fetch_page(self, grant, session, self.reading.next_token)
        return FetchedPage(tuple(_read_items(self, page)), page.next_token or None)

    def keep_page(
        self, page: FetchedPage, grant: Grant, triggers_problem: Problem | None = None, *, is_final: bool = False
    ) -> None:
        """Count *page* as read. Raises CloudError where it leads back; what was read stays.

        *triggers_problem* left triggers of its functions unknown; where *is_final*, no more are asked for.
        """
        before, next_token = self.reading, page.next_token
        problem = before.triggers_problem or triggers_problem
        self.asks_triggers = self.asks_triggers and not is_final
        self.note(
            pages=(*before.pages, page.items),
            next_token=next_token,
            attempts=0,
            is_complete=next_token is None,
            triggers_problem=problem,
            trigger_pages=before.trigger_pages + (problem is None),
        )
        if next_token in self._seen and next_token is not None:
            raise local_problem(
                "repeated_token",
                operation=self.api.action,
                role_arn=grant.target.role_arn,
                message=f"page {_count_pages(self.reading)} led back to an earlier one",
            )
        self._seen |= {next_token}


def _count_pages(reading: Reading) -> int:
    """Return how many pages were read up to here, by this part and those before."""
    return reading.first_page - 1 + len(reading.pages)


def _fetch_page(listing: Listing, grant: Grant, session: Session, next_token: str | None) -> ServicePage | FunctionPage:
    api = listing.api
    is_services = api.action == "ListServices"
    host = (
        regions.fc2_host(grant.target.account_id, listing.region) if is_services else regions.fc3_host(listing.region)
    )
    call = Call(operation=api.action, host=host, keys=session.keys, role_arn=grant.target.role_arn, line=grant.line)
    if is_services:
        return sdk.list_services_page(call, prefix=listing.service_prefix, next_token=next_token)
    limit = listing.page_limit
    return sdk.list_functions_page(call, fc_version=api.fc_version, next_token=next_token, limit=limit)


def _read_items(listing: Listing, page: ServicePage | FunctionPage) -> list[Item]:
    items: list[Item] = (
        [read_service(service) for service in page.services]
        if isinstance(page, ServicePage)
        else [read_function(function, listing.api.fc_version) for function in page.functions]
    )
    prefix = listing.service_prefix
    return [item for item in items if item.service_name is None or item.service_name.startswith(prefix)]
