"""The commands ``invoke`` and ``serve``."""

from __future__ import annotations

import json
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import print_json

from .credentials import Credentials, assume_execution_role
from .errors import HarnessError
from .events import KINDS, build_event, read_event
from .front_door import FrontDoor
from .http_trigger import BadResponseError, http_response
from .identifiers import new_request_id
from .invocation import INITIALIZATION
from .options import Code, Endpoint, Env, HandlerName, Initializer, Log, Python, Region, Role, Runtime, Timeout, World
from .serving import open_port, serve_until_stopped
from .settings import EXECUTION_ROLE, PROJECT, Settings, build_function, running_cloud
from .warm_function import WarmFunction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .function import Function
    from .invocation import Invocation


def invoke(  # noqa: PLR0913 - a command's parameters are its options
    *,
    kind: Annotated[str, typer.Option(metavar="invoke|http|timer", help="Who delivers the event.")] = "invoke",
    event: Annotated[str | None, typer.Option(metavar="JSON", help="The event; by default an empty one.")] = None,
    event_file: Annotated[Path | None, typer.Option(metavar="FILE|-", help="Read the event from a file.")] = None,
    query: Annotated[str, typer.Option(metavar="A=B&C=D", help="With --kind http: the query string.")] = "",
    code: Code = PROJECT / "src",
    handler: HandlerName = "index.handler",
    initializer: Initializer = "index.initialize",
    runtime: Runtime = "python3.12",
    timeout: Timeout = 60,
    env: Env = None,
    region: Region = "cn-hangzhou",
    role: Role = EXECUTION_ROLE,
    python: Python = "",
    world: World = None,
    endpoint: Endpoint = None,
    log: Log = True,
    pretty: Annotated[
        bool | None, typer.Option("--pretty/--raw", help="Indent a JSON answer; default: on a terminal.")
    ] = None,
) -> None:
    """Run the function once, as Function Compute does, against the local cloud.

    The answer goes to standard output, the log to standard error. Exit status: 0 the function returned, 1 it failed, 2
    it was not invoked.
    """
    if kind not in KINDS:
        raise HarnessError(f"--kind {kind}: expected {', '.join(KINDS)}")
    if query and kind != "http":
        raise HarnessError("--query needs --kind http")
    settings = Settings(code, handler, initializer, runtime, timeout, env or [], region, role, python, world, endpoint)
    given, request_id = read_event(event, event_file), new_request_id()
    with running_cloud(settings) as cloud_url:
        function = build_function(settings, cloud_url)
        payload = build_event(kind, given, function, query=query, request_id=request_id)
        with keep_warm(function, cloud_url, log=log) as warm:
            invocation = warm.invoke(payload, request_id=request_id)
    if invocation.error_type == INITIALIZATION:
        raise HarnessError(f"the function did not start: {_told(invocation.body)}")
    indented = sys.stdout.isatty() if pretty is None else pretty
    if not print_answer(invocation, kind, indented=indented):
        raise typer.Exit(1)


def serve(  # noqa: PLR0913 - a command's parameters are its options
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The loopback port; 0 takes a free one.")] = 9000,
    code: Code = PROJECT / "src",
    handler: HandlerName = "index.handler",
    initializer: Initializer = "index.initialize",
    runtime: Runtime = "python3.12",
    timeout: Timeout = 60,
    env: Env = None,
    region: Region = "cn-hangzhou",
    role: Role = EXECUTION_ROLE,
    python: Python = "",
    world: World = None,
    endpoint: Endpoint = None,
    log: Log = True,
) -> None:
    """Keep the function running behind its HTTP trigger and Function Compute's InvokeFunction.

    Requests are answered one after the other, as by one instance. A changed file in the code directory starts a new
    instance at the next request.
    """
    settings = Settings(code, handler, initializer, runtime, timeout, env or [], region, role, python, world, endpoint)
    with open_port(port) as listener, running_cloud(settings) as cloud_url:
        function = build_function(settings, cloud_url)
        with keep_warm(function, cloud_url, log=log) as warm:
            typer.echo(_welcome(f"http://127.0.0.1:{listener.getsockname()[1]}", cloud_url, function.name))
            serve_until_stopped(FrontDoor(warm).app(), listener)


@contextmanager
def keep_warm(function: Function, cloud_url: str, *, log: bool) -> Iterator[WarmFunction]:
    """Yield *function* ready to be invoked with keys from the local cloud; its process ends with the block."""

    def assume_role(session_name: str) -> Credentials:
        return assume_execution_role(cloud_url, function.role_arn, session_name)

    with closing(WarmFunction(function, assume_role, show_log if log else _ignore)) as warm:
        yield warm


def _ignore(_: bytes) -> None:
    pass


def _welcome(url: str, cloud_url: str, name: str) -> str:
    return f"""HTTP trigger     {url}/
page             the same in a browser
try              curl '{url}/?targets=company-a'
InvokeFunction   POST {url}/2023-03-30/functions/{name}/invocations
s invoke         FC_CLIENT_CUSTOM_ENDPOINT={url} s invoke
local cloud      {cloud_url}
Ctrl-C ends it."""


def _told(body: bytes) -> str:
    """Return what an error of the platform's shape says, without the way to it: that stands in the log."""
    failure = json.loads(body)
    return ": ".join(failure[name] for name in ("errorType", "errorMessage") if name in failure)


def show_log(chunk: bytes) -> None:
    """Write a piece of the function's log to standard error."""
    sys.stderr.buffer.write(chunk)
    sys.stderr.buffer.flush()


def print_answer(invocation: Invocation, kind: str, *, indented: bool) -> bool:
    """Write the answer to standard output and return whether the function succeeded.

    An HTTP trigger's answer is unwrapped: the body alone is written there, status and headers to standard error.
    """
    if kind != "http" or invocation.error_type:
        write_body(invocation.body, indented=indented)
        return invocation.error_type is None
    try:
        response = http_response(invocation.body)
    except BadResponseError as error:
        typer.echo(f"HTTP 502\nBadResponse: {error}", err=True)
        return False
    for line in (f"HTTP {response.status}", *(f"{name}: {value}" for name, value in response.headers.items())):
        typer.echo(line, err=True)
    write_body(response.body, indented=indented)
    return True


def write_body(body: bytes, *, indented: bool) -> None:
    """Write *body* to standard output: byte for byte, or JSON *indented*, on a terminal in colour too."""
    if not indented:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    try:
        print_json(data=json.loads(body))
    except ValueError:
        typer.echo(body)
