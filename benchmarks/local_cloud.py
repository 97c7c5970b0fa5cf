"""How fast the local cloud is, beside a bare Starlette on the same server.

The servers run in processes of their own on one core; this process signs all requests beforehand and sends them over
keep-alive connections from another core. Loopback only, less than a minute.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

from benchmarks.requests import hello, list_functions, list_services, make_world
from benchmarks.servers import CLOUD, HELLO, pin, resident_kilobytes, server

CONNECTIONS = 8
ROUNDS = 5
REQUESTS = 2_000
PAGES = 300
STARTS = 7
SIZES = (100, 1_000, 10_000)
WANTED_PER_SECOND = 1_500
WANTED_START_SECONDS = 1.0
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Driver(asyncio.Protocol):
    """One keep-alive connection that sends the next request when the last one is answered."""

    def __init__(self, requests: list[bytes], ended: asyncio.Future[None]) -> None:
        self._requests = requests
        self._ended = ended
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next request behind a whole answer; anything but 200 ends the benchmark."""
        self._answer += data
        head, blank, body = self._answer.partition(b"\r\n\r\n")
        found = _LENGTH.search(head + b"\r\n")
        if not blank or found is None or len(body) < int(found[1]):
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            self._ended.set_exception(RuntimeError(self._answer.decode(errors="replace")))
            return
        self._answer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """End where the server hangs up."""
        if not self._ended.done():
            self._ended.set_exception(error or RuntimeError("the server hung up"))

    def _send(self) -> None:
        if self._requests:
            self._transport.write(self._requests.pop())  # type: ignore[attr-defined]
        elif not self._ended.done():
            self._ended.set_result(None)
            self._transport.close()


async def drive(port: int, requests: list[bytes], connections: int) -> float:
    """Send *requests*; return how many a second were answered."""
    loop = asyncio.get_running_loop()
    count = len(requests)
    ended = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    for future in ended:
        await loop.create_connection(partial(Driver, requests, future), "127.0.0.1", port)
    await asyncio.gather(*ended)
    return count / (time.perf_counter() - begun)


def rate(port: int, sign: Callable[[], bytes], count: int, connections: int = CONNECTIONS) -> float:
    """Return how many requests of *sign* a second the server at *port* answers."""
    return asyncio.run(drive(port, [sign() for _ in range(count)], connections))


def measure_rates(world: str) -> tuple[list[float], list[float], float]:
    """Return the rates of ListServices and of the bare Starlette, in turns, and bytes of memory for each request."""
    with server(*CLOUD, "--world", world) as cloud, server(*HELLO) as bare:
        for port, sign in ((cloud.port, list_services), (bare.port, hello)):
            rate(port, sign, REQUESTS // 4)
        before = resident_kilobytes(cloud.process)
        pairs = [(rate(cloud.port, list_services, REQUESTS), rate(bare.port, hello, REQUESTS)) for _ in range(ROUNDS)]
        grown = resident_kilobytes(cloud.process) - before
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs], grown * 1024 / (ROUNDS * REQUESTS)


def measure_pages(folder: Path) -> dict[int, list[float]]:
    """Return the microseconds for a page of 100 functions from the middle of accounts of several sizes, in turns."""
    pages: dict[int, list[float]] = {size: [] for size in SIZES}
    with ExitStack() as running:
        ports = {
            size: running.enter_context(server(*CLOUD, "--world", write_world(folder, size))).port for size in SIZES
        }
        for _ in range(1 + ROUNDS):
            for size, port in ports.items():
                sign = partial(list_functions, max(1, size // 2 - 99))
                pages[size].append(1_000_000 / rate(port, sign, PAGES, connections=1))
    return {size: found[1:] for size, found in pages.items()}


def write_world(folder: Path, functions: int) -> str:
    """Return the path of a world file for an account with so many functions."""
    world = folder / f"{functions}.yaml"
    world.write_text(make_world(functions), encoding="utf-8")
    return str(world)


def measure_start(world: str) -> float:
    """Return the seconds from the start of `python -m local cloud` to its first answer to a signed call."""
    begun = time.perf_counter()
    with server(*CLOUD, "--world", world) as cloud:
        rate(cloud.port, list_services, 1, 1)
        return time.perf_counter() - begun


def report(folder: Path) -> str:
    """Measure everything; return Markdown."""
    world = write_world(folder, SIZES[0])
    cloud, bare, bytes_each = measure_rates(world)
    pages = measure_pages(folder)
    starts = [measure_start(world) for _ in range(STARTS)]
    share = statistics.median(mine / its for mine, its in zip(cloud, bare, strict=True))
    wanted = statistics.median(cloud) / WANTED_PER_SECOND
    used = statistics.median(starts) / WANTED_START_SECONDS
    rows = [
        row("ListServices, 20 of 100 services, a second", cloud, f"{wanted:.1f} of the {WANTED_PER_SECOND:,} wanted"),
        row("bare Starlette on the same server, a second", bare, f"the cloud has {share:.0%} of it"),
        row("start to first answer, ms", [1000 * start for start in starts], f"{used:.0%} of the second allowed"),
        *(
            row(f"ListFunctions, page of 100 of {size:,}, µs", found, growth(pages, size))
            for size, found in pages.items()
        ),
        row("memory for each request, nonce and record, bytes", [bytes_each], "kept 30 minutes"),
    ]
    return "\n".join([circumstances(), "", "| what | median | range | ratio |", "|---|---|---|---|", *rows])


def row(name: str, found: list[float], ratio: str) -> str:
    """Return a row of the table."""
    return f"| {name} | {statistics.median(found):,.0f} | {min(found):,.0f} to {max(found):,.0f} | {ratio} |"


def growth(pages: dict[int, list[float]], size: int) -> str:
    """Return how much longer a page takes in an account of *size* functions than in the smallest one."""
    return f"{statistics.median(pages[size]) / statistics.median(pages[SIZES[0]]):.2f} of that of {SIZES[0]}"


def circumstances() -> str:
    """Return what this was measured with."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("starlette", "uvicorn", "h11", "msgspec"))
    return f"{versions}; {ROUNDS} rounds of {REQUESTS:,} requests over {CONNECTIONS} connections."


def table() -> str:
    """Measure everything; return Markdown. This process keeps to core 1 meanwhile."""
    before = os.sched_getaffinity(0)
    pin(1)
    try:
        with tempfile.TemporaryDirectory() as name:
            return report(Path(name))
    finally:
        os.sched_setaffinity(0, before)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
