"""The links from this machine to a session in the customer's account."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.calls import AssumedRole, Call, CallerIdentity, Line
from fc_inventory.check.advice import fix_for
from fc_inventory.check.causes import Trouble, cause_of
from fc_inventory.check.commands import Parties
from fc_inventory.check.patient import ENDPOINT_CAUSES, Patient, ask, broken
from fc_inventory.check.shape import TO_SESSION, Cause, Link, LinkName, not_checked
from fc_inventory.credentials import unix_time
from fc_inventory.diagnosis import local_problem
from fc_inventory.settings import Keys
from fc_inventory.transport import exchange

WORTH_TELLING_SECONDS = 120.0  # of a clock that is off; at 900 the cloud refuses
SHORTEST_SESSION_SECONDS = 900
# What a canary's session may do, should it be given one: nothing.
POWERLESS_POLICY = '{"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'

# Which link a failed AssumeRole breaks; what does not stand here breaks the session. STS may have looked at the links
# before it or not (in which order it looks is unverified), so those are not called good.
_BROKEN_BY_ASSUME_ROLE: dict[Cause, LinkName] = {
    "caller_is_root": "caller_identity",
    "caller_lacks_permission": "caller_permission",
    "caller_explicitly_denied": "caller_permission",
    "caller_denied_by_control_policy": "caller_permission",
    "caller_denied_by_session_policy": "caller_permission",
    "role_not_found": "role",
    "trust_or_external_id": "trust_policy",
    "trust_explicitly_denied": "trust_policy",
    "assume_role_denied": "trust_policy",
}

_AWAY: tuple[Cause, ...] = ("name_not_resolved", "connection_failed", "connect_timed_out")


@dataclass(frozen=True)
class Examined:
    """Links, and what later ones need: None where a link is broken."""

    links: tuple[Link, ...]
    identity: CallerIdentity | None = None
    keys: Keys | None = field(default=None, repr=False)


def examine_caller(keys: Keys | None, region: str | None, line: Line) -> Examined:
    """Links from this machine to STS: the endpoint, the clock, whose keys these are."""
    host, parties = regions.sts_host(region), Parties(role_arn="acs:ram::ACCOUNT_A:role/ROLE")
    if keys is None:
        problem = local_problem(
            "no_credentials", operation="GetCallerIdentity", role_arn="", message="there are no keys"
        )
        no_keys = broken(not_checked("caller_identity"), Trouble(problem.problem), parties)
        return Examined((not_checked("sts_endpoint", "without keys nothing is asked"), not_checked("clock"), no_keys))
    call = Call(operation="GetCallerIdentity", host=host, keys=keys, role_arn=parties.role_arn, line=line)
    answer = ask(lambda: sdk.get_caller_identity(call))
    endpoint = Link(name="sts_endpoint", status="ok", found="answers", host=host)
    if isinstance(answer, Trouble):
        links = links_of_unknown_caller(answer, endpoint, parties)
        return Examined(_without_way_out(links, parties) if _is_in_vpc(answer, call, region) else links)
    clock = _clock_link(_seconds_behind_date(), "the Date header", parties)
    if answer.identity_type == "Account":
        found = f"{answer.arn}: the account itself, which can't assume a role"
        fix = fix_for("caller_is_root", parties)
        root = Link(name="caller_identity", status="broken", found=found, cause="caller_is_root", fix=fix)
        return Examined((endpoint, clock, root), answer)
    identity = Link(name="caller_identity", status="ok", found=answer.arn)
    return Examined((endpoint, clock, identity), answer, keys)


def _is_in_vpc(away: Trouble, call: Call, region: str | None) -> bool:
    """Tell whether STS's public host is *away*, but the one answers that only VPCs reach."""
    host = regions.sts_vpc_host(region)
    if host is None or cause_of(away) not in _AWAY:
        return False
    line = msgspec.structs.replace(call.line, max_attempts=1)
    answer = ask(lambda: sdk.get_caller_identity(msgspec.structs.replace(call, host=host, line=line)))
    return not isinstance(answer, Trouble) or answer.transport is None


def _without_way_out(links: tuple[Link, ...], parties: Parties) -> tuple[Link, ...]:
    endpoint, *others = links
    cause: Cause = "no_way_out_of_vpc"
    found = f"{endpoint.found}; the host for VPCs answers, the public one does not"
    return (msgspec.structs.replace(endpoint, cause=cause, found=found, fix=fix_for(cause, parties)), *others)


def links_of_unknown_caller(trouble: Trouble, endpoint: Link, parties: Parties) -> tuple[Link, ...]:
    """Return the links up to the caller, of which *trouble* shows one broken."""
    cause = cause_of(trouble)
    if cause in (*ENDPOINT_CAUSES, "deadline"):
        return (
            broken(endpoint, trouble, parties),
            not_checked("clock"),
            not_checked("caller_identity"),
        )
    if cause == "clock_skew":
        return (endpoint, broken(not_checked("clock"), trouble, parties), not_checked("caller_identity"))
    return (
        endpoint,
        not_checked("clock", "the answer was a refusal"),
        broken(not_checked("caller_identity"), trouble, parties),
    )


