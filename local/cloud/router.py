"""From a request to the API action that it asks for.

The host says product, region and account, path and headers say the action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.cloud import fc2, fc3, sts
from local.cloud.calls import Act
from local.cloud.errors import Dialect, Refusal
from local.cloud.http_request import HttpRequest
from local.cloud.regions import FC2_VERSION, FC3_VERSION, STS_VERSION, Endpoint, find_endpoint

FC_VERSIONS = (FC2_VERSION, FC3_VERSION)


@dataclass(frozen=True)
class Action:
    """One API action.

    `path` is behind `/<version>` and has its variable segments in braces; STS actions have only `/`.
    """

    name: str
    version: str
    methods: tuple[str, ...]
    path: str
    act: Act

    def names(self, method: str, path: str) -> Mapping[str, str] | None:
        """Return what the variable segments of the raw *path* hold, or None where the action isn't meant."""
        mine, theirs = f"/{self.version}{self.path}".split("/"), path.split("/")
        if method not in self.methods or len(mine) != len(theirs):
            return None
        found = {}
        for expected, segment in zip(mine, theirs, strict=True):
            if expected.startswith("{") and segment:
                found[expected.strip("{}")] = unquote(segment)
            elif expected != segment:
                return None
        return found


ACTIONS = (
    Action("AssumeRole", STS_VERSION, ("GET", "POST"), "/", sts.assume_role),
    Action("GetCallerIdentity", STS_VERSION, ("GET", "POST"), "/", sts.get_caller_identity),
    Action("ListServices", FC2_VERSION, ("GET",), "/services", fc2.list_services),
    Action("GetService", FC2_VERSION, ("GET",), "/services/{service}", fc2.get_service),
    Action("ListFunctions", FC2_VERSION, ("GET",), "/services/{service}/functions", fc2.list_functions),
    Action("GetFunction", FC2_VERSION, ("GET",), "/services/{service}/functions/{function}", fc2.get_function),
    Action("ListFunctions", FC3_VERSION, ("GET",), "/functions", fc3.list_functions),
    Action("GetFunction", FC3_VERSION, ("GET",), "/functions/{function}", fc3.get_function),
)

_RPC_ACTIONS = {(action.version, action.name): action for action in ACTIONS if action.version == STS_VERSION}
_ROA_ACTIONS = tuple(action for action in ACTIONS if action.version in FC_VERSIONS)


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
    if endpoint is not None and STS_VERSION in endpoint.versions:
        return Dialect.POP
    if request.path.startswith(f"/{FC2_VERSION}/"):
        return Dialect.FC2
    return Dialect.FC3 if endpoint is not None or request.path.startswith(f"/{FC3_VERSION}/") else Dialect.POP


def find_route(request: HttpRequest, default_region: str) -> Route:
    """Return where *request* goes; raises Refusal where the host, version, action, path or method doesn't exist.

    A loopback `Host` means a client that changed only its endpoint: then the version names the product.
    """
    every = Endpoint(frozenset({STS_VERSION, *FC_VERSIONS}), default_region)
    endpoint = every if request.is_for_loopback else find_endpoint(request.host_name)
    if endpoint is None:
        raise Refusal(404, "InvalidProduct.NotFound", "Cannot find product according to your specified domain.")
    dialect = find_dialect(request)
    action, names = _rpc_action(request) if dialect is Dialect.POP else _roa_action(request, endpoint)
    return Route(action, names, endpoint.region, endpoint.account_id)


def _rpc_action(request: HttpRequest) -> tuple[Action, Mapping[str, str]]:
    if request.method not in ("GET", "POST"):
        raise Refusal(400, "UnsupportedHTTPMethod", "This http method is not supported.")
    if request.header("x-acs-version") != STS_VERSION:
        raise Refusal(400, "InvalidVersion", "Specified parameter Version is not valid.")
    action = _RPC_ACTIONS.get((STS_VERSION, request.header("x-acs-action")))
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
