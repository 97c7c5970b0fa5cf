"""Triggers of API 2023-03-30: one function for each API action."""

from __future__ import annotations

import uuid

from local.cloud.actions import Action
from local.cloud.calls import Call, Document, Reply
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.fc import authorise, read_page
from local.cloud.functions.functions import check_pass_role
from local.cloud.functions.lookup import find_deployment, find_triggers
from local.cloud.functions.triggers import HttpConfig, Trigger, TriggerInput, check_limits, read_trigger
from local.cloud.parameters import read_document
from local.cloud.regions import FC3_VERSION


def create_trigger(call: Call) -> Document:
    """CreateTrigger; a function has at most one HTTP trigger."""
    given = read_document(call.request)
    _authorise(call, "CreateTrigger", str(given.get("triggerName", "*")))
    triggers = find_deployment(call).triggers
    wanted, config = read_trigger(given)
    if wanted.trigger_name in triggers:
        raise Refusal(409, "TriggerAlreadyExists", f"trigger '{wanted.trigger_name}' already exists")
    check_limits(triggers, config)
    check_pass_role(call, wanted.invocation_role)
    now = to_wire(call.now)
    trigger = Trigger(wanted, config, str(uuid.uuid4()), now, now)
    triggers.add(trigger.name, trigger)
    return _describe(call, trigger)


def get_trigger(call: Call) -> Document:
    """GetTrigger."""
    _authorise(call, "GetTrigger", call.names["trigger"])
    return _describe(call, _find(call))


def update_trigger(call: Call) -> Document:
    """UpdateTrigger: what the body doesn't name stays as it is; name and type can't change."""
    _authorise(call, "UpdateTrigger", call.names["trigger"])
    before = _find(call)
    given = read_document(call.request)
    fixed = {"triggerName": before.name, "triggerType": before.given.trigger_type}
    wanted, config = read_trigger(_input_document(before.given) | given | fixed)
    if given.get("invocationRole"):
        check_pass_role(call, wanted.invocation_role)
    trigger = Trigger(wanted, config, before.trigger_id, before.created_time, to_wire(call.now))
    triggers = find_deployment(call).triggers
    triggers.remove(before.name)
    triggers.add(trigger.name, trigger)
    return _describe(call, trigger)


def delete_trigger(call: Call) -> Reply:
    """DeleteTrigger."""
    _authorise(call, "DeleteTrigger", call.names["trigger"])
    find_deployment(call).triggers.remove(_find(call).name)
    return Reply(status=204)


def list_triggers(call: Call) -> Document:
    """ListTriggers, in order of name."""
    _authorise(call, "ListTriggers", "*")
    bound_to = ("ListTriggers", call.names["function"])
    page, more = read_page(call, find_triggers(call), bound_to=bound_to)
    return {"triggers": [_describe(call, trigger) for trigger in page.items], **more}


def _authorise(call: Call, action: str, trigger: str) -> None:
    authorise(call, action, f"functions/{call.names['function']}/triggers/{trigger}")


def _find(call: Call) -> Trigger:
    name = call.names["trigger"]
    trigger = find_triggers(call).get(name)
    if trigger is None:
        function = call.names["function"]
        raise Refusal(404, "TriggerNotFound", f"trigger '{name}' does not exist in function '{function}'")
    return trigger


def _input_document(given: TriggerInput) -> Document:
    return {
        "triggerConfig": given.trigger_config,
        "description": given.description,
        "qualifier": given.qualifier,
        "invocationRole": given.invocation_role,
        "sourceArn": given.source_arn,
    }


def _describe(call: Call, trigger: Trigger) -> Document:
    """Return a trigger's fields; both URLs of an HTTP trigger lead to this machine."""
    account_id, function = call.account.account_id, call.names["function"]
    described = {
        "triggerName": trigger.name,
        "triggerType": trigger.given.trigger_type,
        "triggerId": trigger.trigger_id,
        **_input_document(trigger.given),
        "targetArn": f"acs:fc:{call.region}:{account_id}:functions/{function}",
        "status": "",
        "createdTime": trigger.created_time,
        "lastModifiedTime": trigger.modified_time,
    }
    if isinstance(trigger.config, HttpConfig):
        url = f"{call.platform.cloud_url}/_local/http/{account_id}/{call.region}/{function}/"
        internet = "" if trigger.config.disable_url_internet else url
        described["httpTrigger"] = {"urlInternet": internet, "urlIntranet": url}
    return described


_TRIGGERS = "/functions/{function}/triggers"
_TRIGGER = f"{_TRIGGERS}/{{trigger}}"

ACTIONS = (
    Action("CreateTrigger", FC3_VERSION, ("POST",), _TRIGGERS, create_trigger),
    Action("ListTriggers", FC3_VERSION, ("GET",), _TRIGGERS, list_triggers),
    Action("GetTrigger", FC3_VERSION, ("GET",), _TRIGGER, get_trigger),
    Action("UpdateTrigger", FC3_VERSION, ("PUT",), _TRIGGER, update_trigger),
    Action("DeleteTrigger", FC3_VERSION, ("DELETE",), _TRIGGER, delete_trigger),
)
