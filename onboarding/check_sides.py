"""The two sides of a check: B's keys walk the chain as the function does, A's keys read what A has granted."""

from __future__ import annotations

import os
import re
import secrets
import time
from dataclasses import dataclass, field

import msgspec

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.calls import CallerIdentity, Line
from fc_inventory.check.commands import Parties
from fc_inventory.check.examination import Examination, build_check_report, check_targets, parties_of
from fc_inventory.check.shape import CheckReport, Link, TargetCheck, conclude, not_checked, worst
from fc_inventory.errors import CloudError, RequestError, SettingsError
from fc_inventory.invocation import Invocation
from fc_inventory.selection import select_targets
from fc_inventory.selectors import Request
from fc_inventory.settings import Settings, load_settings
from fc_inventory.targets import Target, check_region
from onboarding import parameters
from onboarding.administrator import Administrator, find_keys, sign_in
from onboarding.check_customer import BEHIND_ROLE, Expectation, examine_customer
from onboarding.check_decoding import decode_denials, decoder
from onboarding.check_execution import LINKS, examine_execution_role
from onboarding.check_roles import read_role, unreadable

SECONDS = 60.0
ANY_REGION = "cn-hangzhou"  # where A's policies are asked about if no region is named
_PRINCIPAL = re.compile(r"acs:ram::[0-9]{10,20}:(role|user)/[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Question:
    """The options of the command, as given."""

    role_arn: str | None
    external_id: str | None = field(repr=False)
    regions: tuple[str, ...]
    targets: tuple[str, ...]
    principal: str | None
    execution_role: str
    duration_seconds: int | None
    profile: str | None
    triggers: bool = False


def check_as_owner(question: Question) -> CheckReport:
    """Run the function's own check with B's keys, then read the execution role. Raises SettingsError."""
    role_name = parameters.check_role_name(question.execution_role, "--execution-role")
    settings = load_settings(_environment(question))
    targets = _selected(settings, question)
    sdk.prepare()
    keys = find_keys(question.profile, is_local=settings.endpoint is not None)
    now = time.monotonic()
    invocation = Invocation(request_id=_request_id(), budget=Budget(now, now + SECONDS), is_retry=False, caller=keys)
    report = check_targets(Examination(settings, targets, invocation, role_name))
    caller = report.caller
    if caller is None or caller.identity_type == "Account":
        return report
    line = Line(budget=invocation.budget, endpoint=settings.endpoint)
    looking = Administrator(keys=keys, account_id=caller.account_id, arn=caller.arn, line=line)
    parties = tuple(
        parties_of(target, looking.account_id, looking.arn, role_name, triggers=settings.triggers) for target in targets
    )
    checks = _with_execution_role(_decoded(report.targets, parties, looking), role_name, looking)
    return msgspec.structs.replace(report, status=worst(checks), targets=checks)


def check_as_customer(question: Question) -> CheckReport:
    """Read A's role with A's keys. Raises SettingsError, and CloudError where the keys are refused."""
    expected = _expectation(question)
    parties, administrator = expected.parties, sign_in(question.profile)
    if administrator.account_id != parties.account_a:
        raise SettingsError(
            "--role-arn", expected=f"a role of the keys' account, {administrator.account_id}", found=parties.role_arn
        )
    who = Link(name="caller_identity", status="ok", found=administrator.arn)
    try:
        links = (who, *examine_customer(read_role(parties.role_name, administrator), expected))
    except CloudError as error:
        refused = decode_denials([unreadable(error, "account_a")], decoder(administrator), parties)
        links = (who, *refused, not_checked("role"), *map(not_checked, BEHIND_ROLE))
    invocation = Invocation(
        request_id=_request_id(), budget=administrator.line.budget, is_retry=False, caller=administrator.keys
    )
    checks = (conclude(parties.role_name, parties.role_arn, links),)
    return build_check_report(invocation, checks, side="account_a", caller=_identity(administrator))


def _selected(settings: Settings, question: Question) -> tuple[Target, ...]:
    request = Request(kind="invoke", targets=question.targets, regions=question.regions)
    try:
        return select_targets(settings.targets, request)
    except RequestError as error:
        option = {"targets": "--target", "regions": "--region"}.get(error.field or "", "--target")
        raise SettingsError(option, expected="a configured one", found=error.message) from None


def _environment(question: Question) -> dict[str, str]:
    """Return what the function's settings are read from: this shell's variables, the options before them."""
    environ = dict(os.environ)
    if question.triggers:
        environ["TRIGGERS"] = "true"
    if question.role_arn is None:
        for option, given in (
            ("--external-id", question.external_id),
            ("--duration-seconds", question.duration_seconds),
        ):
            if given is not None:
                raise SettingsError(option, expected="it beside --role-arn", found="it alone")
        return environ
    for name in ("TARGETS", "TARGETS_FILE", "EXTERNAL_ID", "REGIONS", "DURATION_SECONDS"):
        environ.pop(name, None)
    environ["ROLE_ARN"] = parameters.check_role_arn(question.role_arn, "--role-arn")
    if question.external_id is not None:
        environ["EXTERNAL_ID"] = parameters.check_external_id(question.external_id, "--external-id")
    if question.duration_seconds is not None:
        environ["DURATION_SECONDS"] = str(question.duration_seconds)
    for region in question.regions:
        check_region(region, "--region")
    environ["REGIONS"] = ",".join(question.regions or (ANY_REGION,))
    return environ


def _expectation(question: Question) -> Expectation:
    if question.role_arn is None:
        raise SettingsError("--role-arn", expected="the role to check", found="none")
    if not _PRINCIPAL.fullmatch(question.principal or ""):
        raise SettingsError(
            "--principal",
            expected="the role of B's function, acs:ram::ACCOUNT_B:role/NAME (or a user of B)",
            found=repr(question.principal) if question.principal else "none",
        )
    if question.external_id is not None:
        parameters.check_external_id(question.external_id, "--external-id")
    for region in question.regions:
        check_region(region, "--region")
    parties = Parties(
        role_arn=parameters.check_role_arn(question.role_arn, "--role-arn"),
        caller_arn=question.principal,
        sends_external_id=question.external_id is not None,
        with_triggers=question.triggers,
    )
    return Expectation(
        parties=parties,
        external_id=question.external_id,
        duration_seconds=question.duration_seconds or 3600,
        regions=question.regions or (ANY_REGION,),
    )


def _decoded(
    checks: tuple[TargetCheck, ...], parties: tuple[Parties, ...], looking: Administrator
) -> tuple[TargetCheck, ...]:
    """Return *checks* with what RAM tells these keys of the denials in them."""
    decode = decoder(looking)
    return tuple(
        conclude(check.target, check.role_arn, decode_denials(check.links, decode, whom))
        for check, whom in zip(checks, parties, strict=True)
    )


def _with_execution_role(
    checks: tuple[TargetCheck, ...], role_name: str, looking: Administrator
) -> tuple[TargetCheck, ...]:
    """Return *checks* with what RAM tells about the execution role; that it tells nothing is no fault of the chain."""
    try:
        role = read_role(role_name, looking)
    except CloudError as error:
        found = f"RAM does not show role {role_name} to these keys ({error.problem.code or error.problem.category})"
        return tuple(_longer(check, [not_checked(name, found) for name in LINKS]) for check in checks)
    caller_arn = f"acs:ram::{looking.account_id}:role/{role_name}"
    return tuple(
        _longer(check, list(examine_execution_role(role, Parties(role_arn=check.role_arn, caller_arn=caller_arn))))
        for check in checks
    )


def _longer(check: TargetCheck, links: list[Link]) -> TargetCheck:
    return conclude(check.target, check.role_arn, (*check.links, *links))


def _identity(administrator: Administrator) -> CallerIdentity:
    kind = administrator.arn.split(":")[-1].partition("/")[0]
    named = {"user": "RAMUser", "assumed-role": "AssumedRoleUser"}
    return CallerIdentity(administrator.account_id, administrator.arn, named.get(kind, "Account"))


def _request_id() -> str:
    return f"check-{secrets.token_hex(4)}"
