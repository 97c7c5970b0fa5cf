"""What a call of an API is made with, and what STS answers: plain values, whatever SDK makes the call. Pure."""

from __future__ import annotations

import msgspec

from fc_inventory.budget import Budget
from fc_inventory.redaction import Unprinted
from fc_inventory.retries import MAX_ATTEMPTS
from fc_inventory.settings import Keys


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How calls of one invocation travel: within which time, and to which local cloud (None: the real hosts)."""

    budget: Budget
    endpoint: str | None = None
    max_attempts: int = MAX_ATTEMPTS


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One API call: what, where, with which keys, and for which role (for errors)."""

    operation: str
    host: str
    keys: Keys
    role_arn: str
    line: Line


class RoleRequest(Unprinted, frozen=True, kw_only=True):
    """The parameters of AssumeRole; without a policy the session may do all that the role may.

    https://www.alibabacloud.com/help/en/ram/api-assumerole
    """

    role_arn: str
    role_session_name: str
    policy: str | None
    duration_seconds: int
    external_id: str | None


class CallerIdentity(msgspec.Struct, frozen=True):
    """STS's answer to GetCallerIdentity: `identity_type` is `Account`, `RAMUser` or `AssumedRoleUser`.

    https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity
    """

    account_id: str
    arn: str
    identity_type: str


class AssumedRole(msgspec.Struct, frozen=True):
    """STS's answer to AssumeRole: keys, and when they end, as on the wire (`2026-11-24T12:00:00Z`)."""

    keys: Keys
    expiration: str
