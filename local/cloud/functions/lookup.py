"""A function that a call names, and how it is described."""

from __future__ import annotations

from local.cloud.calls import Call, Document
from local.cloud.errors import Refusal
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.settings import Settings, default_cpu
from local.cloud.inventory import Function, Inventory


def find_deployment(call: Call) -> Deployment:
    """Return the function of FC 3.0 that *call* names; raises Refusal. One of the world file becomes a deployment."""
    name = call.names["function"]
    inventory = call.account.inventories.get(call.region) or Inventory()
    function = inventory.functions["v3"].get(name)
    if function is None:
        raise not_found(name)
    if name not in inventory.deployments:
        inventory.deployments[name] = _codeless(function)
    return inventory.deployments[name]


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
        "internetAccess": True,
        "instanceConcurrency": 1,
        "layers": [],
        "environmentVariables": dict(function.environment_variables),
        "tags": [],
        "createdTime": function.created_time,
        "lastModifiedTime": function.modified_time,
    }


def describe_deployment(call: Call, deployment: Deployment) -> Document:
    """Return all fields of *deployment*."""
    return deployment.document() | describe_state(call, deployment.name)


def describe_state(call: Call, name: str) -> Document:
    """Return the fields that a listing leaves out."""
    return {
        "functionArn": f"acs:fc:{call.region}:{call.account.account_id}:functions/{name}",
        "state": "Active",
        "stateReason": "",
        "stateReasonCode": "",
        "lastUpdateStatus": "Successful",
        "lastUpdateStatusReason": "",
        "lastUpdateStatusReasonCode": "",
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
    )
    return Deployment(
        function.name, function.function_id, settings, None, function.created_time, function.modified_time, "world"
    )


def check_qualifier(call: Call) -> None:
    """Raise Refusal for another qualifier than LATEST: there are no versions and aliases here."""
    qualifier = call.parameters.get("qualifier") or "LATEST"
    if qualifier != "LATEST":
        message = f"alias '{qualifier}' of function '{call.names['function']}' does not exist"
        raise Refusal(404, "AliasNotFound", message)
