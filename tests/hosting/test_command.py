"""`python -m local cloud` runs functions, and finds them again after a restart."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from tests.cloud.acs3 import Keys
from tests.hosting.deploying import ROLE, Deployer, body_of

ROOT = Path(__file__).parents[2]
CODE = "def handler(event, context):\n    return context.credentials.access_key_id[:4].encode() + event\n"


@contextmanager
def running(*options: str) -> Iterator[Deployer]:
    """Run the command; yield the default world's deployer, with the keys that the command prints."""
    command = [sys.executable, "-m", "local", "cloud", "--python", sys.executable, *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = ""
        while "SECRET" not in shown.partition("deployer of")[2]:
            line = process.stdout.readline()
            assert line, shown
            shown += line
        key, secret = re.findall(r"KEY_(?:ID|SECRET)=(\S+)", shown.partition("deployer of")[2])
        url = re.findall(r"ENDPOINT=(\S+)", shown)[0]
        yield Deployer(SimpleNamespace(url=url), Keys(key, secret))  # type: ignore[arg-type]
        process.terminate()
        process.wait(10)


def test_a_function_outlives_a_restart(tmp_path: Path) -> None:
    """With `--state`: its code, settings and triggers are there again."""
    state = ("--state", str(tmp_path / "state.json"))
    with running(*state) as deployer:
        deployer.deploy("lasting", CODE, role=ROLE)
        deployer.trigger("lasting", "off", "timer", {"cronExpression": "0 0 4 * * *", "enable": False})
        deployer.configure_async("lasting", maxAsyncRetryAttempts=1)
        before = body_of(deployer.invoke("lasting", b" once"))

    with running(*state) as deployer:
        after = body_of(deployer.invoke("lasting", b" twice"))
        trigger = deployer.client.get_trigger("lasting", "off").body.trigger_config

    assert (before, after) == (b"STS. once", b"STS. twice")
    assert trigger == '{"cronExpression": "0 0 4 * * *", "enable": false}'
