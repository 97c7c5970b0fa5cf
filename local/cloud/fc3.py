"""Function Compute 3.0, API 2023-03-30: functions without services. Here they are listed, in `functions` made and run.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-overview
"""

from __future__ import annotations

from typing import Any

from local.cloud.actions import Action
from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.fc import authorise, read_page
from local.cloud.functions import absent, async_actions, functions, invoke, trigger_actions
from local.cloud.functions.lookup import describe
from local.cloud.regions import FC3_VERSION

# Filters that the real ListFunctions has and this one doesn't: ignoring them would answer with too much.
OTHER_FILTERS = ("description", "functionName", "gpuType", "resourceGroupId", "runtime", "tags")


def list_functions(call: Call) -> dict[str, Any]:
    """ListFunctions, in order of name: those of FC 2.0 (`fcVersion` v2), of FC 3.0 (v3), or of both (empty)."""
    inventory = authorise(call, "ListFunctions", "functions/*")
    version = call.parameters.get("fcVersion", "")
    if version not in inventory.functions:
        raise Refusal(400, "InvalidArgument", "fcVersion must be v2 or v3")
    for name in OTHER_FILTERS:
        if call.parameters.get(name):
            raise Refusal(400, "InvalidArgument", f"the local cloud does not imitate the parameter {name}")
    page, more = read_page(call, inventory.functions[version], bound_to=("ListFunctions3", version))
    return {"functions": [describe(inventory, function) for function in page.items], **more}


ACTIONS = (
    Action("ListFunctions", FC3_VERSION, ("GET",), "/functions", list_functions),
    *functions.ACTIONS,
    *trigger_actions.ACTIONS,
    *async_actions.ACTIONS,
    *invoke.ACTIONS,
    *absent.ACTIONS,
)
