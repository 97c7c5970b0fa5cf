"""Answers: JSON for scripts, tables for people. Both redacted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape, render
from rich.syntax import Syntax

from fc_inventory.errors import Problem
from fc_inventory.redaction import redact
from onboarding.documents import Document
from onboarding.outcome import Outcome, Status, StepState

_WORDS: dict[Status, str] = {
    "planned": "Nothing is changed yet: run it again with --yes.",
    "unchanged": "All is as wanted: nothing to change.",
    "done": "Done.",
    "conflict": "Nothing is changed. What differs is overwritten only with --replace.",
    "absent": "Nothing is changed. Where it may be gone already: --if-exists.",
    "refused": "Nothing is changed.",
    "partial": "Not all is done. Run the same command again: what is done stays, and it goes on from there.",
}
_MARKS = {"planned": "·", "done": "[green]✓[/]", "failed": "[red]✗[/]", "left": "[dim]·[/]"}


def show(outcome: Outcome, *, as_json: bool) -> None:
    """Print *outcome* on standard output."""
    if as_json:
        print_json(msgspec.to_builtins(outcome))
        return
    console = Console(soft_wrap=True, highlight=False, emoji=False)
    console.print(f"{outcome.command}: [bold]{escape(outcome.arn)}[/]")
    if outcome.steps:
        print_rows(console, [(_MARKS[step.state], step.action, escape(step.on)) for step in outcome.steps])
    for step in outcome.steps:
        if step.state != "done":
            _show_documents(step, console)
    for conflict in outcome.conflicts:
        console.print(f"[bold]{escape(conflict.on)}[/]: - is there, + is wanted")
        console.print(Syntax("\n".join(conflict.difference), "diff", background_color="default"))
    if outcome.problem:
        for line in describe_problem(outcome.problem):
            console.print(escape(line))
    console.print(_WORDS[outcome.status])
    for note in outcome.notes:
        console.print(escape(redact(note)))


def print_json(answer: Any) -> None:
    """Print *answer* as indented JSON."""
    typer.echo(redact(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()))


def describe_problem(problem: Problem) -> list[str]:
    """Return lines that say what the cloud refused, which layer of policies did, and what to do."""
    code = f"{problem.code or problem.category} ({problem.operation}): {problem.message}"
    layer = [f"denied by: {problem.denied_by}"] if problem.denied_by else []
    request = [f"request id: {problem.request_id}"] if problem.request_id else []
    return [code, *layer, *request, problem.remedy]


def _show_documents(step: StepState, console: Console) -> None:
    for verb, document in (("writes on", step.document), ("removes with", step.removes)):
        if document is not None:
            console.print(f"{escape(step.action)} {verb} {escape(step.on)}:")
            console.print(escape(_readable(document)))


def _readable(document: Document) -> str:
    """Return *document* with one statement a line: as short as it can be and still be read."""
    lines = ",\n".join(f"  {json.dumps(statement)}" for statement in document["Statement"])
    return redact(f'{{"Version": "{document["Version"]}", "Statement": [\n{lines}\n]}}')


def print_rows(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    """Print *rows* (in Rich's markup) in columns, each row one line: what a pipe takes on is not broken or padded."""
    widths = [max(cell_len(_plain(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - cell_len(_plain(cell))) for cell, width in zip(row, widths, strict=True))
        console.print("  ".join(cells).rstrip())


def _plain(markup: str) -> str:
    return render(markup).plain
