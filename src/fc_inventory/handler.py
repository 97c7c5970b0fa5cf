"""The whole flow: event → Request → targets → sessions → pages → outcomes → Report → answer.

Or, for `{"check": true}`: event → Request → targets → links → CheckReport → answer; and for a step of a flow: event →
Step → files of the run → answer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from fc_inventory import logs, on_demand
from fc_inventory.cursor import Work, make_cursor, resume
from fc_inventory.errors import EveryTargetFailed, RequestError, SettingsError
from fc_inventory.events import is_step, kind_of, parse_request, wants_page
from fc_inventory.instance import Instance, start_instance
from fc_inventory.invocation import Invocation, read_invocation
from fc_inventory.render import ITEM_SECONDS, render_refusal, render_report
from fc_inventory.report import Report, build_report
from fc_inventory.scan import Scan, scan_targets
from fc_inventory.selection import select_targets
from fc_inventory.selectors import Kind, Request
from fc_inventory.settings import Settings
from fc_inventory.stages import stages_of

_instance: Instance | None = None


def initialize(context: Any) -> None:
    """Prepare a new instance; FC calls it once, before the first event. Raises SettingsError for a wrong deployment.

    Function Compute tells the way of an exception, frame by frame. That through the settings is no news: the message
    says what to change.
    """
    global _instance  # noqa: PLW0603 - the one thing that outlives an invocation
    try:
        _instance = start_instance(context)
    except SettingsError as error:
        raise error.with_traceback(None) from None


def handler(event: bytes, context: Any) -> str:
    """Answer one event with the inventory of the selected targets, as JSON text (CSV or NDJSON where asked for).

    Raises SettingsError where `initialize` would, and EveryTargetFailed where all failed and nobody waits for it.
    """
    invocation = read_invocation(context)
    if _instance is None:
        initialize(context)
    assert _instance is not None  # noqa: S101 - initialize has just set it, or raised
    logs.request_id.set(invocation.request_id)
    start = next(_instance.start, None)
    kind: Kind = "invoke"
    content: dict[str, Any] = {}
    try:
        kind, content = kind_of(event)
        if is_step(kind, content):
            return on_demand.take_step(content, _instance, invocation)
        request = parse_request(kind, content)
        work = _work(_instance.settings, request)
    except RequestError as refusal:
        return _refuse(refusal, kind, content, invocation)
    if request.check:
        return on_demand.check(work.targets, _instance, invocation)
    scan = Scan(_instance.settings, _instance.sessions, work, invocation, ITEM_SECONDS[request.format])
    if kind == "timer" and _instance.settings.snapshot_dir:
        return on_demand.watch(scan, request)
    ended, listed_after = scan_targets(scan), invocation.budget.used_seconds
    outcomes, cursor = tuple(one.outcome for one in ended), make_cursor(ended, work.service_prefix)
    report = build_report(outcomes, invocation, cursor=cursor, rules=_instance.settings.rules)
    stages = stages_of(start, listed_after, invocation.budget.used_seconds)
    return _answer(msgspec.structs.replace(report, stages=stages), request, scan)


def _work(settings: Settings, request: Request) -> Work:
    """Return what *request* selects, or what its cursor says is left. Raises RequestError."""
    if request.cursor:
        return resume(request.cursor, settings.targets)
    return Work(select_targets(settings.targets, request), request.service_prefix)


def _refuse(refusal: RequestError, kind: Kind, content: dict[str, Any], invocation: Invocation) -> str:
    """Answer a wrong request, or raise it where nobody would read the answer: a timer's payload, a step of a flow."""
    logs.warning("refused", kind=kind, http_status=refusal.status, field=refusal.field, message=refusal.message)
    if kind == "timer" or is_step(kind, content):
        raise refusal
    return render_refusal(refusal, kind, invocation.request_id, page=wants_page(content))


def _answer(report: Report, request: Request, scan: Scan) -> str:
    took = msgspec.to_builtins(report.stages)
    logs.info("answered", kind=request.kind, status=report.status, duration_ms=report.duration_ms, **took)
    if report.status == "failed" and (scan.invocation.is_retry or not request.awaited):
        raise EveryTargetFailed(render_report(report, Request(kind="invoke")))
    return render_report(report, request, on_demand.look_back(report, scan) if request.format == "html" else None)
