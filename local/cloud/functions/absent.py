"""What `s info`, `s plan` and `s deploy` look for and the local cloud never has: it answers as for a function without.

Aliases, versions, layers, provisioned instances, scaling, reserved concurrency and VPC bindings can be read, not made.
"""

from __future__ import annotations

from local.cloud.actions import Action
from local.cloud.calls import Act, Call, Document
from local.cloud.errors import Refusal
from local.cloud.fc import authorise
from local.cloud.functions.lookup import find_deployment
from local.cloud.regions import FC3_VERSION


def _of_function(action: str, answer: Document) -> Act:
    """Return what answers *answer* where the function exists and the caller may ask."""

    def act(call: Call) -> Document:
        authorise(call, action, f"functions/{call.names['function']}")
        find_deployment(call)
        return dict(answer)

    return act


def _of_region(action: str, answer: Document) -> Act:
    """Return what answers *answer* for one or all functions of a region."""

    def act(call: Call) -> Document:
        authorise(call, action, f"functions/{call.parameters.get('functionName') or '*'}")
        return dict(answer)

    return act


def _get_alias(call: Call) -> Document:
    function, alias = call.names["function"], call.names["alias"]
    authorise(call, "GetAlias", f"functions/{function}/aliases/{alias}")
    find_deployment(call)
    raise Refusal(404, "AliasNotFound", f"alias '{alias}' of function '{function}' does not exist")


def _list_layers(call: Call) -> Document:
    """None of one's own; those that Alibaba Cloud offers exist, and are not known here."""
    authorise(call, "ListLayers", "layers/*")
    for name in ("official", "public"):
        if call.parameters.get(name) == "true":
            raise Refusal(400, "InvalidArgument", f"the local cloud does not imitate the parameter {name}")
    return {"layers": []}


def _list_layer_versions(call: Call) -> Document:
    layer = call.names["layer"]
    authorise(call, "ListLayerVersions", f"layers/{layer}/versions/*")
    raise Refusal(404, "LayerNotFound", f"layer '{layer}' does not exist")


def _get_layer_version(call: Call) -> Document:
    layer, version = call.names["layer"], call.names["version"]
    authorise(call, "GetLayerVersion", f"layers/{layer}/versions/{version}")
    raise Refusal(404, "LayerVersionNotFound", f"version '{version}' of layer '{layer}' does not exist")


_OF_FUNCTION: tuple[tuple[str, str, Document], ...] = (
    ("ListVpcBindings", "vpc-bindings", {"vpcIds": []}),
    ("GetScalingConfig", "scaling-config", {}),
    ("GetConcurrencyConfig", "concurrency", {}),
    ("GetProvisionConfig", "provision-config", {}),
    ("ListAliases", "aliases", {"aliases": []}),
    ("ListFunctionVersions", "versions", {"versions": [], "direction": "BACKWARD"}),
)
_OF_REGION: tuple[tuple[str, str, Document], ...] = (
    ("ListScalingConfigs", "scaling-configs", {"scalingConfigs": []}),
    ("ListProvisionConfigs", "provision-configs", {"provisionConfigs": []}),
    ("ListConcurrencyConfigs", "concurrency-configs", {"configs": []}),
)

ACTIONS = (
    *(
        Action(name, FC3_VERSION, ("GET",), f"/functions/{{function}}/{path}", _of_function(name, answer))
        for name, path, answer in _OF_FUNCTION
    ),
    *(Action(name, FC3_VERSION, ("GET",), f"/{path}", _of_region(name, answer)) for name, path, answer in _OF_REGION),
    Action("GetAlias", FC3_VERSION, ("GET",), "/functions/{function}/aliases/{alias}", _get_alias),
    Action("ListLayers", FC3_VERSION, ("GET",), "/layers", _list_layers),
    Action("ListLayerVersions", FC3_VERSION, ("GET",), "/layers/{layer}/versions", _list_layer_versions),
    Action("GetLayerVersion", FC3_VERSION, ("GET",), "/layers/{layer}/versions/{version}", _get_layer_version),
)
