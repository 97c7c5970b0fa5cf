"""Functions to run, and what to run them with."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from starlette.applications import Starlette

from local.runtime.credentials import Credentials
from local.runtime.function import Function
from local.runtime.instance import Call, Instance
from local.runtime.serving import open_port

ROLE = "acs:ram::1345678901234567:role/fc-inventory"
REQUEST_ID = "1-6a60e291-15ccc054-37a1225fda73"

Start = Callable[..., Instance]
Serve = Callable[..., httpx.Client]


def function_of(case: str, **options: object) -> Function:
    """Return the function in ``functions/<case>``, by default of the runtime whose context has all that there ever was."""
    code_directory = Path(__file__).parent / "functions" / case
    options = {"runtime": "python3.10", **options}
    return Function(name="tested", code_directory=code_directory, role_arn=ROLE, **options)  # type: ignore[arg-type]


def credentials_of(name: str) -> Credentials:
    """Return keys that can be told apart by *name*."""
    return Credentials(f"STS.{name}", f"secret of {name}", f"token of {name}")


def call_of(event: bytes = b"", *, name: str = "call", request_id: str = REQUEST_ID) -> Call:
    """Return a call whose keys are called *name*."""
    return Call(request_id, credentials_of(name), event)


def python_of(runtime: str) -> str:
    """Return the Python that *runtime* names where this machine has a working one, else the one that runs the tests."""
    found = shutil.which(runtime)
    works = found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0
    return found if found and works else sys.executable


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve *app* on a free loopback port for the length of the block; yields the URL."""
    listener = open_port(0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
