"""The doctor's answer for people: the chain of each target, and for what is wrong the evidence and the fix."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from fc_inventory.check.shape import CheckReport, CheckStatus, Link, LinkStatus, TargetCheck
from fc_inventory.errors import Side
from fc_inventory.redaction import redact
from onboarding.presentation import print_rows

_MARKS: dict[LinkStatus, str] = {
    "ok": "[green]✓[/]",
    "warning": "[yellow]![/]",
    "broken": "[red]✗[/]",
    "not_checked": "[dim]·[/]",
}
_COLOURS: dict[CheckStatus, str] = {"ok": "green", "warning": "yellow", "broken": "red"}
_SIDES: dict[Side, str] = {
    "account_a": "account A",
    "account_b": "account B",
    "cloud": "Alibaba Cloud",
    "network": "the network",
}


def show_check(report: CheckReport) -> None:
    """Print *report* on standard output; lines are not broken, so that commands can be copied."""
    console = Console(soft_wrap=True, highlight=False, emoji=False)
    if report.caller:
        console.print(f"checked as {escape(report.caller.arn)}")
    for target in report.targets:
        console.print()
        _show_target(target, console)


def _show_target(target: TargetCheck, console: Console) -> None:
    colour = _COLOURS[target.status]
    console.print(f"[bold]{escape(target.target)}[/] {escape(target.role_arn)}: [{colour}]{target.status}[/]")
    rows = [(_MARKS[link.status], _name(link), escape(redact(link.found))) for link in target.links]
    print_rows(console, rows)
    wrong = [link for link in target.links if link.fix]
    for link in _first_of_each_cause(wrong):
        for line in _explain(link):
            console.print(escape(redact(line)))


def _first_of_each_cause(links: list[Link]) -> list[Link]:
    first: dict[object, Link] = {}
    for link in links:
        first.setdefault(link.cause, link)
    return list(first.values())


def _name(link: Link) -> str:
    return " ".join(part for part in (link.name.replace("_", " "), link.region, link.api) if part)


def _explain(link: Link) -> Iterator[str]:
    yield f"\n{_name(link)}: {link.cause}" + (f", denied by {link.layer}" if link.layer else "")
    told = link.evidence
    if told:
        status = f"{told.http_status} " if told.http_status else ""
        request = f" (request id {told.request_id})" if told.request_id else ""
        yield f"  {told.operation}: {status}{told.code or 'no code'}: {told.message}{request}"
    yield from _explain_denial(link)
    if link.fix:
        yield f"  {_SIDES[link.fix.account]}: {link.fix.text}"
        yield from (f"    {command}" for command in link.fix.commands)


def _explain_denial(link: Link) -> Iterator[str]:
    told, diagnosis = link.evidence, link.diagnosis
    if diagnosis is None or told is None:
        return
    if diagnosis.failure is None:
        how = "a statement denies" if diagnosis.is_explicit else "no statement allows"
        which = f" ({', '.join(diagnosis.policies)})" if diagnosis.policies else ""
        yield f"  decoded: in layer {diagnosis.layer} {how} {diagnosis.action} on {diagnosis.resource}{which}"
        return
    yield f"  not decoded by {diagnosis.decoded_by}: {diagnosis.failure}"
    yield "  Whoever may, perhaps only in the account of who was denied, learns more by:"
    yield f"    aliyun ram DecodeDiagnosticMessage --EncodedDiagnosticMessage {told.encoded_diagnostic_message}"
