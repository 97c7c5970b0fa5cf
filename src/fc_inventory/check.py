"""The doctor: walks the chain from the function's own keys to each target's lists, and says where it is broken.

What it does in the customers' accounts: AssumeRole as usual, twice more in vain (without an external ID and with a
wrong one), one item of each list, and one call that the session policy must deny. What is listed is dropped.
Lists of several APIs and regions do not depend on each other: each is checked, also behind a broken one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from functools import partial
from typing import TypeVar

from fc_inventory import logs, sdk
from fc_inventory.check_commands import Parties
from fc_inventory.check_links import Examined, examine_caller, examine_role
from fc_inventory.check_lists import examine_region, examine_session_policy
from fc_inventory.check_patient import ATTEMPTS, Patient
from fc_inventory.check_shape import (
    BEHIND_SESSION,
    TO_SESSION,
    CallerSeen,
    CheckReport,
    Link,
    LookingSide,
    TargetCheck,
    conclude,
    not_checked,
    worst,
)
from fc_inventory.credentials import grant_for
from fc_inventory.invocation import Invocation
from fc_inventory.settings import Keys, Settings
from fc_inventory.targets import Target

T = TypeVar("T")

MAX_THREADS = 16


@dataclass(frozen=True)
class Examination:
    """What to check, with what: everything that one invocation hands down.

    `execution_role` is the name of the function's role where somebody else looks: fixes are then for the function.
    """

    settings: Settings
    targets: tuple[Target, ...]
    invocation: Invocation
    execution_role: str | None = None


def check_targets(examination: Examination) -> CheckReport:
    """Examine every target; the first links, up to the caller's identity, are the same for all and asked once."""
    settings, invocation = examination.settings, examination.invocation
    line = sdk.Line(budget=invocation.budget, endpoint=settings.endpoint, max_attempts=ATTEMPTS)
    caller = examine_caller(invocation.caller, settings.region, line)
    checks = _at_once([partial(_check_target, target, caller, examination) for target in examination.targets])
    return build_check_report(invocation, tuple(checks), side="account_b", caller=caller.identity)


def build_check_report(
    invocation: Invocation, checks: tuple[TargetCheck, ...], *, side: LookingSide, caller: sdk.CallerIdentity | None
) -> CheckReport:
    """Return the report of *checks*, as of now."""
    return CheckReport(
        request_id=invocation.request_id,
        generated_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration_ms=round(invocation.budget.used_seconds * 1000),
        side=side,
        status=worst(checks),
        caller=None if caller is None else CallerSeen(**asdict(caller)),
        targets=checks,
    )


def _check_target(target: Target, caller: Examined, examination: Examination) -> TargetCheck:
    links = (*caller.links, *_links_behind_caller(target, caller, examination))
    check = conclude(target.name, target.role_arn, links)
    logs.info("checked", target=target.name, status=check.status, cause=check.cause)
    return check


def _links_behind_caller(target: Target, caller: Examined, examination: Examination) -> Iterator[Link]:
    if caller.keys is None or caller.identity is None:
        yield from (not_checked(name) for name in (*TO_SESSION, *BEHIND_SESSION))
        return
    patient = _patient(target, caller.keys, caller.identity, examination)
    role = examine_role(patient)
    yield from role.links
    if role.keys is None:
        yield from (not_checked(name) for name in BEHIND_SESSION)
        return
    yield examine_session_policy(patient, role.keys, target.regions[0])
    regional = _at_once([partial(_examine_region, patient, role.keys, region) for region in target.regions])
    yield from (link for links in regional for link in links)


def _patient(target: Target, keys: Keys, identity: sdk.CallerIdentity, examination: Examination) -> Patient:
    grant = grant_for(target, examination.settings, examination.invocation)
    role_name = examination.execution_role
    parties = Parties(
        role_arn=target.role_arn,
        caller_arn=identity.arn,
        meant_arn=f"acs:ram::{identity.account_id}:role/{role_name}" if role_name else None,
        sends_external_id=target.external_id is not None,
    )
    return Patient(grant=replace(grant, line=replace(grant.line, max_attempts=ATTEMPTS)), keys=keys, parties=parties)


def _examine_region(patient: Patient, keys: Keys, region: str) -> tuple[Link, ...]:
    return tuple(examine_region(patient, keys, region))


def _at_once(jobs: list[Callable[[], T]]) -> list[T]:
    """Return what each of *jobs* returns; their calls end with the budget, and so do they."""
    with ThreadPoolExecutor(max_workers=min(MAX_THREADS, len(jobs)), thread_name_prefix="check") as executor:
        return [future.result() for future in [executor.submit(copy_context().run, job) for job in jobs]]
