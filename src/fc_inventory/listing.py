"""All pages of one listing: ListServices, or ListFunctions of one version, in one region of one account."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.credentials import Grant, Session
from fc_inventory.diagnosis import local_problem
from fc_inventory.errors import Problem
from fc_inventory.wire import FunctionPage, ServicePage, WireFunction, WireService, WireVpc

FcVersion = Literal["v2", "v3"]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service of FC 2.0. Times as the cloud gives them (`2026-11-24T12:00:00Z`)."""

    service_name: str
    service_id: str | None = None
    description: str | None = None
    role: str | None = None
    internet_access: bool | None = None
    vpc_id: str | None = None
    created_time: str | None = None
    last_modified_time: str | None = None


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function. `service_name` is set for FC 2.0 only; of environment variables only the names are kept.

    Units: `memory_size` and `disk_size` in MB, `timeout` in seconds, `cpu` in vCPU, `code_size` in bytes.
    """

    fc_version: FcVersion
    function_name: str
    service_name: str | None = None
    function_id: str | None = None
    description: str | None = None
    runtime: str | None = None
    handler: str | None = None
    memory_size: int | None = None
    timeout: int | None = None
    cpu: float | None = None
    disk_size: int | None = None
    code_size: int | None = None
    role: str | None = None
    internet_access: bool | None = None
    vpc_id: str | None = None
    environment_variable_names: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    created_time: str | None = None
    last_modified_time: str | None = None


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


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How far a listing has come. It is replaced as a whole, so that a thread that looks at it sees one state.

    Attributes:
        first_page: the number of the first page of this part of the listing.
        pages: the items of each page that was read.
        next_token: the NextToken of the page after those; None for the listing's first page.
        attempts: how often asking for that page has failed in a row.
        is_complete: whether the last page was read.
        problem: what ended it before.
        role_session_name: the session that was used last.
    """

    first_page: int = 1
    pages: tuple[tuple[Item, ...], ...] = ()
    next_token: str | None = None
    attempts: int = 0
    is_complete: bool = False
    problem: Problem | None = None
    role_session_name: str | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether it would go on, had it more time."""
        return not self.is_complete and self.problem is None

    @property
    def items(self) -> int:
        """How many items were read."""
        return sum(map(len, self.pages))


_NOTHING_YET = Reading()


class Listing:
    """One listing under way: what `reading` says grows page by page.

    `service_prefix` narrows ListServices on the wire, and ListFunctions here: whether its own prefix counts from the
    service's name is unverified. A function whose service is unknown stays in.
    """

    __slots__ = ("_seen", "api", "reading", "region", "service_prefix")  # a scan has many

    def __init__(self, api: Api, region: str, service_prefix: str = "", reading: Reading = _NOTHING_YET) -> None:
        self.api, self.region, self.service_prefix = api, region, service_prefix
        self.reading = reading
        self._seen = frozenset((reading.next_token,))

    def note(self, **changes: Any) -> None:
        """Change these fields of the reading, all at once."""
        self.reading = msgspec.structs.replace(self.reading, **changes)

    def read_page(self, grant: Grant, session: Session) -> None:
        """Fetch one more page, by one call. Raises CloudError, and what was read before stays."""
        self.note(role_session_name=session.role_session_name)
        page = _fetch_page(self, grant, session, self.reading.next_token)
        items, next_token = tuple(_read_items(self, page)), page.next_token or None
        self.note(pages=(*self.reading.pages, items), next_token=next_token, attempts=0, is_complete=next_token is None)
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
    call = sdk.Call(operation=api.action, host=host, keys=session.keys, role_arn=grant.target.role_arn, line=grant.line)
    if is_services:
        return sdk.list_services_page(call, prefix=listing.service_prefix, next_token=next_token)
    return sdk.list_functions_page(call, fc_version=api.fc_version, next_token=next_token)


def _read_items(listing: Listing, page: ServicePage | FunctionPage) -> list[Item]:
    items: list[Item] = (
        [_read_service(service) for service in page.services]
        if isinstance(page, ServicePage)
        else [_read_function(function, listing.api.fc_version) for function in page.functions]
    )
    prefix = listing.service_prefix
    return [item for item in items if item.service_name is None or item.service_name.startswith(prefix)]


def _read_service(wire: WireService) -> Service:
    return Service(
        service_name=wire.service_name,
        service_id=wire.service_id,
        description=wire.description,
        role=wire.role,
        internet_access=wire.internet_access,
        vpc_id=_vpc_id(wire.vpc_config),
        created_time=wire.created_time,
        last_modified_time=wire.last_modified_time,
    )


def _read_function(wire: WireFunction, fc_version: FcVersion) -> Function:
    service_name, function_name = _split_name(wire.function_name) if fc_version == "v2" else (None, wire.function_name)
    return Function(
        fc_version=fc_version,
        function_name=function_name,
        service_name=service_name,
        function_id=wire.function_id,
        description=wire.description,
        runtime=wire.runtime,
        handler=wire.handler,
        memory_size=wire.memory_size,
        timeout=wire.timeout,
        cpu=wire.cpu,
        disk_size=wire.disk_size,
        code_size=wire.code_size,
        role=wire.role,
        internet_access=wire.internet_access,
        vpc_id=_vpc_id(wire.vpc_config),
        environment_variable_names=tuple(sorted(wire.environment_variables or ())),
        tags={tag.key: tag.value or "" for tag in wire.tags or () if tag.key},
        created_time=wire.created_time,
        last_modified_time=wire.last_modified_time,
    )


def _vpc_id(vpc: WireVpc | None) -> str | None:
    """Return the VPC that is attached; the cloud says "" where none is."""
    return vpc.vpc_id or None if vpc else None


def _split_name(name: str) -> tuple[str | None, str]:
    """Split `service$function`, the name that API 2023-03-30 gives a function of FC 2.0.

    Documented is only that such names contain a `$`
    (https://www.alibabacloud.com/help/en/functioncompute/fc/function-tags-management); that the service
    stands before it is unverified. A name without one is kept whole, with no service.
    """
    service_name, dollar, function_name = name.partition("$")
    return (service_name, function_name) if dollar else (None, name)
