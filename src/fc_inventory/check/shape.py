"""What the doctor says: for each target a chain of links, and for a broken one its cause, evidence and fix. Pure.

Owns the answer's shape, published as `schemas/check.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from fc_inventory.check.evidence import Diagnosis, Evidence
from fc_inventory.documents import published_schema
from fc_inventory.errors import Side

CheckStatus = Literal["ok", "warning", "broken"]
LookingSide = Literal["account_a", "account_b"]
LinkStatus = Literal["ok", "warning", "broken", "not_checked"]

LinkName = Literal[
    "sts_endpoint",
    "clock",
    "caller_identity",
    "caller_permission",
    "role",
    "trust_policy",
    "external_id",
    "session",
    "session_policy",
    "fc_endpoint",
    "list_permission",
    "excess_permission",
    "execution_role",
    "execution_role_trust",
    "execution_role_permission",
    "ram_access",
]

TO_SESSION: tuple[LinkName, ...] = ("caller_permission", "role", "trust_policy", "external_id", "session")
BEHIND_SESSION: tuple[LinkName, ...] = ("session_policy", "fc_endpoint", "list_permission")

Cause = Literal[
    # the caller's own keys, in account B
    "no_credentials",
    "key_unknown",
    "key_disabled",
    "token_expired",
    "token_invalid",
    "wrong_secret",
    "clock_skew",
    "caller_is_root",
    # AssumeRole
    "caller_lacks_permission",
    "caller_explicitly_denied",
    "caller_denied_by_control_policy",
    "caller_denied_by_session_policy",
    "role_not_found",
    "trust_missing",
    "trust_or_external_id",
    "trust_explicitly_denied",
    "assume_role_denied",
    "wrong_external_id",
    "external_id_not_demanded",
    "duration_too_long",
    "invalid_parameter",
    "session_policy_ignored",
    # listing
    "list_denied",
    "list_permission_missing",
    "list_explicitly_denied",
    "list_denied_by_control_policy",
    "list_denied_by_session_policy",
    "not_activated",
    "wrong_account",
    "session_rejected",
    # seen by reading RAM: `python -m onboarding check`
    "whole_account_trusted",
    "others_trusted",
    "condition_not_judged",
    "more_granted_than_used",
    "no_ram_rights",
    "execution_role_missing",
    "service_not_trusted",
    # between and beyond
    "name_not_resolved",
    "connection_failed",
    "tls_failed",
    "connect_timed_out",
    "no_way_out_of_vpc",
    "answer_timed_out",
    "redirected",
    "throttled",
    "unavailable",
    "malformed_answer",
    "deadline",
    "unexpected",
]


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """What to do: `account` says who can (account_a, account_b, …), `commands` can be copied into that one's shell."""

    account: Side
    text: str
    commands: tuple[str, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain from the caller to the customer's list.

    Attributes:
        name: which link.
        status: `not_checked` where a link before it is broken, or the cloud did not tell; `found` says which.
        found: what was found, one line, without secrets.
        region: the region of a listing, None for the others.
        api: the listing's API action, and for ListFunctions the version of Function Compute: `ListFunctions v3`.
        host: the host that was asked.
        cause: our word for what is wrong, None exactly where nothing is; scripts may branch on it.
        layer: the policy layer that denied (`PolicyType` of AccessDeniedDetail); None where the cloud did not tell.
        evidence: what the cloud answered where something is wrong.
        diagnosis: what RAM told of a denial, None where it was not asked.
        fix: what to do about it.
    """

    name: LinkName
    status: LinkStatus
    found: str
    region: str | None = None
    api: str | None = None
    host: str | None = None
    cause: Cause | None = None
    layer: str | None = None
    evidence: Evidence | None = None
    diagnosis: Diagnosis | None = None
    fix: Fix | None = None


class TargetCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The chain to one target. `cause` is that of the first broken link, or of the first warning, or None."""

    target: str
    account_id: str
    role_arn: str
    status: CheckStatus
    cause: Cause | None
    links: tuple[Link, ...]


class CallerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Whose keys were used, as GetCallerIdentity tells: `Account`, `RAMUser` or `AssumedRoleUser`."""

    account_id: str
    arn: str
    identity_type: str


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer.

    Attributes:
        check_version: the version of this shape; it changes when a field changes its meaning or goes.
        request_id: the invocation's request id on Function Compute, one of its own elsewhere; sessions are named by it.
        generated_at: when the answer was complete, UTC (`2026-11-24T12:00:00Z`).
        duration_ms: how long it took until then.
        side: the account whose keys looked: `account_b` from the function's side, `account_a` from the customer's.
        status: the worst of the targets'.
        caller: whose keys were used, None where the cloud did not tell.
        targets: one for every selected target, in configured order.
    """

    check_version: Literal[1] = 1
    request_id: str
    generated_at: str
    duration_ms: int
    side: LookingSide
    status: CheckStatus
    caller: CallerSeen | None
    targets: tuple[TargetCheck, ...]


def not_checked(
    name: LinkName,
    found: str = "a link before this one is broken",
    *,
    region: str | None = None,
    api: str | None = None,
    host: str | None = None,
) -> Link:
    """Return a link that could not be judged."""
    return Link(name=name, status="not_checked", found=found, region=region, api=api, host=host)


def conclude(target: str, role_arn: str, links: Iterable[Link]) -> TargetCheck:
    """Return what *links* add up to."""
    chain = tuple(links)
    wrong = _first(chain, "broken") or _first(chain, "warning")
    status: CheckStatus = "ok" if wrong is None else "broken" if wrong.status == "broken" else "warning"
    return TargetCheck(
        target=target,
        account_id=role_arn.split(":")[3],
        role_arn=role_arn,
        status=status,
        cause=wrong.cause if wrong else None,
        links=chain,
    )


def worst(targets: Iterable[TargetCheck]) -> CheckStatus:
    """Return the worst status among *targets*."""
    found = {target.status for target in targets}
    return "broken" if "broken" in found else "warning" if "warning" in found else "ok"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answer."""
    return published_schema(CheckReport, "fc-inventory check")


def _first(chain: tuple[Link, ...], status: LinkStatus) -> Link | None:
    """Return the first link of *status*; of several broken lists rather one whose denial the cloud explained.

    The answers of FC 2.0 carry no AccessDeniedDetail, so that of FC 3.0 says more about the same policies.
    """
    found = [link for link in chain if link.status == status]
    if found and found[0].cause == "list_denied":
        return next((link for link in found if link.name == "list_permission" and link.layer), found[0])
    return found[0] if found else None
