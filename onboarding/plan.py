"""From what is wanted and what is there to the steps in between. Pure; a plan changes nothing.

A step is one action of RAM's API. A conflict is something there that is not as wanted: its steps are carried out only
where the administrator says --replace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from onboarding.comparison import describe_difference, is_same
from onboarding.documents import Document, to_text

PolicyKey = tuple[str, str]  # type (Custom or System) and name


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy; `document` is None for one of Alibaba Cloud's own."""

    name: str
    document: Document | None = None
    description: str = ""

    @property
    def key(self) -> PolicyKey:
        """What tells it from others."""
        return ("System" if self.document is None else "Custom", self.name)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A role, its policy, and users that have the policy as well; `exclusive`: the role may have no other."""

    role_name: str
    description: str
    trust: Document
    max_session_seconds: int
    policy: Policy
    users: tuple[str, ...] = ()
    exclusive: bool = True


@dataclass(frozen=True, kw_only=True)
class Found:
    """What RAM answers about the same; `trust` is None where there is no role, `document` where there is no policy."""

    trust: Document | None = None
    max_session_seconds: int = 0
    document: Document | None = None
    attached: tuple[PolicyKey, ...] = ()
    user_policies: dict[str, tuple[PolicyKey, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One call: an action of RAM's API, its parameters, and on what it works, in words.

    `removes` is the trust or permission policy that goes with it.
    """

    action: str
    parameters: dict[str, Any]
    on: str
    removes: Document | None = None

    @property
    def document(self) -> Document | None:
        """The policy that this step writes."""
        texts = [text for name, text in self.parameters.items() if name.endswith("PolicyDocument")]
        return read_document(texts[0]) if texts else None


@dataclass(frozen=True)
class Conflict:
    """What is not as wanted, and the lines of a diff from what there is to what is wanted."""

    on: str
    difference: list[str]


@dataclass(frozen=True)
class Plan:
    """The steps in order, those included that overcome the conflicts."""

    steps: list[Step]
    conflicts: list[Conflict] = field(default_factory=list)


def plan_grant(wanted: Wanted, found: Found) -> Plan:
    """Return what leads from *found* to *wanted*: whatever widens the role's power comes after what narrows it."""
    parts = [*_extra(wanted, found), *_role(wanted, found), *_policy(wanted, found), *_attachments(wanted, found)]
    steps = [part for part in parts if isinstance(part, Step)]
    return Plan(steps, [part for part in parts if isinstance(part, Conflict)])


def attachment(action: Literal["Attach", "Detach"], key: PolicyKey, holder: Literal["Role", "User"], name: str) -> Step:
    """Return the step that attaches a policy to a role or a user, or detaches it."""
    direction = "To" if action == "Attach" else "From"
    parameters = {"PolicyType": key[0], "PolicyName": key[1], f"{holder}Name": name}
    words = "to" if action == "Attach" else "from"
    return Step(
        f"{action}Policy{direction}{holder}", parameters, f"policy {key[1]} ({key[0]}) {words} {holder.lower()} {name}"
    )


def _extra(wanted: Wanted, found: Found) -> Iterator[Step | Conflict]:
    """Yield what is attached beyond the wanted policy where nothing may be: the role could do more than is said."""
    extra = [key for key in found.attached if key != wanted.policy.key] if wanted.exclusive else []
    if extra:
        difference = describe_difference(sorted(key[1] for key in found.attached), [wanted.policy.name])
        yield Conflict(f"policies attached to role {wanted.role_name}", difference)
    for key in extra:
        yield attachment("Detach", key, "Role", wanted.role_name)


def _role(wanted: Wanted, found: Found) -> Iterator[Step | Conflict]:
    on = f"role {wanted.role_name}"
    name, trust = {"RoleName": wanted.role_name}, to_text(wanted.trust)
    if found.trust is None:
        parameters = {
            **name,
            "AssumeRolePolicyDocument": trust,
            "Description": wanted.description,
            "MaxSessionDuration": wanted.max_session_seconds,
        }
        yield Step("CreateRole", parameters, on)
        return
    changes: dict[str, Any] = {}
    if not is_same(found.trust, wanted.trust):
        yield Conflict(f"trust policy of {on}", describe_difference(found.trust, wanted.trust))
        changes["NewAssumeRolePolicyDocument"] = trust
    if found.max_session_seconds != wanted.max_session_seconds:
        difference = [f"-{found.max_session_seconds}", f"+{wanted.max_session_seconds}"]
        yield Conflict(f"MaxSessionDuration of {on}", difference)
        changes["NewMaxSessionDuration"] = wanted.max_session_seconds
    if changes:
        yield Step("UpdateRole", {**name, **changes}, on)


def _policy(wanted: Wanted, found: Found) -> Iterator[Step | Conflict]:
    policy = wanted.policy
    if policy.document is None or is_same(found.document, policy.document):
        return
    on, parameters = f"policy {policy.name}", {"PolicyName": policy.name, "PolicyDocument": to_text(policy.document)}
    if found.document is None:
        yield Step("CreatePolicy", {**parameters, "Description": policy.description}, on)
        return
    yield Conflict(on, describe_difference(found.document, policy.document))
    rotation = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
    yield Step("CreatePolicyVersion", {**parameters, "SetAsDefault": True, "RotateStrategy": rotation}, on)


def _attachments(wanted: Wanted, found: Found) -> Iterator[Step]:
    if wanted.policy.key not in found.attached:
        yield attachment("Attach", wanted.policy.key, "Role", wanted.role_name)
    for user in wanted.users:
        if wanted.policy.key not in found.user_policies.get(user, ()):
            yield attachment("Attach", wanted.policy.key, "User", user)


def read_document(text: str) -> Document:
    """Return a policy document from RAM's answer."""
    document: Document = json.loads(text)
    return document
