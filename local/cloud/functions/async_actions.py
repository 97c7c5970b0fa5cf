"""Configuration of asynchronous invocations, API 2023-03-30: one function for each API action."""

from __future__ import annotations

from typing import Any

import msgspec

from local.cloud.actions import Action
from local.cloud.calls import Call, Document, Reply
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.fc import authorise
from local.cloud.functions.async_config import read_async_config
from local.cloud.functions.deployment import Deployment, StoredAsyncConfig
from local.cloud.functions.lookup import find_deployment
from local.cloud.parameters import read_document
from local.cloud.regions import FC3_VERSION


def put_async_invoke_config(call: Call) -> Document:
    """PutAsyncInvokeConfig: replaces what was there."""
    deployment = _deployment(call, "PutAsyncInvokeConfig")
    config = read_async_config(read_document(call.request))
    now = to_wire(call.now)
    created = deployment.async_config.created_time if deployment.async_config else now
    deployment.async_config = StoredAsyncConfig(config, created, now)
    return _describe(call, deployment, deployment.async_config)


def get_async_invoke_config(call: Call) -> Document:
    """GetAsyncInvokeConfig; 404 where none was put."""
    deployment = _deployment(call, "GetAsyncInvokeConfig")
    return _describe(call, deployment, _stored(deployment))


def delete_async_invoke_config(call: Call) -> Reply:
    """DeleteAsyncInvokeConfig."""
    deployment = _deployment(call, "DeleteAsyncInvokeConfig")
    _stored(deployment)
    deployment.async_config = None
    return Reply(status=204)


def list_async_invoke_configs(call: Call) -> Document:
    """ListAsyncInvokeConfigs of one function, or of all of a region."""
    wanted = call.parameters.get("functionName", "")
    inventory = authorise(call, "ListAsyncInvokeConfigs", f"functions/{wanted or '*'}")
    found = [deployment for name, deployment in sorted(inventory.deployments.items()) if wanted in ("", name)]
    return {"configs": [_describe(call, one, one.async_config) for one in found if one.async_config]}


def _deployment(call: Call, action: str) -> Deployment:
    authorise(call, action, f"functions/{call.names['function']}")
    return find_deployment(call)


def _stored(deployment: Deployment) -> StoredAsyncConfig:
    if deployment.async_config is None:
        message = f"async invoke config of function '{deployment.name}' does not exist"
        raise Refusal(404, "AsyncConfigNotExists", message)
    return deployment.async_config


def _describe(call: Call, deployment: Deployment, stored: StoredAsyncConfig) -> dict[str, Any]:
    """Return the fields that the API's model `AsyncConfig` has: no qualifier, and none that nobody gave.

    https://www.alibabacloud.com/help/en/functioncompute/api-fc-2023-03-30-struct-asyncconfig
    """
    given = msgspec.to_builtins(stored.config)
    return {
        **{name: value for name, value in given.items() if value is not None},
        "functionArn": f"acs:fc:{call.region}:{call.account.account_id}:functions/{deployment.name}",
        "createdTime": stored.created_time,
        "lastModifiedTime": stored.modified_time,
    }


_PATH = "/functions/{function}/async-invoke-config"

ACTIONS = (
    Action("PutAsyncInvokeConfig", FC3_VERSION, ("PUT",), _PATH, put_async_invoke_config),
    Action("GetAsyncInvokeConfig", FC3_VERSION, ("GET",), _PATH, get_async_invoke_config),
    Action("DeleteAsyncInvokeConfig", FC3_VERSION, ("DELETE",), _PATH, delete_async_invoke_config),
    Action("ListAsyncInvokeConfigs", FC3_VERSION, ("GET",), "/async-invoke-configs", list_async_invoke_configs),
)
