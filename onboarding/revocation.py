"""Taking back what was granted: the steps, and until when sessions may still be held."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fc_inventory.errors import CloudError
from onboarding.administrator import Administrator
from onboarding.comparison import describe_difference, is_same
from onboarding.documents import Document, closed_trust_policy, to_text
from onboarding.observation import find_policy, find_role, policies_of_role, role_names
from onboarding.plan import Conflict, Plan, PolicyKey, Step, attachment, read_document


@dataclass(frozen=True)
class OwnPolicy:
    """A policy that `grant` made: how many users, groups and roles have it, and what it says."""

    name: str
    attachments: int
    document: Document


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What is left of a grant; `trust` is None where the role is gone, `policies` are those that `grant` made."""

    role_name: str
    trust: Document | None
    max_session_seconds: int
    attached: tuple[PolicyKey, ...]
    policies: tuple[OwnPolicy, ...]


def observe_granted(role_name: str, policy_names: tuple[str, ...], administrator: Administrator) -> Granted:
    """Ask RAM what is left. Raises CloudError."""
    role = find_role(role_name, administrator)
    found = {name: find_policy(name, administrator) for name in policy_names}
    return Granted(
        role_name=role_name,
        trust=read_document(role["AssumeRolePolicyDocument"]) if role else None,
        max_session_seconds=role["MaxSessionDuration"] if role else 0,
        attached=policies_of_role(role_name, administrator) if role else (),
        policies=tuple(_own_policy(name, policy) for name, policy in found.items() if policy is not None),
    )


def plan_removal(granted: Granted) -> Plan:
    """Return the steps that end a grant for good: power first, then the role, then the policies made for it.

    A policy that somebody else has as well stays, and so do policies that `grant` didn't make.
    """
    steps = [attachment("Detach", key, "Role", granted.role_name) for key in granted.attached]
    if granted.trust is not None:
        name = granted.role_name
        steps.append(Step("DeleteRole", {"RoleName": name}, f"role {name}", removes=granted.trust))
    for policy in granted.policies:
        if policy.attachments == (("Custom", policy.name) in granted.attached):
            parameters = {"PolicyName": policy.name, "CascadingDelete": True}
            steps.append(Step("DeletePolicy", parameters, f"policy {policy.name}", removes=policy.document))
    return Plan(steps)


def plan_closing(granted: Granted, account_id: str) -> Plan:
    """Return the step that only takes the trust away: role and policies stay, and nobody outside may assume it."""
    closed = closed_trust_policy(account_id)
    if granted.trust is None or is_same(granted.trust, closed):
        return Plan([])
    parameters = {"RoleName": granted.role_name, "NewAssumeRolePolicyDocument": to_text(closed)}
    on = f"trust policy of role {granted.role_name}"
    return Plan(
        [Step("UpdateRole", parameters, on, removes=granted.trust)],
        [Conflict(on, describe_difference(granted.trust, closed))],
    )


def explain_absence(role_name: str, administrator: Administrator) -> list[str]:
    """Return what to say where there is no such role: the nearest one, as far as RAM shows the roles."""
    try:
        near = difflib.get_close_matches(role_name, role_names(administrator), n=1)
    except CloudError:
        near = []
    hint = f"; the nearest name is {near[0]}" if near else ""
    return [f"No role {role_name} is in account {administrator.account_id}{hint}. Nobody can assume what isn't there."]


def explain_sessions(granted: Granted, now: datetime, *, trust_only: bool) -> list[str]:
    """Return what becomes of sessions that were issued before: STS can't take one back.

    https://www.alibabacloud.com/help/en/ram/api-assumerole (DurationSeconds). That a session whose role is gone can do
    nothing follows from how RAM says that it asks; it is unverified.
    """
    until = f"{now + timedelta(seconds=granted.max_session_seconds):%Y-%m-%dT%H:%M:%SZ}"
    hours = f"the role's MaxSessionDuration is {granted.max_session_seconds} s"
    if trust_only:
        return [
            f"Sessions issued before stay valid, with all of the role's power, until {until} at most ({hours}).",
            "To end them at once, revoke without --trust-only: what a session may do is asked at each of its calls.",
        ]
    return [
        f"Sessions issued before may be held until {until} at most ({hours}), but should be able to do nothing:",
        "what a session may do is asked at each of its calls, and its role's policies are gone.",
    ]


def _own_policy(name: str, answer: dict[str, Any]) -> OwnPolicy:
    document = read_document(answer["DefaultPolicyVersion"]["PolicyDocument"])
    return OwnPolicy(name, int(answer["Policy"].get("AttachmentCount") or 0), document)
