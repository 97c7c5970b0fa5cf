"""A function that a call names, and how it is described."""

from __future__ import annotations

from local.cloud.calls import Call, Document
from local.cloud.errors import Refusal
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.settings import Settings, default_cpu
from local.cloud.functions.triggers import Trigger
from local.cloud.inventory import Function, Inventory
from local.cloud.listing import Listing


def find_deployment(call: Call) -> Deployment:
    """Return the function of FC 3.0 that *call* names; raises Refusal, also for a version or alias of it.

    One of the world file becomes a deployment.
    """
    name = call.names["function"]
    inventory = call.account.inventories.get(call.region) or Inventory()
    function = inventory.functions["v3"].get(name)
    if function is None:
        raise not_found(name)
    check_qualifier(call, f"function '{name}'")
    if name not in inventory.deployments:
        inventory.deployments[name] = _codeless(function)
    return inventory.deployments[name]


def find_triggers(call: Call) -> Listing[Trigger]:
    """Return the triggers of the function of FC 3.0 that *call* names, as they are; raises Refusal."""
    name = call.names["function"]
    inventory = call.account.inventories.get(call.region) or Inventory()
    function = inventory.functions["v3"].get(name)
    if function is None:
        raise not_found(name)
    deployment = inventory.deployments.get(name)
    return function.triggers if deployment is None else deployment.triggers


def describe(inventory: Inventory, function: Function) -> Document:
    """Return the fields that ListFunctions shows of *function*."""
    deployment = inventory.deployments.get(function.full_name)
    if deployment is not None:
        return deployment.document()
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
        "role": function.role_arn,
        "internetAccess": function.internet_access,
        "vpcConfig": describe_vpc(function.vpc_id),
        "instanceConcurrency": 1,
        "layers": [],
        "environmentVariables": dict(function.environment_variables),
        "tags": [],
        "createdTime": function.created_time,
        "lastModifiedTime": function.modified_time,
    }


def describe_vpc(vpc_id: str) -> Document:
    """Return the network of who is in the VPC *vpc_id*, or in none for ""; switches and security group are made up."""
    switches, group = ([f"vsw-{vpc_id}"], f"sg-{vpc_id}") if vpc_id else ([], "")
    return {"vpcId": vpc_id, "vSwitchIds": switches, "securityGroupId": group}


def describe_deployment(call: Call, deployment: Deployment) -> Document:
    """Return all fields of *deployment*."""
    return deployment.document() | describe_state(call, deployment.name)


def describe_state(call: Call, name: str) -> Document:
    """Return the fields that a listing leaves out; reasons only where there are some, and here there never are."""
    return {
        "functionArn": f"acs:fc:{call.region}:{call.account.account_id}:functions/{name}",
        "state": "Active",
        "lastUpdateStatus": "Successful",
    }


def not_found(name: str) -> Refusal:
    """Return the refusal of a function that isn't there."""
    return Refusal(404, "FunctionNotFound", f"function '{name}' does not exist.")


def _codeless(function: Function) -> Deployment:
    """Return a function of the world file as a deployment; what its settings are, the world file says."""
    settings = Settings(
        handler=function.handler,
        runtime=function.runtime,
        description=function.description,
        memory_size=function.memory_mb,
        cpu=default_cpu(function.memory_mb),
        timeout=function.timeout_seconds,
        environment_variables=dict(function.environment_variables),
        role=function.role_arn,
        internet_access=function.internet_access,
        vpc_config=describe_vpc(function.vpc_id) if function.vpc_id else {},
    )
    return Deployment(
        function.name,
        function.function_id,
        settings,
        None,
        function.created_time,
        function.modified_time,
        "world",
        triggers=function.triggers,
    )


def check_qualifier(call: Call, owner: str, *, in_path: str = "") -> None:
    """Raise Refusal for another qualifier than LATEST: there are no versions and aliases of *owner* here.

    A version is a number, an alias a name.
    https://www.alibabacloud.com/help/en/functioncompute/error-codes
    """
    qualifier = in_path or call.parameters.get("qualifier") or "LATEST"
    if qualifier != "LATEST":
        kind = "version" if qualifier.isdecimal() else "alias"
        raise Refusal(404, f"{kind.title()}NotFound", f"{kind} '{qualifier}' of {owner} does not exist")
