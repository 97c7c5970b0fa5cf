"""`python -m local cloud`, as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from local.cloud import load_world
from local.cloud.command import describe

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "local", "cloud"]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return what starts the command; whatever still runs at the end is stopped."""
    running = []

    def begin(*options: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        process = subprocess.Popen([*COMMAND, *options], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def read_url(process: subprocess.Popen[str]) -> str:
    """Return the base URL that the command prints first."""
    assert process.stdout is not None
    found = re.fullmatch(r"# Local Alibaba Cloud at (http://127\.0\.0\.1:\d+) - .*\n", process.stdout.readline())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(start: Start, number: signal.Signals) -> None:
    """By Ctrl-C or SIGTERM; it ends in good order and says nothing more."""
    process = start()
    url = read_url(process)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in list(describe(url, load_world()))[1:]]

    healthy = httpx.get(f"{url}/_local/health", trust_env=False).json()
    process.send_signal(number)
    process.send_signal(number)  # as from `make`, which passes on what its group has received already
    rest = process.communicate(timeout=5)

    assert lines[0] == f"export FC_INVENTORY_ENDPOINT={url}\n"
    assert (healthy, rest, process.returncode) == ({"status": "ok"}, ("", ""), 0)


def test_what_it_prints_is_for_a_shell_to_eval() -> None:
    """The first identity is set, the others stand in comments."""
    world = load_world()
    users = world.accounts["1345678901234567"].users
    ops, intern = users["ops"].access_keys[0], users["intern"].access_keys[0]

    lines = list(describe("http://127.0.0.1:1", world))
    script = "\n".join(lines) + "\nenv"
    printed = subprocess.run(
        ["sh", "-c", script], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )

    assert {line for line in printed.stdout.splitlines() if line.startswith(("ALIBABA", "FC_"))} == {
        "FC_INVENTORY_ENDPOINT=http://127.0.0.1:1",
        f"ALIBABA_CLOUD_ACCESS_KEY_ID={ops.access_key_id}",
        f"ALIBABA_CLOUD_ACCESS_KEY_SECRET={ops.secret}",
    }
    assert f"# export ALIBABA_CLOUD_ACCESS_KEY_ID={intern.access_key_id}" in lines


def test_a_busy_port_is_one_clear_line(start: Start) -> None:
    """Exit code 2, as for any wrong usage."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        output = process.communicate(timeout=10)

    assert (output, process.returncode) == (
        ("", f"error: port {port} on 127.0.0.1 can't be used: Address already in use\n"),
        2,
    )


def test_a_wrong_world_file_is_one_clear_line(start: Start, tmp_path: Path) -> None:
    """File, line, field, found, expected."""
    path = tmp_path / "world.yaml"
    path.write_text("accounts:\n  - id: 12\n", encoding="utf-8")

    process = start("--world", str(path))
    output = process.communicate(timeout=10)

    message = f"error: {path}:2: $.accounts[0].id: found 12 without quotes, expected str\n"
    assert (output, process.returncode) == (("", message), 2)


def test_the_state_survives_a_restart(start: Start, tmp_path: Path) -> None:
    """Where the file exists, it replaces the world file; it ends in good order."""
    path = tmp_path / "state.json"
    world = tmp_path / "world.yaml"
    world.write_text("accounts: [{id: '1000000000000007', alias: first}]\n", encoding="utf-8")

    first = start("--world", str(world), "--state", str(path))
    read_url(first)
    first.send_signal(signal.SIGTERM)
    ended = first.wait(timeout=5)
    world.unlink()
    second = start("--world", str(world), "--state", str(path))
    healthy = httpx.get(f"{read_url(second)}/_local/health", trust_env=False).status_code

    assert (ended, healthy, path.stat().st_mode & 0o777) == (0, 200, 0o600)


def test_a_wrong_state_file_is_one_clear_line(start: Start, tmp_path: Path) -> None:
    """It is left as it was."""
    path = tmp_path / "state.json"
    path.write_text("{}", encoding="utf-8")

    process = start("--state", str(path))
    output = process.communicate(timeout=10)

    message = f"error: {path}: the state file can't be used: it is not a state file of the local cloud\n"
    assert (output, process.returncode, path.read_text(encoding="utf-8")) == (("", message), 2, "{}")


def test_a_state_file_that_can_t_be_written_is_one_clear_line(start: Start, tmp_path: Path) -> None:
    """At the start, not at the end."""
    path = tmp_path / "missing" / "state.json"

    process = start("--state", str(path))
    output = process.communicate(timeout=10)

    message = f"error: {path}: the state can't be written: No such file or directory\n"
    assert (output, process.returncode) == (("", message), 2)