def examine_role(patient: Patient) -> Examined:
    """Links from STS to a session: the caller's permission, the role, its trust, its external ID, the session."""
    asked_at = time.time()
    answer = patient.assume()
    if isinstance(answer, Trouble) and cause_of(answer) == "duration_too_long":
        return _examine_without_session(patient, answer)
    if isinstance(answer, Trouble):
        return Examined(links_without_session(answer, patient.parties))
    links = (*_links_to_role(), _examine_external_id(patient), _session_link(patient, answer, asked_at))
    return Examined(links, keys=answer.keys)


def _examine_without_session(patient: Patient, too_long: Trouble) -> Examined:
    """The session is refused for its duration: a shorter one, not used, tells of the links before it."""
    shorter = patient.assume(duration_seconds=SHORTEST_SESSION_SECONDS)
    if isinstance(shorter, Trouble):
        return Examined(links_without_session(shorter, patient.parties))
    refused = broken(not_checked("session"), too_long, patient.parties)
    asked = f"{patient.grant.target.duration_seconds} s asked for, more than the role's MaxSessionDuration"
    return Examined((*_links_to_role(), _examine_external_id(patient), msgspec.structs.replace(refused, found=asked)))


def _links_to_role() -> tuple[Link, ...]:
    return (
        Link(name="caller_permission", status="ok", found="sts:AssumeRole is allowed"),
        Link(name="role", status="ok", found="exists"),
        Link(name="trust_policy", status="ok", found="lets the caller in"),
    )


def links_without_session(trouble: Trouble, parties: Parties) -> tuple[Link, ...]:
    """Return the links up to the session, of which *trouble* shows one broken."""
    cause = cause_of(trouble)
    at = _BROKEN_BY_ASSUME_ROLE.get(cause, "session")
    links, is_before = [], at != "caller_identity"
    for name in TO_SESSION:
        if name == at:
            links.append(broken(not_checked(name), trouble, parties))
            is_before = False
        else:
            links.append(
                not_checked(name, "the cloud did not tell" if is_before else "a link before this one is broken")
            )
    return tuple(links)


def _examine_external_id(patient: Patient) -> Link:
    """The canary: without an external ID and with a wrong one the role must keep even this caller out."""
    canaries = {"without an external ID": None, "with a wrong external ID": f"canary-{secrets.token_hex(16)}"}
    for how, external_id in canaries.items():
        answer = patient.assume(
            external_id=external_id, policy=POWERLESS_POLICY, duration_seconds=SHORTEST_SESSION_SECONDS
        )
        if not isinstance(answer, Trouble):
            cause: Cause = "external_id_not_demanded"
            found = f"the role can be assumed {how}: it lets in anybody who gets B to use its ARN (confused deputy)"
            return Link(
                name="external_id", status="warning", found=found, cause=cause, fix=fix_for(cause, patient.parties)
            )
        if _BROKEN_BY_ASSUME_ROLE.get(cause_of(answer)) != "trust_policy":
            return not_checked("external_id", f"the attempt {how} failed for another reason: {answer.problem.message}")
    return Link(name="external_id", status="ok", found="demanded: refused without one, and with a wrong one")


def _session_link(patient: Patient, assumed: AssumedRole, asked_at: float) -> Link:
    asked_seconds = patient.grant.target.duration_seconds
    ends_at = unix_time(assumed.expiration)
    if ends_at is None:
        message = "Expiration is not a time"
        problem = local_problem("malformed_answer", operation="AssumeRole", role_arn="", message=message).problem
        return broken(not_checked("session"), Trouble(problem), patient.parties)
    seconds_behind = ends_at - asked_seconds - asked_at
    if abs(seconds_behind) > WORTH_TELLING_SECONDS:
        return msgspec.structs.replace(_clock_link(seconds_behind, "Expiration", patient.parties), name="session")
    return Link(name="session", status="ok", found=f"given for {asked_seconds} s, until {assumed.expiration}")


def _clock_link(seconds_behind: float | None, source: str, parties: Parties) -> Link:
    if seconds_behind is None:
        return not_checked("clock", "the cloud did not tell the time")
    if abs(seconds_behind) <= WORTH_TELLING_SECONDS:
        return Link(name="clock", status="ok", found="agrees with the cloud's")
    side = "behind" if seconds_behind > 0 else "ahead of"
    found = f"this machine's clock is {abs(round(seconds_behind))} s {side} the cloud's, by {source}"
    return Link(name="clock", status="warning", found=found, cause="clock_skew", fix=fix_for("clock_skew", parties))


def _seconds_behind_date() -> float | None:
    """Return by how much this machine's clock is behind that of the last answer, None where it told no time."""
    try:
        return parsedate_to_datetime(exchange.date or "").timestamp() - time.time()
    except ValueError:
        return None
