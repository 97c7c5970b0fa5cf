"""What `s info`, `s plan` and `s deploy` look for and the local cloud never has: it answers as for a function without.

Aliases, versions, provisioned instances, scaling, reserved concurrency and VPC bindings can be read, not made.
"""

from __future__ import annotations

from local.cloud.actions import Action
from local.cloud.calls import Act, Call, Document
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
)
