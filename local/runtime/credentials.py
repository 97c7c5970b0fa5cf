"""The execution role's temporary keys, got as Function Compute gets them: ``fc.aliyuncs.com`` assumes the role."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from .errors import HarnessError, RoleRefusedError

SERVICE = "fc.aliyuncs.com"
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Credentials:
    """A session of the execution role."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(repr=False)


def assume_execution_role(cloud_url: str, role_arn: str, session_name: str) -> Credentials:
    """Ask the local cloud at *cloud_url* for a session of *role_arn* on behalf of Function Compute.

    Raises:
        RoleRefusedError: the role doesn't exist or its trust policy doesn't name ``fc.aliyuncs.com``.
        HarnessError: no local cloud answers at *cloud_url*.
    """
    request = {"role_arn": role_arn, "service": SERVICE, "session_name": session_name}
    try:
        response = httpx.post(
            f"{cloud_url}/_local/service-sessions", json=request, timeout=TIMEOUT_SECONDS, trust_env=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HarnessError(
            f"no local cloud answers at {cloud_url} ({error}); start it (python -m local cloud) or drop --endpoint"
        ) from error
    if response.status_code == httpx.codes.FORBIDDEN:
        raise RoleRefusedError(_refusal(role_arn, response))
    if response.is_error:
        raise HarnessError(
            f"{cloud_url} is not a local cloud: it answers /_local/service-sessions with {response.status_code}"
        )
    session = response.json()
    return Credentials(session["access_key_id"], session["access_key_secret"], session["security_token"])


def _refusal(role_arn: str, response: httpx.Response) -> str:
    answer = response.json()
    reason = f"{answer['code']}: {answer['message'].rstrip('.')}"
    return (
        f"Function Compute may not assume the execution role {role_arn}: {reason}. "
        f"This is the function's own account: give it that role in the world file, with a trust policy for {SERVICE}."
    )
