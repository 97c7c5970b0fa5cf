"""From a request to the API action that it asks for.

The host says product, region and account, path, parameters and headers say the action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local.cloud import fc2, fc3, fc_2016, oss, ram, sts
from local.cloud.actions import Action
from local.cloud.errors import Dialect, Refusal
from local.cloud.http_request import HttpRequest
from local.cloud.parameters import system_parameters
from local.cloud.regions import (
    FC2_VERSION,
    FC3_VERSION,
    FC_2016_VERSION,
    FC_VERSIONS,
    OSS_VERSION,
    RAM_VERSION,
    RPC_VERSIONS,
    Endpoint,
    find_endpoint,
)
from local.cloud.signatures.oss1 import is_signed_for_oss

ACTIONS = (*sts.ACTIONS, *ram.ACTIONS, *fc_2016.ACTIONS, *fc2.ACTIONS, *fc3.ACTIONS, *oss.ACTIONS)

_RPC_ACTIONS = {(action.version, action.name): action for action in ACTIONS if action.version in RPC_VERSIONS}
_ROA_ACTIONS = tuple(action for action in ACTIONS if action.version in FC_VERSIONS)
_OSS_ACTIONS = {method: action for action in ACTIONS if action.version == OSS_VERSION for method in action.methods}
_FC_DIALECTS = {FC_2016_VERSION: Dialect.FC_2016, FC2_VERSION: Dialect.FC2, FC3_VERSION: Dialect.FC3}


@dataclass(frozen=True)
class Route:
    """Where a request goes; `account_id` is "" where the host names no account."""

    action: Action
    names: Mapping[str, str]
    region: str
    account_id: str


def find_dialect(request: HttpRequest) -> Dialect:
    """Return the dialect in which *request* is answered, even where it asks for nothing that exists."""
    endpoint = None if request.is_for_loopback else find_endpoint(request.host_name)
    versions = endpoint.versions if endpoint else frozenset()
    if OSS_VERSION in versions or (request.is_for_loopback and is_signed_for_oss(request)):
        return Dialect.OSS
    if versions & RPC_VERSIONS:
        return Dialect.POP
    in_path = _FC_DIALECTS.get(request.path.split("/")[1]) if request.path.count("/") > 1 else None
    return in_path or (Dialect.FC3 if endpoint else Dialect.POP)


def find_product(request: HttpRequest) -> str:
    """Return the gateway's name for the product that *request* is for."""
    endpoint = find_endpoint(request.host_name)
    is_ram = RAM_VERSION in endpoint.versions if endpoint else _named(request)[0] == RAM_VERSION
    return "Ram" if is_ram else "Sts"


def find_route(request: HttpRequest, default_region: str) -> Route:
    """Return where *request* goes; raises Refusal where the host, version, action, path or method doesn't exist.

    A loopback `Host` means a client that changed only its endpoint: then the version names the product.
    """
    every = Endpoint(RPC_VERSIONS | FC_VERSIONS | {OSS_VERSION}, default_region)
    endpoint = every if request.is_for_loopback else find_endpoint(request.host_name)
    if endpoint is None:
        raise Refusal(404, "InvalidProduct.NotFound", "Cannot find product according to your specified domain.")
    dialect = find_dialect(request)
    find = {Dialect.POP: _rpc_action, Dialect.OSS: _oss_action}.get(dialect, _roa_action)
    action, names = find(request, endpoint)
    return Route(action, names, endpoint.region, endpoint.account_id)


def _named(request: HttpRequest) -> tuple[str, str]:
    """Return the version and the action that *request* names: in headers, or for RPC v1 in parameters."""
    if request.header("authorization"):
        return request.header("x-acs-version"), request.header("x-acs-action")
    parameters = system_parameters(request)
    return (
        parameters.get("Version") or request.header("x-acs-version"),
        parameters.get("Action") or request.header("x-acs-action"),
    )


def _rpc_action(request: HttpRequest, endpoint: Endpoint) -> tuple[Action, Mapping[str, str]]:
    if request.method not in ("GET", "POST"):
        raise Refusal(400, "UnsupportedHTTPMethod", "This http method is not supported.")
    version, name = _named(request)
    if version not in RPC_VERSIONS & endpoint.versions:
        raise Refusal(400, "InvalidVersion", "Specified parameter Version is not valid.")
    action = _RPC_ACTIONS.get((version, name))
    if action is None or request.path != "/":
        message = "Specified api is not found, please check your url and method."
        raise Refusal(404, "InvalidAction.NotFound", message)
    return action, {}


def _roa_action(request: HttpRequest, endpoint: Endpoint) -> tuple[Action, Mapping[str, str]]:
    for action in _ROA_ACTIONS:
        names = action.names(request.method, request.path)
        if names is not None and action.version in endpoint.versions:
            _check_headers(request, action)
            return action, names
    raise _path_not_supported(request)


def _oss_action(request: HttpRequest, _endpoint: Endpoint) -> tuple[Action, Mapping[str, str]]:
    action = _OSS_ACTIONS.get(request.method)
    if action is None:
        raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    return action, {}


def _check_headers(request: HttpRequest, action: Action) -> None:
    """Raise Refusal where the headers name another action than the path does.

    That they are there at all, the signature checks.
    """
    for header, expected in (("x-acs-version", action.version), ("x-acs-action", action.name)):
        found = request.header(header)
        if found and found != expected:
            raise Refusal(400, "InvalidArgument", f"header {header} is '{found}', but the path asks for '{expected}'")


def _path_not_supported(request: HttpRequest) -> Refusal:
    return Refusal(400, "PathNotSupported", f"'{request.method}' against '{request.path}' is not supported")
