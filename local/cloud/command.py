"""`python -m local cloud`: run the local cloud in the foreground."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from local.cloud.functions.host import FunctionHost
from local.cloud.server import LocalCloud
from local.cloud.state_file import StateFileError, load_state
from local.cloud.world import World
from local.cloud.world_file import WorldError, load_world

HostMaker = Callable[[str, bool], FunctionHost]
"""Makes what runs functions: from the Python for runtimes that aren't there, and whether to show their logs."""

STOPPING = (signal.SIGINT, signal.SIGTERM)


def cloud(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.", min=0, max=65535)] = 0,
    world: Annotated[Path | None, typer.Option(help="World file; the default world tells the guide's story.")] = None,
    state: Annotated[
        Path | None, typer.Option(help="File that keeps the state; where it exists, it replaces the world file.")
    ] = None,
    python: Annotated[
        str, typer.Option(metavar="EXECUTABLE", help="Runs deployed functions whose runtime this machine doesn't have.")
    ] = "",
    log: Annotated[bool, typer.Option(help="Show what deployed functions write, on standard error.")] = False,
) -> None:
    """Run the local Alibaba Cloud until Ctrl-C, and print how to talk to it, in lines that a shell can eval."""
    make_host: HostMaker = (
        context.obj
    )  # what runs functions stands beside the cloud: `python -m local` brings them together
    try:
        running = LocalCloud(_begin(world, state), port=port, state_file=state, host=make_host(python, log))
        running.start()
    except (WorldError, StateFileError) as error:
        raise _fail(str(error)) from error
    except OSError as error:
        if error.filename:
            raise _fail(f"{state}: the state can't be written: {error.strerror}") from error
        raise _fail(f"port {port} on 127.0.0.1 can't be used: {error.strerror}") from error
    stopped = _stop_signals()
    typer.echo("\n".join(describe(running.url, running.world)))
    os.read(stopped, 1)
    for number in STOPPING:  # a second one must not end us before we have: at its end Python forgets our own handler
        signal.signal(number, signal.SIG_IGN)
    _stop(running, state)


def _stop_signals() -> int:
    """Return a pipe's end that can be read once Ctrl-C or SIGTERM has come; a second one does no harm while we stop.

    `make` passes a signal on that its own group has already received.
    """
    readable, writable = os.pipe()
    for number in STOPPING:
        signal.signal(number, lambda *_: os.write(writable, b"."))
    return readable


def _begin(world: Path | None, state: Path | None) -> World:
    return (load_state(state) if state else None) or load_world(world)


def _stop(running: LocalCloud, state: Path | None) -> None:
    try:
        running.stop()
    except OSError as error:
        raise _fail(f"{state}: the state can't be written: {error.strerror}") from error


def describe(url: str, world: World) -> Iterator[str]:
    """Yield the lines that tell a shell where the cloud is and which keys it knows; the first key is the active one."""
    yield f"# Local Alibaba Cloud at {url} - Ctrl-C stops it"
    yield f"export FC_INVENTORY_ENDPOINT={url}"
    comment = ""
    for account in world.accounts.values():
        for user in account.users.values():
            for key in user.access_keys[:1]:
                yield f"# {user.name} of {account.alias or account.account_id}"
                yield f"{comment}export ALIBABA_CLOUD_ACCESS_KEY_ID={key.access_key_id}"
                yield f"{comment}export ALIBABA_CLOUD_ACCESS_KEY_SECRET={key.secret}"
                comment = "# "


def _fail(text: str) -> typer.Exit:
    typer.echo(f"error: {text}", err=True)
    return typer.Exit(2)
