"""What only some events ask for, imported when one does: the cold start of a scan doesn't pay for it."""

# ruff: noqa: PLC0415 - imports inside functions are what this module is for

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fc_inventory.instance import Instance
from fc_inventory.invocation import Invocation
from fc_inventory.render import render_check
from fc_inventory.report import Report
from fc_inventory.scan import Scan
from fc_inventory.selectors import Request
from fc_inventory.targets import Target

if TYPE_CHECKING:
    from fc_inventory.retrospect import Retrospect


def take_step(content: dict[str, Any], instance: Instance, invocation: Invocation) -> str:
    """Answer a step of a flow."""
    from fc_inventory.flow import taking

    return taking.take_step(content, instance.settings, instance.sessions, invocation)


def check(targets: tuple[Target, ...], instance: Instance, invocation: Invocation) -> str:
    """Answer `{"check": true}`."""
    from fc_inventory.check.examination import Examination, check_targets

    return render_check(check_targets(Examination(instance.settings, targets, invocation)))


def watch(scan: Scan, request: Request) -> str:
    """Answer a timer where snapshots are kept."""
    from fc_inventory.watch import watch_targets

    return watch_targets(scan, request)


def look_back(report: Report, scan: Scan) -> Retrospect | None:
    """Return what changed since the last snapshot, for a page."""
    from fc_inventory import retrospect

    return retrospect.look_back(report, scan.settings, scan.work.service_prefix)
