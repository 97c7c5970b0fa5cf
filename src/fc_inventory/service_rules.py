"""The rules about the services of FC 2.0. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from fc_inventory.findings import Advice, Evidence, Finding, Found, find
from fc_inventory.listing import Function, Service
from fc_inventory.outcomes import Outcome

UNUSED_DAYS = 365

_SERVICE_SOURCE = (
    "https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/api-fc-open-2021-04-06-overview"
)
_WITHOUT_FUNCTIONS = Advice(
    "The service has no function, so it serves nobody; its settings and its role are still there.",
    "Delete the service if nothing is to be put into it.",
    _SERVICE_SOURCE,
)


def service_without_functions(outcome: Outcome, _today: date) -> Found:
    """Find services that have no function, where that is proved."""
    services = _services(outcome)
    if isinstance(services, str):
        yield services
        return
    for service, functions in services:
        if not functions:
            yield find(outcome, service, "service_without_functions", {"functions": 0}, _WITHOUT_FUNCTIONS)


def service_unused(outcome: Outcome, today: date) -> Found:
    """Find services with functions none of which, nor the service itself, was modified for long."""
    services = _services(outcome)
    if isinstance(services, str):
        yield services
        return
    unknown = 0
    for service, functions in services:
        if not functions:
            continue  # another rule's
        modified = [_day(service.last_modified_time), *(_day(function.last_modified_time) for function in functions)]
        known = [day for day in modified if day is not None]
        if len(known) < len(modified):
            unknown += 1
        elif max(known) < today - timedelta(days=UNUSED_DAYS):
            yield _unused(outcome, service, len(functions), max(known))
    if unknown:
        yield f"the lists do not say when {unknown} services and their functions were last modified"


def _unused(outcome: Outcome, service: Service, functions: int, newest: date) -> Finding:
    evidence: Evidence = {
        "last_modified_time": service.last_modified_time or "",
        "functions": functions,
        "newest_last_modified_time": str(newest),
    }
    advice = Advice(
        f"Neither the service nor any of its functions was modified since {newest}; invocations are not listed, "
        "so it may still be in use.",
        "Look at its invocations in the console's monitoring; delete it if there are none.",
        _SERVICE_SOURCE,
    )
    return find(outcome, service, "service_unused", evidence, advice)


def _services(outcome: Outcome) -> list[tuple[Service, list[Function]]] | str:
    """Return the services of FC 2.0, each with all of its functions, or why nobody can tell which they are.

    Only a complete list of functions proves that one is not there; and since the form in which it names a function's
    service is unverified, only one whose services all are listed is understood.
    """
    extents = {(line.api, line.fc_version): line.extent for line in outcome.coverage}
    if extents.get(("ListServices", "v2")) == "not_asked" == extents.get(("ListFunctions", "v2")):
        return []
    for api in ("ListServices", "ListFunctions"):
        extent = extents.get((api, "v2"), "failed")
        if extent != "complete":
            return f"{api} of FC 2.0 is {extent}: which services have which functions is unknown"
    by_service: dict[str, list[Function]] = defaultdict(list)
    for function in outcome.functions or ():
        if function.fc_version == "v2":
            by_service[function.service_name or ""].append(function)
    if not by_service.keys() <= {service.service_name for service in outcome.services or ()}:
        return "functions of FC 2.0 are listed whose service is not: which services have which functions is unknown"
    return [(service, by_service.get(service.service_name, [])) for service in outcome.services or ()]


def _day(time: str | None) -> date | None:
    """Return the day of a time as the cloud gives it (`2026-11-24T12:00:00Z`), None where it is none."""
    try:
        return datetime.fromisoformat(time.removesuffix("Z")).date() if time else None
    except ValueError:
        return None
