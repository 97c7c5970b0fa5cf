"""The servers that are measured, each in a process of its own on core 0; `-m benchmarks.servers` is the bare one."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.cloud.server import listen
from local.cloud.serving import serve

CLOUD = ("-m", "local", "cloud")
HELLO = ("-m", "benchmarks.servers")
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[str]


def pin(core: int) -> None:
    """Keep this process, and what it starts, on one core."""
    os.sched_setaffinity(0, {core})


@contextmanager
def server(*command: str) -> Iterator[Server]:
    """Run `python command…` on core 0, until the end of the block."""
    code = f"import os, sys; os.sched_setaffinity(0, {{0}}); os.execv(sys.executable, [sys.executable, *{command!r}])"
    with subprocess.Popen([sys.executable, "-c", code], cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield Server(int(re.findall(r"http://127\.0\.0\.1:(\d+)", line)[0]), process)
        finally:
            process.terminate()


def resident_kilobytes(process: subprocess.Popen[str]) -> int:
    """Return how much memory *process* has."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s*(\d+) kB", status)[0])


async def _say_hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


def _main() -> None:
    listener = listen(0)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    asyncio.run(serve(Starlette(routes=[Route("/", _say_hello)]), listener, asyncio.Event()))


if __name__ == "__main__":
    _main()
