"""`make bench`: measure everything in one run, print it, and write RESULTS.md and growth.svg beside this file.

Whole processes and real HTTP on loopback; what is compared takes turns, so that the ratios hold on a busy machine, too.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import alternatives, cold_start, fleet, growth, local_cloud, page, sizing, warm_call

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Section:
    """A part of the results: `measure` returns its Markdown."""

    title: str
    about: str
    measure: Callable[[], str]


SECTIONS = (
    Section(
        "Beside what a user would take instead",
        "Whole processes, from start to end, medians of "
        f"{alternatives.ONE_TARGET_ROUNDS} and {alternatives.MANY_ROUNDS} rounds in turns. "
        f"Each account has {alternatives.SERVICES} services with {alternatives.FUNCTIONS_EACH} functions each, of "
        "FC 2.0, since the older SDKs know nothing else; each answer of the cloud takes 20 ms. The programs stand in "
        "[programs/](programs); what they count is checked.",
        alternatives.table,
    ),
    Section(
        "A cold start",
        f"Fresh processes in turns, medians of {cold_start.ROUNDS} rounds: what they import, and for the function its "
        "`initialize`, too, and then the first call (one account, at no latency). The function is the artefact that "
        "`make build` stages; the SDKs are what it uses and the older one (core and STS), as pip installs them.",
        cold_start.table,
    ),
    Section(
        "A warm call",
        f"CPU time of one call, {warm_call.ROUNDS} rounds of {warm_call.CALLS} calls in turns, at no latency. Beside "
        "it the same calls by the current SDKs, one after the other, which do nothing with the answers. What is on top "
        "is the median of the rounds' ratios.",
        warm_call.table,
    ),
    Section(
        "How it grows",
        f"The same programs with more accounts. A program stops where its next size would take more than "
        f"{growth.LONGEST_SECONDS:.0f} s.\n\n![Seconds by number of accounts](growth.svg)",
        lambda: _grow(),  # noqa: PLW0108 - it is defined below
    ),
    Section(
        "Many accounts at once",
        f"The function's scan, from the first session to the stored snapshot, beside the same calls by the SDK with as "
        f"many threads: what it reaches, and no more can be. {fleet.ROUNDS} rounds in turns; each answer of the cloud "
        "takes 20 ms; STS is asked for no more than its documented 100 sessions a second.",
        fleet.table,
    ),
    Section(
        "When one instance is enough",
        "How many accounts one invocation can list: the least number of a column. CPU and memory are measured here, a "
        "core counted as a vCPU of Function Compute; the rest is arithmetic, with a tenth of the time left for the "
        "answer. That vCPUs are so fast, and no account slower than the others, is not verified. More time, memory "
        "and, up to one core, CPU in s.yaml are simpler than a [flow](../flow/README.md), whose shards don't keep "
        "answers whole. An answer has further bounds: that of 1,000 such accounts has some 50 MB, and Function Compute "
        "documents 32 MB for the payload of a synchronous invocation.",
        sizing.table,
    ),
    Section(
        "The local cloud",
        "Servers on one core, the client on another, requests signed beforehand and sent over keep-alive connections. "
        "The world has 100 other accounts, so that finding a key is part of it. The bare Starlette answers `hello` to "
        "the same requests from the same server code.",
        local_cloud.table,
    ),
    Section(
        "The page",
        f"{page.FUNCTIONS:,} functions in {page.PLACES} accounts and regions, all their fields filled, in a headless "
        "Chromium without a graphics card. A time runs from the event of a key or click to the moment after the next "
        "frame was painted.",
        page.table,
    ),
)


def main(chosen: list[str]) -> None:
    """Measure the sections whose titles hold one of the words *chosen*; all of them write the results file, too."""
    sections = [one for one in SECTIONS if not chosen or any(word.lower() in one.title.lower() for word in chosen)]
    if not sections:
        sys.exit("make bench: ONLY: expected a word of " + ", ".join(f"“{one.title}”" for one in SECTIONS))
    parts = [f"# What was measured\n\n`make bench` measures it anew. {machine()}\n"]
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=len(sections))
        for section in sections:
            progress.update(bar, description=section.title)
            parts.append(f"## {section.title}\n\n{section.about}\n\n{section.measure()}\n")
            progress.advance(bar)
    text = "\n".join(parts)
    sys.stdout.write(text)
    if not chosen:
        (FOLDER / "RESULTS.md").write_text(text, encoding="utf-8")


def _grow() -> str:
    points: growth.Points = {}
    for points in growth.measure():  # noqa: B007 - the last ones are wanted
        pass
    if not sys.argv[1:]:  # a part writes nothing
        growth.plot(points, FOLDER / "growth.svg")
    return growth.table(points)


def machine() -> str:
    """Return when and on what this was measured."""
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    name = found[1] if found else platform.machine()
    return f"{day}, {name}, {os.cpu_count()} cores, Linux, Python {platform.python_version()}, loopback only."


if __name__ == "__main__":
    main(sys.argv[1:])
