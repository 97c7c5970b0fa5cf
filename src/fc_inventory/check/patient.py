"""Asks the cloud on behalf of one target, and turns what went wrong into a broken link. Sessions are not kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.calls import AssumedRole, Call, RoleRequest
from fc_inventory.check.advice import fix_for
from fc_inventory.check.causes import Trouble, cause_of
from fc_inventory.check.commands import Parties
from fc_inventory.check.shape import Cause, Link
from fc_inventory.errors import CloudError
from fc_inventory.grants import Grant
from fc_inventory.settings import Keys
from fc_inventory.transport import exchange

T = TypeVar("T")

ATTEMPTS = 3  # each call: a doctor that waits long is not asked

ENDPOINT_CAUSES: tuple[Cause, ...] = (
    "name_not_resolved",
    "connection_failed",
    "tls_failed",
    "connect_timed_out",
    "answer_timed_out",
    "redirected",
)


@dataclass(frozen=True, kw_only=True)
class Patient:
    """One target, and what is asked for a session in it; `keys` are the caller's."""

    grant: Grant
    keys: Keys = field(repr=False)
    parties: Parties

    def call(self, operation: str, host: str, keys: Keys) -> Call:
        """Return a call of this examination."""
        return Call(
            operation=operation, host=host, keys=keys, role_arn=self.grant.target.role_arn, line=self.grant.line
        )

    def assume(self, **changes: Any) -> AssumedRole | Trouble:
        """Ask for a session as the function does, but for *changes*."""
        target = self.grant.target
        as_usual = RoleRequest(
            role_arn=target.role_arn,
            role_session_name=self.grant.role_session_name,
            policy=self.grant.policy,
            duration_seconds=target.duration_seconds,
            external_id=target.external_id,
        )
        call = self.call("AssumeRole", regions.sts_host(self.grant.region), self.keys)
        return ask(lambda: sdk.assume_role(call, msgspec.structs.replace(as_usual, **changes)))


def ask(send: Callable[[], T]) -> T | Trouble:
    """Return the answer, or what went wrong; both were noted by the transport in this thread."""
    try:
        return send()
    except CloudError as error:
        return Trouble(error.problem, exchange.transport, exchange.detail, error.diagnostic)


def broken(link: Link, trouble: Trouble, parties: Parties) -> Link:
    """Return *link* as *trouble* shows it: broken, with its cause, evidence and fix."""
    cause = cause_of(trouble)
    return msgspec.structs.replace(
        link,
        status="broken",
        found=trouble.problem.message,
        cause=cause,
        layer=trouble.problem.denied_by,
        evidence=trouble.evidence,
        fix=fix_for(cause, parties),
    )
