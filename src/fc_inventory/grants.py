"""What a session in a customer's account is asked for: whose, by whom, and with no more power than is used. Pure."""

from __future__ import annotations

import re

import msgspec

from fc_inventory.calls import Line
from fc_inventory.invocation import Invocation
from fc_inventory.retries import MAX_ATTEMPTS
from fc_inventory.settings import Keys, Settings
from fc_inventory.targets import Target

# What is asked of Function Compute; none of it knows a resource but `*`.
# https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/policies-and-sample-policies
LIST_ACTIONS = ("fc:ListServices", "fc:ListFunctions")
TRIGGER_ACTIONS = ("fc:ListTriggers",)
MAX_SESSION_NAME = 64


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a session is asked for; all of it, with the caller, is what a kept session is bound to."""

    target: Target
    caller: Keys | None
    region: str | None
    role_session_name: str
    line: Line
    actions: tuple[str, ...] = LIST_ACTIONS

    @property
    def policy(self) -> str:
        """The session policy: the list actions that are used and nothing else, whatever the role may do."""
        return session_policy(self.actions)

    @property
    def key(self) -> tuple[object, ...]:
        """The identity of a kept session."""
        caller_id = self.caller.access_key_id if self.caller else None
        target = self.target
        return (
            target.role_arn,
            target.external_id,
            target.duration_seconds,
            self.actions,
            caller_id,
            self.line.endpoint,
        )


def session_name(prefix: str, request_id: str) -> str:
    """Return a RoleSessionName that leads from account A's ActionTrail to the invocation: prefix, dash, request id.

    https://www.alibabacloud.com/help/en/ram/api-assumerole (2 to 64 characters)
    """
    return re.sub(r"[^A-Za-z0-9.@_-]", "-", f"{prefix}-{request_id}")[:MAX_SESSION_NAME]


def session_policy(actions: tuple[str, ...] = LIST_ACTIONS) -> str:
    """Return the policy that bounds a session to *actions*."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return msgspec.json.encode({"Version": "1", "Statement": [statement]}).decode()


def grant_for(target: Target, settings: Settings, invocation: Invocation, *, max_attempts: int = MAX_ATTEMPTS) -> Grant:
    """Return what a session for *target* is asked for in this invocation, by at most *max_attempts* for each call."""
    return Grant(
        target=target,
        caller=invocation.caller,
        region=settings.region,
        role_session_name=session_name(settings.role_session_name, invocation.request_id),
        line=Line(budget=invocation.budget, endpoint=settings.endpoint, max_attempts=max_attempts),
        actions=LIST_ACTIONS + TRIGGER_ACTIONS if settings.triggers else LIST_ACTIONS,
    )
