"""Triggers of a world file, held to what CreateTrigger would take."""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5

from local.cloud.errors import Refusal
from local.cloud.field_error import FieldError
from local.cloud.functions.triggers import Trigger, check_limits, read_trigger
from local.cloud.listing import Listing
from local.cloud.world_schema import FileFunction, FileTrigger


def build_triggers(item: FileFunction, path: str) -> Listing[Trigger]:
    """Return the triggers of the function *item*, which stands at *path*; raises FieldError."""
    triggers: Listing[Trigger] = Listing()
    for index, described in enumerate(item.triggers):
        where = f"{path}.triggers[{index}]"
        if described.name in triggers:
            raise FieldError(f"{where}.name", f"{described.name!r} a second time", "a name that is used once")
        triggers.add(described.name, _trigger(described, item, triggers, where))
    return triggers


def _trigger(described: FileTrigger, item: FileFunction, others: Listing[Trigger], path: str) -> Trigger:
    given = {
        "triggerName": described.name,
        "triggerType": described.type,
        "triggerConfig": json.dumps(described.config),
        "description": described.description,
    }
    try:
        wanted, config = read_trigger(given)
        check_limits(others, config)
    except Refusal as refusal:
        raise FieldError(path, f"what CreateTrigger refuses: {refusal.message}", "a trigger that it takes") from refusal
    trigger_id = str(uuid5(NAMESPACE_URL, f"trigger/{item.name}/{described.name}/{item.created}"))
    return Trigger(wanted, config, trigger_id, item.created, item.modified)
