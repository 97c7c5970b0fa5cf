"""A cloud service assumes a role that trusts it, as Function Compute does with a function's execution role."""

from __future__ import annotations

from datetime import datetime

from local.cloud.errors import Refusal
from local.cloud.policy import Question, Verdict, evaluate
from local.cloud.world import Session, World, lasts_until


def issue_service_session(world: World, role_arn: str, *, service: str, session_name: str, now: datetime) -> Session:
    """Return a session as long as the role allows.

    Raises Refusal where there is no such role, or its trust policy doesn't name the service.
    """
    found = world.find_role(role_arn)
    if found is None:
        raise Refusal(403, "EntityNotExist.Role", f"there is no role {role_arn}")
    account, role = found
    question = Question("sts:AssumeRole", role_arn, {}, frozenset({f"Service:{service}"}))
    if evaluate([role.trust], question) is not Verdict.ALLOW:
        raise Refusal(403, "NoPermission", f"role {role_arn} does not trust the service {service}")
    expires = lasts_until(now, role.max_session_duration_seconds)
    return world.issue_session(account, role, session_name, expires=expires)
