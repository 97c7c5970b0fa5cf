"""Functions to run, and what to run them with."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.runtime.credentials import Credentials
from local.runtime.function import Function
from local.runtime.instance import Call, Instance

ROLE = "acs:ram::1345678901234567:role/fc-inventory"
REQUEST_ID = "1-6a60e291-15ccc054-37a1225fda73"

Start = Callable[..., Instance]


def function_of(case: str, **options: object) -> Function:
    """Return the function in ``functions/<case>``."""
    code_directory = Path(__file__).parent / "functions" / case
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
