"""Function Compute 3.0, API 2023-03-30: functions without services; one function for each API action.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-overview
"""

from __future__ import annotations

from typing import Any

from local.cloud.actions import Action
from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.fc import authorise, read_page
from local.cloud.inventory import Function
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
    return {"functions": [_listed(function) for function in page.items], **more}


def get_function(call: Call) -> dict[str, Any]:
    """GetFunction; a function of FC 2.0 is found by its listed name `service$function`."""
    name = call.names["function"]
    function = authorise(call, "GetFunction", f"functions/{name}").functions[""].get(name)
    if function is None:
        raise Refusal(404, "FunctionNotFound", f"function '{name}' does not exist.")
    arn = f"acs:fc:{call.region}:{call.account.account_id}:functions/{name}"
    return _listed(function) | {
        "functionArn": arn,
        "state": "Active",
        "stateReason": "",
        "stateReasonCode": "",
        "lastUpdateStatus": "Successful",
        "lastUpdateStatusReason": "",
        "lastUpdateStatusReasonCode": "",
    }


def _listed(function: Function) -> dict[str, Any]:
    """Return the fields that a listing has; the function's state takes a GetFunction."""
    return {
        "functionId": function.function_id,
        "functionName": function.full_name,
        "description": function.description,
        "runtime": function.runtime,
        "handler": function.handler,
        "timeout": function.timeout_seconds,
        "memorySize": function.memory_mb,
        "diskSize": 512,
        "cpu": 0.35,
        "codeSize": 2048,
        "codeChecksum": function.code_checksum,
        "internetAccess": True,
        "instanceConcurrency": 1,
        "layers": [],
        "environmentVariables": dict(function.environment_variables),
        "tags": [],
        "createdTime": function.created_time,
        "lastModifiedTime": function.modified_time,
    }


ACTIONS = (
    Action("ListFunctions", FC3_VERSION, ("GET",), "/functions", list_functions),
    Action("GetFunction", FC3_VERSION, ("GET",), "/functions/{function}", get_function),
)
