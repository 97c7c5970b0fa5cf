"""The links from a session to the customer's lists: what the session may, each host, each list."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.check.advice import fix_for
from fc_inventory.check.causes import Trouble, cause_of
from fc_inventory.check.evidence import Evidence
from fc_inventory.check.patient import ENDPOINT_CAUSES, Patient, ask, broken
from fc_inventory.check.shape import Cause, Link, not_checked
from fc_inventory.items import read_function
from fc_inventory.listing import LIST_FUNCTIONS_V2, LIST_FUNCTIONS_V3, LIST_SERVICES, Api
from fc_inventory.settings import Keys
from fc_inventory.transport import exchange
from fc_inventory.wire import FunctionPage, ServicePage, TriggerPage


def examine_session_policy(patient: Patient, keys: Keys, region: str) -> Link:
    """The session must not be able to do what its session policy leaves out, whatever the role may."""
    host = regions.fc3_host(region)
    answer = ask(lambda: sdk.list_async_invoke_configs(patient.call("ListAsyncInvokeConfigs", host, keys)))
    if not isinstance(answer, Trouble):
        cause: Cause = "session_policy_ignored"
        found = "the session may call ListAsyncInvokeConfigs, which its policy leaves out"
        evidence = Evidence(operation="ListAsyncInvokeConfigs", message=found, request_id=exchange.request_id)
        fix = fix_for(cause, patient.parties)
        return Link(name="session_policy", status="warning", found=found, cause=cause, evidence=evidence, fix=fix)
    if answer.problem.category == "list_denied":
        by = answer.problem.denied_by or "a layer that was not told"
        return Link(name="session_policy", status="ok", found=f"more than listing is denied, by {by}")
    return not_checked("session_policy", answer.problem.message)


def examine_region(patient: Patient, keys: Keys, region: str) -> Iterator[Link]:
    """Links from a session to the lists of one region: each host, then each list on it, one item long."""
    fc3 = (LIST_FUNCTIONS_V2, LIST_FUNCTIONS_V3) if regions.has_fc2(region) else (LIST_FUNCTIONS_V3,)
    if regions.has_fc2(region):
        yield from _examine_host(patient, keys, region, (LIST_SERVICES,))
    yield from _examine_host(patient, keys, region, fc3)
    if patient.parties.with_triggers:
        yield from (_examine_triggers(patient, keys, region, api) for api in fc3)


def _examine_host(patient: Patient, keys: Keys, region: str, apis: tuple[Api, ...]) -> Iterator[Link]:
    account_id = patient.grant.target.account_id
    host = regions.fc2_host(account_id, region) if apis == (LIST_SERVICES,) else regions.fc3_host(region)
    endpoint = Link(name="fc_endpoint", status="ok", found="answers", region=region, host=host)
    lists = [not_checked("list_permission", region=region, api=_label(api), host=host) for api in apis]
    first = _list_one(patient, keys, host, apis[0])
    if isinstance(first, Trouble) and cause_of(first) in ENDPOINT_CAUSES:
        yield broken(endpoint, first, patient.parties)
        yield from lists
        return
    yield endpoint
    yield _judge_list(lists[0], first, patient)
    for link, api in zip(lists[1:], apis[1:], strict=True):
        yield _judge_list(link, _list_one(patient, keys, host, api), patient)


def _list_one(patient: Patient, keys: Keys, host: str, api: Api) -> ServicePage | FunctionPage | Trouble:
    call = patient.call(api.action, host, keys)
    if api is LIST_SERVICES:
        return ask(lambda: sdk.list_services_page(call, limit=1))
    return ask(lambda: sdk.list_functions_page(call, fc_version=api.fc_version, limit=1))


def _examine_triggers(patient: Patient, keys: Keys, region: str, api: Api) -> Link:
    """Judge whether the triggers of a function may be listed, of the first one that *api* gives."""
    account_id = patient.grant.target.account_id
    host = regions.fc3_host(region) if api is LIST_FUNCTIONS_V3 else regions.fc2_host(account_id, region)
    link = not_checked("list_permission", region=region, api=f"ListTriggers {api.fc_version}", host=host)
    functions = _list_one(patient, keys, regions.fc3_host(region), api)
    if isinstance(functions, Trouble) or not isinstance(functions, FunctionPage):
        return link
    known = [read_function(wire, api.fc_version) for wire in functions.functions]
    if not known or (api.fc_version == "v2" and not known[0].service_name):
        found = "there is no function whose triggers could be asked for"
        return msgspec.structs.replace(link, status="ok", found=found)
    function = known[0]
    call = patient.call("ListTriggers", host, keys)
    return _judge_list(
        link,
        ask(
            lambda: sdk.list_triggers_page(
                call, service_name=function.service_name, function_name=function.function_name, limit=1
            )
        ),
        patient,
    )


def _judge_list(link: Link, answer: ServicePage | FunctionPage | TriggerPage | Trouble, patient: Patient) -> Link:
    if isinstance(answer, Trouble):
        return broken(link, answer, patient.parties)
    return msgspec.structs.replace(link, status="ok", found="allowed")


def _label(api: Api) -> str:
    return api.action if api is LIST_SERVICES else f"{api.action} {api.fc_version}"
