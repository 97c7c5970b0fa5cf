"""Functions of API 2023-03-30 made, changed, read and deleted: one function for each API action.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-overview
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Awaitable
from typing import Any

from local.cloud.actions import Action
from local.cloud.authorization import find_denial
from local.cloud.calls import Call, Document, Reply
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.fc import authorise
from local.cloud.functions.archive import MAXIMUM_INLINE_BYTES
from local.cloud.functions.code import check_code, read_code
from local.cloud.functions.code_url import CodeAddress
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.lookup import (
    check_qualifier,
    describe,
    describe_deployment,
    describe_state,
    find_deployment,
    not_found,
)
from local.cloud.functions.settings import (
    FUNCTION_NAME_LENGTH,
    Settings,
    change_settings,
    check_name,
    invalid,
    read_settings,
)
from local.cloud.inventory import Function, Inventory
from local.cloud.parameters import read_document
from local.cloud.policy import Question
from local.cloud.regions import FC3_VERSION

_BODY_LIMIT_BYTES = MAXIMUM_INLINE_BYTES * 4 // 3 + 1024 * 1024
_NO_CONTENT = Reply(status=204)


def create_function(call: Call) -> Awaitable[Document]:
    """CreateFunction, with code that comes along or lies in OSS."""
    given = read_document(call.request)
    name = _name_in(given)
    authorise(call, "CreateFunction", f"functions/{name}")
    inventory = call.account.inventories.setdefault(call.region, Inventory())
    check_name(name, "functionName", FUNCTION_NAME_LENGTH)
    if name in inventory.functions["v3"]:
        raise _already_exists(name)
    settings = read_settings(_without(given, "functionName", "code"), call.account.account_id)
    check_pass_role(call, settings.role)
    content = read_code(call, given.get("code"))
    if content is None and settings.runtime != "custom-container":
        raise invalid("code is required")
    return _create(call, inventory, name, (settings, content))


async def _create(call: Call, inventory: Inventory, name: str, parts: tuple[Settings, bytes | None]) -> Document:
    settings, content = parts
    archive = await check_code(call, content)
    if name in inventory.functions["v3"]:  # somebody was faster
        raise _already_exists(name)
    now = to_wire(call.now)
    deployment = Deployment(name, str(uuid.uuid4()), settings, archive, now, now, secrets.token_hex(8))
    _store(inventory, deployment)
    return describe_deployment(call, deployment)


def update_function(call: Call) -> Awaitable[Document]:
    """UpdateFunction: what the body doesn't name stays as it is."""
    authorise(call, "UpdateFunction", f"functions/{call.names['function']}")
    deployment = find_deployment(call)
    given = read_document(call.request)
    settings = change_settings(deployment.settings, _without(given, "functionName", "code"), call.account.account_id)
    if given.get("role"):
        check_pass_role(call, settings.role)
    return _update(call, deployment, settings, read_code(call, given.get("code")))


async def _update(call: Call, deployment: Deployment, settings: Settings, content: bytes | None) -> Document:
    archive = await check_code(call, content)
    deployment.settings = settings
    deployment.archive = archive or deployment.archive
    deployment.modified_time = to_wire(call.now)
    deployment.revision = secrets.token_hex(8)
    _store(call.account.inventories[call.region], deployment)
    call.platform.retire(call.account.account_id, call.region, deployment.name)
    return describe_deployment(call, deployment)


def get_function(call: Call) -> Document:
    """GetFunction; a function of FC 2.0 is found by its listed name `service$function`."""
    name = call.names["function"]
    inventory = authorise(call, "GetFunction", f"functions/{name}")
    function = inventory.functions[""].get(name)
    if function is None:
        raise not_found(name)
    check_qualifier(call, f"function '{name}'")
    return describe(inventory, function) | describe_state(call, name)


def get_function_code(call: Call) -> Document:
    """GetFunctionCode: checksum and URL; none for a function of the world file, which has no code."""
    name = call.names["function"]
    authorise(call, "GetFunctionCode", f"functions/{name}")
    archive = find_deployment(call).archive
    if archive is None:
        return {"checksum": "0", "url": ""}
    address = CodeAddress(call.account.account_id, call.region, name)
    return {"checksum": archive.checksum, "url": address.url(call.platform.cloud_url, call.now)}


def delete_function(call: Call) -> Reply:
    """DeleteFunction; its triggers go with it (that they needn't be deleted first is unverified)."""
    name = call.names["function"]
    inventory = authorise(call, "DeleteFunction", f"functions/{name}")
    if name not in inventory.functions["v3"]:
        raise not_found(name)
    inventory.remove_function(name)
    inventory.deployments.pop(name, None)
    call.platform.retire(call.account.account_id, call.region, name)
    return _NO_CONTENT


def check_pass_role(call: Call, role_arn: str) -> None:
    """Raise Refusal unless the caller may hand *role_arn* to Function Compute."""
    if not role_arn:
        return
    context = call.context() | {"acs:Service": "fc.aliyuncs.com"}
    denial = find_denial(call.caller, Question("ram:PassRole", role_arn, context))
    if denial is not None:
        message = f"the caller is not authorized to perform 'ram:PassRole' on resource '{role_arn}'"
        raise Refusal(403, "AccessDenied", message, denial)


def _already_exists(name: str) -> Refusal:
    return Refusal(409, "FunctionAlreadyExists", f"function '{name}' already exists")


def _name_in(given: dict[str, Any]) -> str:
    name = given.get("functionName")
    if not isinstance(name, str):
        raise invalid("functionName is required")
    return name


def _without(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def _store(inventory: Inventory, deployment: Deployment) -> None:
    """Put *deployment* where listings find it, in place of what it was."""
    settings = deployment.settings
    function = Function(
        name=deployment.name,
        runtime=settings.runtime,
        handler=settings.handler,
        description=settings.description,
        memory_mb=settings.memory_size,
        timeout_seconds=settings.timeout,
        environment_variables=settings.environment_variables,
        created_time=deployment.created_time,
        modified_time=deployment.modified_time,
    )
    if deployment.name in inventory.functions["v3"]:
        inventory.remove_function(deployment.name)
    inventory.add_function(function)
    inventory.deployments[deployment.name] = deployment


_PATH = "/functions/{function}"

ACTIONS = (
    Action("CreateFunction", FC3_VERSION, ("POST",), "/functions", create_function, _BODY_LIMIT_BYTES),
    Action("UpdateFunction", FC3_VERSION, ("PUT",), _PATH, update_function, _BODY_LIMIT_BYTES),
    Action("GetFunction", FC3_VERSION, ("GET",), _PATH, get_function),
    Action("DeleteFunction", FC3_VERSION, ("DELETE",), _PATH, delete_function),
    Action("GetFunctionCode", FC3_VERSION, ("GET",), f"{_PATH}/code", get_function_code),
)
