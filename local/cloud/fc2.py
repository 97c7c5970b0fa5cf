"""Function Compute 2.0, API 2021-04-06: services and their functions; one function for each API action.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/api-fc-open-2021-04-06-overview
"""

from __future__ import annotations

from typing import Any

from local.cloud.actions import Action
from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.fc import authorise, read_page
from local.cloud.functions.lookup import check_qualifier, describe_vpc
from local.cloud.functions.triggers import HttpConfig, Trigger
from local.cloud.inventory import Function, Inventory, Service
from local.cloud.regions import FC2_VERSION


def list_services(call: Call) -> dict[str, Any]:
    """ListServices, in order of name."""
    inventory = authorise(call, "ListServices", "services/*")
    page, more = read_page(call, inventory.services, bound_to=("ListServices",))
    return {"services": [describe_service(service) for service in page.items], **more}


def get_service(call: Call) -> dict[str, Any]:
    """GetService."""
    return describe_service(_read_service(call, authorise(call, "GetService", f"services/{call.names['service']}")))


def list_functions(call: Call) -> dict[str, Any]:
    """ListFunctions of one service, in order of name."""
    name = call.names["service"]
    service = _read_service(call, authorise(call, "ListFunctions", f"services/{name}/functions/*"))
    page, more = read_page(call, service.functions, bound_to=("ListFunctions", name))
    return {"functions": [describe_function(function) for function in page.items], **more}


def get_function(call: Call) -> dict[str, Any]:
    """GetFunction of one service."""
    service_name, name = call.names["service"], call.names["function"]
    inventory = authorise(call, "GetFunction", f"services/{service_name}/functions/{name}")
    return describe_function(find_function(inventory, _read_service(call, inventory).name, name))


def list_triggers(call: Call) -> dict[str, Any]:
    """ListTriggers of one function, in order of name."""
    service_name, name = call.names["service"], call.names["function"]
    inventory = authorise(call, "ListTriggers", f"services/{service_name}/functions/{name}/triggers/*")
    function = find_function(inventory, service_name, name)
    page, more = read_page(call, function.triggers, bound_to=("ListTriggers2", service_name, name))
    return {"triggers": [describe_trigger(call, function, trigger) for trigger in page.items], **more}


def _read_service(call: Call, inventory: Inventory) -> Service:
    """Return the service that *call* names; raises Refusal where there is none, or not in the version it names.

    The SDKs of API 2016-08-15 write the qualifier behind the name, `SERVICE.QUALIFIER`; no name has a dot.
    https://github.com/aliyun/fc-python-sdk
    """
    name, _, in_path = call.names["service"].partition(".")
    service = find_service(inventory, name)
    check_qualifier(call, f"service '{name}'", in_path=in_path)
    return service


def find_service(inventory: Inventory, name: str) -> Service:
    """Return the service *name*; raises Refusal where there is none."""
    service = inventory.services.get(name)
    if service is None:
        raise Refusal(404, "ServiceNotFound", f"service '{name}' does not exist")
    return service


def find_function(inventory: Inventory, service_name: str, name: str) -> Function:
    """Return the function *name* of a service; raises Refusal where there is none."""
    function = find_service(inventory, service_name).functions.get(name)
    if function is None:
        message = f"function '{name}' does not exist in service '{service_name}'"
        raise Refusal(404, "FunctionNotFound", message)
    return function


def describe_service(service: Service) -> dict[str, Any]:
    """Return *service* as it is listed."""
    return {
        "serviceId": service.service_id,
        "serviceName": service.name,
        "description": service.description,
        "role": service.role_arn,
        "internetAccess": service.internet_access,
        "logConfig": {
            "project": "",
            "logstore": "",
            "enableRequestMetrics": False,
            "enableInstanceMetrics": False,
            "logBeginRule": "None",
        },
        "vpcConfig": describe_vpc(service.vpc_id),
        "nasConfig": {"userId": -1, "groupId": -1, "mountPoints": []},
        "tracingConfig": {"type": "", "params": {}},
        "createdTime": service.created_time,
        "lastModifiedTime": service.modified_time,
    }


def describe_trigger(call: Call, function: Function, trigger: Trigger) -> dict[str, Any]:
    """Return *trigger* of *function* as it is listed. The addresses of HTTP triggers are made up and lead nowhere.

    https://www.alibabacloud.com/help/en/fc/developer-reference/api-fc-open-2021-04-06-listtriggers
    """
    owner = f"{function.service_name}-{function.name}".lower()
    is_http = isinstance(trigger.config, HttpConfig)
    return {
        "triggerId": trigger.trigger_id,
        "triggerName": trigger.name,
        "triggerType": trigger.given.trigger_type,
        "triggerConfig": trigger.given.trigger_config,
        "description": trigger.given.description,
        "qualifier": trigger.given.qualifier,
        "invocationRole": trigger.given.invocation_role,
        "sourceArn": trigger.given.source_arn,
        "domainName": "",
        "urlInternet": f"https://{owner}.{call.region}.fcapp.run" if is_http else "",
        "urlIntranet": f"https://{owner}.{call.region}-vpc.fcapp.run" if is_http else "",
        "createdTime": trigger.created_time,
        "lastModifiedTime": trigger.modified_time,
    }


def describe_function(function: Function) -> dict[str, Any]:
    """Return *function* as it is listed."""
    return {
        "functionId": function.function_id,
        "functionName": function.name,
        "description": function.description,
        "runtime": function.runtime,
        "handler": function.handler,
        "timeout": function.timeout_seconds,
        "initializer": "",
        "initializationTimeout": 3,
        "codeSize": 2048,
        "codeChecksum": function.code_checksum,
        "memorySize": function.memory_mb,
        "diskSize": 512,
        "cpu": 0.35,
        "instanceConcurrency": 1,
        "instanceType": "e1",
        "environmentVariables": dict(function.environment_variables),
        "createdTime": function.created_time,
        "lastModifiedTime": function.modified_time,
    }


ACTIONS = (
    Action("ListServices", FC2_VERSION, ("GET",), "/services", list_services),
    Action("GetService", FC2_VERSION, ("GET",), "/services/{service}", get_service),
    Action("ListFunctions", FC2_VERSION, ("GET",), "/services/{service}/functions", list_functions),
    Action("ListTriggers", FC2_VERSION, ("GET",), "/services/{service}/functions/{function}/triggers", list_triggers),
    Action("GetFunction", FC2_VERSION, ("GET",), "/services/{service}/functions/{function}", get_function),
)
