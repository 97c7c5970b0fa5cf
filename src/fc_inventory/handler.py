"""The whole flow: event → Request → targets → sessions → pages → outcomes → Report → answer.

Or, for `{"check": true}`: event → Request → targets → links → CheckReport → answer; and for a step of a flow: event →
Step → files of the run → answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from fc_inventory import logs, sdk
from fc_inventory.credentials import SessionStore
from fc_inventory.cursor import Work, make_cursor, resume
from fc_inventory.errors import EveryTargetFailed, RequestError
from fc_inventory.events import Kind, Request, is_head, is_step, kind_of, parse_request, wants_page
from fc_inventory.invocation import Invocation, read_invocation
from fc_inventory.render import render_check, render_refusal, render_report
from fc_inventory.report import Report, build_report
from fc_inventory.scan import Scan, scan_targets
from fc_inventory.selection import select_targets
from fc_inventory.settings import Settings, load_settings
from fc_inventory.targets import Target

if TYPE_CHECKING:  # imported by whoever needs one
    from fc_inventory.retrospect import Retrospect


class _Instance(msgspec.Struct, frozen=True):
    """What is kept between the invocations of a warm instance."""

    settings: Settings
    sessions: SessionStore


_instance: _Instance | None = None


def initialize(context: Any) -> None:
    """Prepare a new instance; FC calls it once, before the first event. Raises SettingsError for a wrong deployment."""
    global _instance  # noqa: PLW0603 - the one thing that an instance keeps
    begun = time.perf_counter()
    logs.request_id.set(str(getattr(context, "request_id", "")))
    settings = load_settings()
    logs.configure(settings.log_level)
    sdk.prepare()
    _instance = _Instance(settings, SessionStore())
    logs.info("initialized", duration_ms=round(1000 * (time.perf_counter() - begun)))


def handler(event: bytes, context: Any) -> str:
    """Answer one event with the inventory of the selected targets, as JSON text (CSV or NDJSON where asked for).

    Raises SettingsError where `initialize` would, and EveryTargetFailed where all failed and nobody waits for it.
    """
    invocation = read_invocation(context)
    if _instance is None:
        initialize(context)
    assert _instance is not None  # noqa: S101 - initialize has just set it, or raised
    logs.request_id.set(invocation.request_id)
    kind: Kind = "invoke"
    content: dict[str, Any] = {}
    try:
        kind, content = kind_of(event)
        if is_step(kind, content):
            return _take_step(content, _instance, invocation)
        request = parse_request(kind, content)
        work = _work(_instance.settings, request)
    except RequestError as refusal:
        return _refuse(refusal, kind, content, invocation)
    if request.check:
        return _check(_instance.settings, work.targets, invocation)
    scan = Scan(_instance.settings, _instance.sessions, work, invocation)
    if kind == "timer" and _instance.settings.snapshot_dir:
        return _watch(scan, request)
    ended, listing_ms = scan_targets(scan), round(1000 * invocation.budget.used_seconds)
    outcomes, cursor = tuple(one.outcome for one in ended), make_cursor(ended, work.service_prefix)
    report = build_report(outcomes, invocation, cursor=cursor, rules=_instance.settings.rules)
    return _answer(report, request, scan, listing_ms)


def _work(settings: Settings, request: Request) -> Work:
    """Return what *request* selects, or what its cursor says is left. Raises RequestError."""
    if request.cursor:
        return resume(request.cursor, settings.targets)
    return Work(select_targets(settings.targets, request), request.service_prefix)


def _take_step(content: dict[str, Any], instance: _Instance, invocation: Invocation) -> str:
    from fc_inventory.flow.taking import take_step  # noqa: PLC0415 - as below

    return take_step(content, instance.settings, instance.sessions, invocation)


def _check(settings: Settings, targets: tuple[Target, ...], invocation: Invocation) -> str:
    from fc_inventory.check.examination import Examination, check_targets  # noqa: PLC0415 - a scan's cold start has no use for it

    return render_check(check_targets(Examination(settings, targets, invocation)))


def _watch(scan: Scan, request: Request) -> str:
    from fc_inventory.watch import watch_targets  # noqa: PLC0415 - as above

    return watch_targets(scan, request)


def _refuse(refusal: RequestError, kind: Kind, content: dict[str, Any], invocation: Invocation) -> str:
    """Answer a wrong request, or raise it where nobody would read the answer: a timer's payload, a step of a flow."""
    logs.warning("refused", kind=kind, http_status=refusal.status, field=refusal.field, message=refusal.message)
    if kind == "timer" or is_step(kind, content):
        raise refusal
    return render_refusal(refusal, kind, invocation.request_id, head=is_head(content), page=wants_page(content))


def _answer(report: Report, request: Request, scan: Scan, listing_ms: int) -> str:
    took = {"duration_ms": report.duration_ms, "listing_ms": listing_ms}  # the rest: findings, and what they add up to
    logs.info("answered", kind=request.kind, status=report.status, **took)
    if report.status == "failed" and (scan.invocation.is_retry or not request.awaited):
        raise EveryTargetFailed(render_report(report, Request(kind="invoke")))
    return render_report(report, request, _look_back(report, scan) if request.format == "html" else None)


def _look_back(report: Report, scan: Scan) -> Retrospect | None:
    from fc_inventory.retrospect import look_back  # noqa: PLC0415 - as above

    return look_back(report, scan.settings, scan.work.service_prefix)
