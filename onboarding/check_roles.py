"""What RAM tells about a role: its trust policy, the policies attached to it; and what it refuses to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from fc_inventory.check.advice import fix_for
from fc_inventory.check.causes import Trouble, cause_of
from fc_inventory.check.commands import Parties
from fc_inventory.check.shape import Cause, Link, LinkName, not_checked
from fc_inventory.errors import CloudError, Side
from onboarding import ram
from onboarding.administrator import Administrator
from onboarding.check_policy import Statement, statements_of
from onboarding.observation import find_role, policies_of_role
from onboarding.plan import PolicyKey, read_document


@dataclass(frozen=True)
class RoleSeen:
    """A role as RAM describes it; `permissions` are the statements of all policies attached to it.

    `attached` are those policies: type (Custom or System) and name.
    """

    arn: str
    attached: tuple[PolicyKey, ...]
    trust: list[Statement]
    permissions: list[Statement]
    max_session_seconds: int


def read_role(name: str, administrator: Administrator) -> RoleSeen | None:
    """Return the role *name* of the administrator's account, None where there is none. Raises CloudError."""
    role = find_role(name, administrator)
    if role is None:
        return None
    attached = policies_of_role(name, administrator)
    documents = {key[1]: _document(key, administrator) for key in attached}
    return RoleSeen(
        arn=role["Arn"],
        attached=attached,
        trust=statements_of({"trust policy": read_document(role["AssumeRolePolicyDocument"])}),
        permissions=statements_of(documents),
        max_session_seconds=role["MaxSessionDuration"],
    )


def _document(key: tuple[str, str], administrator: Administrator) -> dict[str, Any]:
    policy_type, name = key
    answer = ram.call("GetPolicy", {"PolicyType": policy_type, "PolicyName": name}, administrator)
    return read_document(answer["DefaultPolicyVersion"]["PolicyDocument"])


def wrong(link: Link | LinkName, cause: Cause, found: str, parties: Parties) -> Link:
    """Return *link* as broken by what RAM shows."""
    return msgspec.structs.replace(doubtful(link, cause, found, parties), status="broken")


def doubtful(link: Link | LinkName, cause: Cause, found: str, parties: Parties) -> Link:
    """Return *link* as holding, but not as it should."""
    named = link if isinstance(link, Link) else not_checked(link)
    return msgspec.structs.replace(named, status="warning", found=found, cause=cause, fix=fix_for(cause, parties))


def unreadable(error: CloudError, account: Side) -> Link:
    """Return the link that RAM's refusal to be read breaks, for keys of *account*."""
    is_denial = (error.problem.code or "").startswith("NoPermission")
    cause: Cause = "no_ram_rights" if is_denial else cause_of(Trouble(error.problem))
    advice = fix_for(cause, Parties(role_arn=""))
    return Link(
        name="ram_access",
        status="broken",
        found=error.problem.message,
        cause=cause,
        layer=error.problem.denied_by,
        evidence=Trouble(error.problem, diagnostic=error.diagnostic).evidence,
        fix=msgspec.structs.replace(advice, account=account if is_denial else advice.account),
    )
