"""A report as tables for a person. Names and descriptions are another company's: shown, never interpreted."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fc_inventory.outcomes import Outcome, Status
from fc_inventory.redaction import one_line, redact
from fc_inventory.report import Report

STYLES: dict[Status, str] = {"complete": "green", "partial": "yellow", "failed": "red"}
LONGEST_NAME = 80
WIDTH_OF_A_PIPE = 1000  # a file or a program reads whole lines


def show_report(report: Report) -> None:
    """Print *report* on standard output: what was seen, place by place, then what was not, and why."""
    width = None if sys.stdout.isatty() else WIDTH_OF_A_PIPE
    console = Console(highlight=False, emoji=False, markup=False, width=width)
    for outcome in report.outcomes:
        console.print(_heading(outcome))
        if outcome.services or outcome.functions:
            console.print(_items(outcome))
        for line in _troubles(outcome):
            console.print(line, soft_wrap=True)
    summary = report.summary
    console.print(
        Text.assemble(
            (report.status, STYLES[report.status]),
            f": {summary.complete} of {summary.outcomes} complete; services {summary.services}, "
            f"functions of FC 2.0 {summary.functions_v2}, of FC 3.0 {summary.functions_v3}",
        )
    )


def _heading(outcome: Outcome) -> Text:
    counts = ", ".join(
        f"{name} {'unknown' if items is None else len(items)}"
        for name, items in (("services", outcome.services), ("functions", outcome.functions))
    )
    return Text.assemble(
        (f"{outcome.target} {outcome.region} ", "bold"), (outcome.status, STYLES[outcome.status]), f": {counts}"
    )


def _items(outcome: Outcome) -> Table:
    table = Table("FC", "service", "function", "runtime", "memory MB", "modified", box=None, pad_edge=False)
    full = {function.service_name for function in outcome.functions or ()}
    for service in outcome.services or ():
        if service.service_name not in full:
            table.add_row("v2", _text(service.service_name), Text("no functions", "dim"), "", "", "")
    for function in outcome.functions or ():
        table.add_row(
            function.fc_version,
            _text(function.service_name),
            _text(function.function_name),
            _text(function.runtime),
            _text(function.memory_size),
            _text(function.last_modified_time),
        )
    return table


def _troubles(outcome: Outcome) -> Iterator[Text]:
    """Yield what kept listings from their end, and what to do; several listings often fail for one reason."""
    errors = [line.error for line in outcome.coverage if line.error is not None]
    for error in {(each.operation, each.code, each.message): each for each in errors}.values():
        yield Text(redact(f"  {error.code or error.category} ({error.operation}): {error.message}"), STYLES["failed"])
        yield Text(redact(f"  {error.remedy}"))


def _text(value: object) -> Text:
    return Text("" if value is None else redact(one_line(str(value), LONGEST_NAME)))
