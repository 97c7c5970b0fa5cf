"""Function Compute, API 2016-08-15, that of the old SDKs `@alicloud/fc2` and `aliyun-fc2`.

What it lists has the form of API 2021-04-06. Services and functions can be created, changed and deleted, but not
invoked; Serverless Devs asks here where it may upload code.
Source: https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference (the API's operations), and the
SDKs' own code, https://github.com/aliyun/fc-python-sdk
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.cloud import fc2
from local.cloud.actions import Action
from local.cloud.calls import Call, Reply
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.fc import authorise, writable_inventory
from local.cloud.inventory import Function, Service
from local.cloud.parameters import read_document
from local.cloud.regions import FC_2016_VERSION
from local.cloud.service_settings import FUNCTION_SETTINGS, SERVICE_SETTINGS, read_settings
from local.cloud.upload import issue_upload_session


def get_account_settings(call: Call) -> dict[str, Any]:
    """GetAccountSettings: the zones, made up."""
    authorise(call, "GetAccountSettings", "account-settings")
    return {"availableAZs": [f"{call.region}-{zone}" for zone in "abc"], "defaultRole": ""}


def get_temp_bucket_token(call: Call) -> dict[str, Any]:
    """GetTempBucketToken: where code goes, and keys for that alone. No permission for it is documented."""
    if not call.account.fc_enabled:
        raise Refusal(403, "AccessDenied", "FC service is not enabled for current user.")
    return issue_upload_session(call)


def list_services(call: Call) -> dict[str, Any]:
    """ListServices, without the filter by tags."""
    for name in call.parameters:
        if name.startswith("tag_"):
            raise Refusal(400, "InvalidArgument", "the local cloud does not imitate filters by tags")
    return fc2.list_services(call)


def create_service(call: Call) -> dict[str, Any]:
    """CreateService."""
    authorise(call, "CreateService", "services/*")
    settings = read_settings(read_document(call.request), SERVICE_SETTINGS)
    name = settings.require_name()
    now = to_wire(call.now)
    service = Service(**settings.changes(), name=name, created_time=now, modified_time=now)
    try:
        writable_inventory(call).add_service(service)
    except ValueError as error:
        raise Refusal(409, "ServiceAlreadyExists", f"service '{name}' already exists") from error
    return fc2.describe_service(service)


def update_service(call: Call) -> dict[str, Any]:
    """UpdateService: what the body doesn't name stays."""
    name = call.names["service"]
    inventory = authorise(call, "UpdateService", f"services/{name}")
    changes = read_settings(read_document(call.request), SERVICE_SETTINGS).changes()
    service = replace(fc2.find_service(inventory, name), **changes, modified_time=to_wire(call.now))
    inventory.remove_service(name)
    inventory.add_service(service)
    return fc2.describe_service(service)


def delete_service(call: Call) -> Reply:
    """DeleteService; one that still has functions stays."""
    name = call.names["service"]
    inventory = authorise(call, "DeleteService", f"services/{name}")
    if len(fc2.find_service(inventory, name).functions):
        raise Refusal(412, "PreconditionFailed", f"service '{name}' still has functions")
    inventory.remove_service(name)
    return Reply(204)


def create_function(call: Call) -> dict[str, Any]:
    """CreateFunction in a service. The code is checked for being there, and not kept."""
    service_name = call.names["service"]
    inventory = authorise(call, "CreateFunction", f"services/{service_name}/functions/*")
    fc2.find_service(inventory, service_name)
    settings = read_settings(read_document(call.request), FUNCTION_SETTINGS)
    name = settings.require_new()
    now = to_wire(call.now)
    function = Function(**settings.changes(), name=name, service_name=service_name, created_time=now, modified_time=now)
    try:
        inventory.add_function(function)
    except ValueError as error:
        message = f"function '{name}' already exists in service '{service_name}'"
        raise Refusal(409, "FunctionAlreadyExists", message) from error
    return fc2.describe_function(function)


def update_function(call: Call) -> dict[str, Any]:
    """UpdateFunction: what the body doesn't name stays."""
    service_name, name = call.names["service"], call.names["function"]
    inventory = authorise(call, "UpdateFunction", f"services/{service_name}/functions/{name}")
    old = fc2.find_function(inventory, service_name, name)
    changes = read_settings(read_document(call.request), FUNCTION_SETTINGS).changes()
    function = replace(old, **changes, modified_time=to_wire(call.now))
    inventory.remove_service_function(old)
    inventory.add_function(function)
    return fc2.describe_function(function)


def delete_function(call: Call) -> Reply:
    """DeleteFunction of one service."""
    service_name, name = call.names["service"], call.names["function"]
    inventory = authorise(call, "DeleteFunction", f"services/{service_name}/functions/{name}")
    inventory.remove_service_function(fc2.find_function(inventory, service_name, name))
    return Reply(204)


# Code comes along in Base64: 100 MB of it, as much as one function may have.
_CODE_LIMIT_BYTES = 140 * 1024 * 1024
_FUNCTIONS = "/services/{service}/functions"
_FUNCTION = "/services/{service}/functions/{function}"

ACTIONS = (
    Action("GetAccountSettings", FC_2016_VERSION, ("GET",), "/account-settings", get_account_settings),
    Action("GetTempBucketToken", FC_2016_VERSION, ("GET",), "/tempBucketToken", get_temp_bucket_token),
    Action("ListServices", FC_2016_VERSION, ("GET",), "/services", list_services),
    Action("CreateService", FC_2016_VERSION, ("POST",), "/services", create_service),
    Action("GetService", FC_2016_VERSION, ("GET",), "/services/{service}", fc2.get_service),
    Action("UpdateService", FC_2016_VERSION, ("PUT",), "/services/{service}", update_service),
    Action("DeleteService", FC_2016_VERSION, ("DELETE",), "/services/{service}", delete_service),
    Action("ListFunctions", FC_2016_VERSION, ("GET",), _FUNCTIONS, fc2.list_functions),
    Action("CreateFunction", FC_2016_VERSION, ("POST",), _FUNCTIONS, create_function, _CODE_LIMIT_BYTES),
    Action("GetFunction", FC_2016_VERSION, ("GET",), _FUNCTION, fc2.get_function),
    Action("UpdateFunction", FC_2016_VERSION, ("PUT",), _FUNCTION, update_function, _CODE_LIMIT_BYTES),
    Action("DeleteFunction", FC_2016_VERSION, ("DELETE",), _FUNCTION, delete_function),
)
