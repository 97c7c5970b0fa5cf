"""RAM by the vendor's SDK and by hand, and what its answers look like."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import httpx
from alibabacloud_ram20150501.client import Client as RamClient

from local.cloud import LocalCloud
from local.cloud.versioned_policy import BEGINNING
from tests.cloud.acs3 import Keys, Wire
from tests.cloud.clients import COMPANY_B, account, config
from tests.cloud.envelopes import pop

RAM_HOST = "ram.aliyuncs.com"
LISTING_POLICY = json.dumps(
    {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "fc:List*", "Resource": "*"}]}, indent=1
)


def ram(cloud: LocalCloud, keys: Keys) -> RamClient:
    """Return the client of RAM."""
    return RamClient(config(cloud, keys))


def ram_call(keys: Keys, action: str, **parameters: str) -> Wire:
    """Return a call of RAM, as yet unsigned."""
    return Wire(keys, RAM_HOST, action, "2015-05-01", query=parameters, method="POST")


def trust_text(*names: str) -> str:
    """Return a trust policy that lets RAM identities in, spaced as no program would."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": list(names)}}
    return json.dumps({"Version": "1", "Statement": [statement]}, indent=3)


def content(answer: Any) -> dict[str, Any]:
    """Return the whole body of an SDK's answer, without its request id, dates told as "now" and "beginning"."""
    body = answer.body.to_map()
    assert len(body.pop("RequestId")) == 36
    return {name: _dated(name, value) for name, value in body.items()}


def _dated(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _dated(inner, part) for inner, part in value.items()}
    if isinstance(value, list):
        return [_dated(name, part) for part in value]
    if not name.endswith("Date") or not value:
        return value
    if value == BEGINNING:
        return "beginning"
    moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs((datetime.now(timezone.utc) - moment).total_seconds()) < 60
    return "now"


def refusal(
    answer: httpx.Response, code: str, message: str, detail: dict[str, str] | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the code and the whole body that RAM must have sent with *answer*."""
    return code, pop(answer, code, message, detail, host=RAM_HOST, product="Ram")


def said(answer: httpx.Response) -> tuple[str, dict[str, Any]]:
    """Return the code and the whole body of *answer*."""
    return answer.json().get("Code"), answer.json()


def no_permission(
    cloud: LocalCloud, answer: httpx.Response, action: str, resource: str, user: str = "intern"
) -> tuple[str, dict[str, Any]]:
    """Return what a user of company B must have been told who has no policy that allows *action* on *resource*."""
    message = f"You are not authorized to do this action. Resource: {resource} Action: ram:{action}"
    detail = {
        "AuthAction": f"ram:{action}",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": COMPANY_B,
        "AuthPrincipalDisplayName": account(cloud, COMPANY_B).users[user].user_id,
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    return refusal(answer, "NoPermission", message, detail)
