"""The rules about functions, and about the services that hold a role and a network for those of FC 2.0. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from fc_inventory.findings import Advice, Evidence, Finding, Found, find, open_listings
from fc_inventory.listing import Function, Service
from fc_inventory.outcomes import Outcome
from fc_inventory.runtimes import DEPRECATED, DEPRECATED_SINCE, DEPRECATED_SOURCE, SUPPORT
from fc_inventory.triggers import Trigger

NEAR_END_DAYS = 180

_ROLE_SOURCE = (
    "https://www.alibabacloud.com/help/en/cloud-config/latest/function-compute-is-configured-with-a-service-role"
)
_TRIGGER_SOURCE = "https://www.alibabacloud.com/help/en/functioncompute/api-fc-2023-03-30-struct-httptriggerconfig"
_NETWORK_SOURCE = "https://help.aliyun.com/document_detail/2513536.html"  # the four combinations of VPC and internet

_WITHOUT_ROLE = Advice(
    "Without a role its code gets no temporary keys: where it calls Alibaba Cloud, it carries lasting ones.",
    "Give it a role with what it needs, or leave it so where it calls no Alibaba Cloud API.",
    _ROLE_SOURCE,
)
_INTERNET_BESIDE_VPC = Advice(
    "It reaches a VPC and, past the VPC's own controls, the internet, which it may not need: nothing that is listed "
    "tells.",
    "Where it needs no internet, switch that off; else consider a NAT gateway of the VPC.",
    _NETWORK_SOURCE,
)


def http_trigger_anonymous(outcome: Outcome, _today: date) -> Found:
    """Find HTTP triggers that let everybody in. Only the function's triggers tell, which are an opt-in listing."""
    if not any(line.api == "ListTriggers" for line in outcome.coverage):
        yield "triggers are not listed: ListFunctions does not return them, and TRIGGERS is not set"
        return
    yield from open_listings(outcome, "ListFunctions", "ListTriggers")
    functions = outcome.functions or ()
    for function, trigger in ((one, trigger) for one in functions for trigger in one.triggers or ()):
        if trigger.trigger_type == "http" and trigger.auth_type == "anonymous":
            yield _anonymous(outcome, function, trigger)
    unknown = sum(one.triggers is None for one in functions)
    if unknown:
        yield f"the triggers of {unknown} functions are unknown"
    unread = sum(
        trigger.trigger_type == "http" and trigger.auth_type is None
        for one in functions
        for trigger in one.triggers or ()
    )
    if unread:
        yield f"the configuration of {unread} HTTP triggers is not understood"


def runtime_deprecated(outcome: Outcome, today: date) -> Found:
    """Find runtimes that Alibaba Cloud itself takes for deprecated."""
    yield from open_listings(outcome, "ListFunctions")
    for function in outcome.functions or ():
        if function.runtime in DEPRECATED and today >= DEPRECATED_SINCE:
            advice = Advice(
                f"Alibaba Cloud takes {function.runtime} for deprecated: it is no longer maintained there.",
                "Move the function to a runtime that Function Compute maintains.",
                DEPRECATED_SOURCE,
            )
            yield find(outcome, function, "runtime_deprecated", {"runtime": function.runtime}, advice)


def runtime_end_of_life(outcome: Outcome, today: date) -> Found:
    """Find runtimes whose makers mend their security no more, or not for much longer, and that are not deprecated."""
    yield from open_listings(outcome, "ListFunctions")
    for function in outcome.functions or ():
        support = SUPPORT.get(function.runtime or "")
        if support is None or function.runtime in DEPRECATED or support.ends > today + timedelta(days=NEAR_END_DAYS):
            continue
        told = "has had no security updates since" if support.ends < today else "gets no security updates after"
        advice = Advice(
            f"{support.name}, on which it runs, {told} {support.ends}.",
            "Move the function to a newer runtime.",
            support.source,
        )
        yield find(outcome, function, "runtime_end_of_life", {"runtime": function.runtime or ""}, advice)


def role_missing(outcome: Outcome, _today: date) -> Found:
    """Find empty roles. Whether the lists leave an empty role out is unverified: one that is left out is a gap."""
    yield from open_listings(outcome, "ListServices", "ListFunctions")
    items = _holders(outcome)
    for item in items:
        if item.role == "":
            yield find(outcome, item, "role_missing", {"role": ""}, _WITHOUT_ROLE)
    unknown = sum(item.role is None for item in items)
    if unknown:
        yield f"the lists say nothing of the role of {unknown} services or functions"


def internet_beside_vpc(outcome: Outcome, _today: date) -> Found:
    """Find internet access beside a VPC. Alone it is the default, and nothing listed tells whether it is needed."""
    yield from open_listings(outcome, "ListServices", "ListFunctions")
    for item in _holders(outcome):
        if item.internet_access and item.vpc_id:
            evidence: Evidence = {"internet_access": True, "vpc_id": item.vpc_id}
            yield find(outcome, item, "internet_beside_vpc", evidence, _INTERNET_BESIDE_VPC)


def _anonymous(outcome: Outcome, function: Function, trigger: Trigger) -> Finding:
    is_off = bool(trigger.disable_url_internet)
    reach = (
        "its address on the internet is off, but custom domains and its internal address still lead to it"
        if is_off
        else "whoever knows its address on the internet can run the function"
    )
    evidence: Evidence = {
        "trigger_name": trigger.trigger_name,
        "auth_type": "anonymous",
        "methods": " ".join(trigger.methods or ()),
        "disable_url_internet": is_off,
    }
    advice = Advice(
        f"The HTTP trigger demands no authentication: {reach}, unless its code demands some itself.",
        "Set the trigger's authType to function, or make sure that the code authenticates its callers.",
        _TRIGGER_SOURCE,
    )
    return find(outcome, function, "http_trigger_anonymous", evidence, advice)


def _holders(outcome: Outcome) -> list[Service | Function]:
    """Return who has a role and a network: services in FC 2.0, functions in FC 3.0."""
    functions = (function for function in outcome.functions or () if function.fc_version == "v3")
    return [*(outcome.services or ()), *functions]
