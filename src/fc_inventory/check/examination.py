"""The doctor: walks the chain from the function's own keys to each target's lists, and says where it is broken.

What it does in the customers' accounts: AssumeRole as usual, twice more in vain (without an external ID and with a
wrong one), one item of each list, and one call that the session policy must deny. What is listed is dropped.
Lists of several APIs and regions do not depend on each other: each is checked, also behind a broken one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import TypeVar

import msgspec

from fc_inventory import logs, regions
from fc_inventory.budget import Budget
from fc_inventory.calls import CallerIdentity, Line
from fc_inventory.check.causes import Trouble
from fc_inventory.check.commands import Parties
from fc_inventory.check.links import (
    Examined,
    examine_caller,
    examine_role,
    links_of_unknown_caller,
    links_without_session,
)
from fc_inventory.check.lists import examine_region, examine_session_policy
from fc_inventory.check.patient import ATTEMPTS, Patient, broken
from fc_inventory.check.shape import (
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
from fc_inventory.diagnosis import local_problem
from fc_inventory.grants import grant_for
from fc_inventory.invocation import Invocation
from fc_inventory.settings import Keys, Settings
from fc_inventory.targets import Target

T = TypeVar("T")

MAX_THREADS = 16
GRACE_SECONDS = 0.1  # for a target that has just given up on a region; the answer's own reserve is longer
LATE = "the time ran out"


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
    line = Line(budget=invocation.budget, endpoint=settings.endpoint, max_attempts=ATTEMPTS)
    (asked,) = _at_once([partial(examine_caller, invocation.caller, settings.region, line)], invocation.budget)
    caller = asked or _late_caller(settings.region)
    jobs = [partial(_check_target, target, caller, examination) for target in examination.targets]
    found = _at_once(jobs, invocation.budget, grace_seconds=GRACE_SECONDS)
    checks = tuple(
        check or _late_check(target, caller) for check, target in zip(found, examination.targets, strict=True)
    )
    return build_check_report(invocation, checks, side="account_b", caller=caller.identity)


def build_check_report(
    invocation: Invocation, checks: tuple[TargetCheck, ...], *, side: LookingSide, caller: CallerIdentity | None
) -> CheckReport:
    """Return the report of *checks*, as of now."""
    return CheckReport(
        request_id=invocation.request_id,
        generated_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        duration_ms=round(invocation.budget.used_seconds * 1000),
        side=side,
        status=worst(checks),
        caller=None if caller is None else CallerSeen(**msgspec.structs.asdict(caller)),
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
    jobs = [partial(_examine_region, patient, role.keys, region) for region in target.regions]
    for region, links in zip(target.regions, _at_once(jobs, examination.invocation.budget), strict=True):
        unseen = not_checked("fc_endpoint", region=region)
        yield from links or (broken(unseen, _late("ListFunctions", target.role_arn), patient.parties),)


def _patient(target: Target, keys: Keys, identity: CallerIdentity, examination: Examination) -> Patient:
    grant = grant_for(target, examination.settings, examination.invocation)
    parties = parties_of(
        target, identity.account_id, identity.arn, examination.execution_role, triggers=examination.settings.triggers
    )
    return Patient(
        grant=msgspec.structs.replace(grant, line=msgspec.structs.replace(grant.line, max_attempts=ATTEMPTS)),
        keys=keys,
        parties=parties,
    )


def parties_of(
    target: Target, account_id: str, caller_arn: str, execution_role: str | None, *, triggers: bool = False
) -> Parties:
    """Return who is meant by *target*'s fixes: the caller, or the role *execution_role* of its account."""
    return Parties(
        role_arn=target.role_arn,
        caller_arn=caller_arn,
        meant_arn=f"acs:ram::{account_id}:role/{execution_role}" if execution_role else None,
        sends_external_id=target.external_id is not None,
        with_triggers=triggers,
    )


def _examine_region(patient: Patient, keys: Keys, region: str) -> tuple[Link, ...]:
    return tuple(examine_region(patient, keys, region))


def _at_once(jobs: Sequence[Callable[[], T]], budget: Budget, grace_seconds: float = 0.0) -> list[T | None]:
    """Return what each of *jobs* returns, None where the time ran out: a call that hangs is left to itself."""
    executor = ThreadPoolExecutor(max_workers=min(MAX_THREADS, len(jobs)), thread_name_prefix="check")
    futures = [executor.submit(copy_context().run, job) for job in jobs]
    done, _ = wait(futures, timeout=budget.remaining_seconds + grace_seconds)
    executor.shutdown(wait=False, cancel_futures=True)
    return [future.result() if future in done else None for future in futures]


def _late_caller(region: str | None) -> Examined:
    endpoint = not_checked("sts_endpoint", host=regions.sts_host(region))
    return Examined(links_of_unknown_caller(_late("GetCallerIdentity", ""), endpoint, Parties(role_arn="")))


def _late_check(target: Target, caller: Examined) -> TargetCheck:
    parties = Parties(role_arn=target.role_arn)
    to_session = links_without_session(_late("AssumeRole", target.role_arn), parties)
    return conclude(
        target.name, target.role_arn, (*caller.links, *to_session, *(not_checked(name) for name in BEHIND_SESSION))
    )


def _late(operation: str, role_arn: str) -> Trouble:
    return Trouble(local_problem("deadline", operation=operation, role_arn=role_arn, message=LATE).problem)
