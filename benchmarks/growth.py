"""How the time grows with the number of accounts: each program as far as it gets in a few minutes, drawn as a plot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pygal

from benchmarks.alternatives import OURS, available, fleet, run

SIZES = (1, 10, 30, 100, 300, 1_000)
LONGEST_SECONDS = 15.0  # a program whose next size would take longer stops there

Points = dict[str, list[tuple[int, float]]]  # of each program: accounts, wall seconds of the whole process


def measure() -> Iterator[Points]:
    """Yield, after each size, all points so far."""
    points: Points = {name: [] for name in available()}
    for size in SIZES:
        with fleet(size) as task:
            for name, command in available().items():
                if _is_worth_it(points[name], size):
                    points[name].append((size, run(command, task).wall_seconds))
        yield points


def _is_worth_it(points: list[tuple[int, float]], size: int) -> bool:
    if not points:
        return True
    last_size, seconds = points[-1]
    return seconds * size / last_size <= LONGEST_SECONDS


def table(points: Points) -> str:
    """Return the points as a Markdown table; a size that a program was not given is a dash."""
    lines = ["| accounts | " + " | ".join(points) + " |", "|---" * (len(points) + 1) + "|"]
    for size in SIZES:
        found = [dict(of_program).get(size) for of_program in points.values()]
        lines.append(f"| {size:,} | " + " | ".join("-" if one is None else f"{one:.2f} s" for one in found) + " |")
    ours = dict(points[OURS])
    most = max(ours)
    each = (ours[most] - ours[SIZES[2]]) / (most - SIZES[2])
    straight = ours[SIZES[2]] + each * (SIZES[3] - SIZES[2])
    conclusion = (
        f"Each further account takes this function {1000 * each:.1f} ms (from {SIZES[2]} to {most:,} accounts); at "
        f"{SIZES[3]} accounts it took {ours[SIZES[3]] / straight:.2f} of what a straight line through both says."
    )
    return "\n".join([*lines, "", conclusion])


def plot(points: Points, path: Path) -> None:
    """Draw *points* as SVG, both axes logarithmic."""
    chart = pygal.XY(
        title="Listing many accounts, a cold process each time",
        x_title="accounts (20 ms for each answer of the cloud)",
        y_title="seconds",
        logarithmic=True,
        x_labels=list(SIZES),
        legend_at_bottom=True,
        disable_xml_declaration=True,
        js=[],
        explicit_size=True,
        width=800,
        height=450,
    )
    for name, of_program in points.items():
        chart.add(name, of_program)
    path.write_text(chart.render(), encoding="utf-8")
