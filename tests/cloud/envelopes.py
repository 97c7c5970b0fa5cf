"""The whole bodies of refusals, as each API writes them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.cloud.clients import STS_HOST


def pop(answer: httpx.Response, code: str, message: str, detail: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the body that STS must have sent with *answer*, whose request id is taken from the header."""
    request_id = answer.headers["x-acs-request-id"]
    body: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": STS_HOST,
        "Code": code,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={code}&product=Sts&requestId={request_id}",
    }
    return body | ({"AccessDeniedDetail": detail} if detail else {})


def fc2(code: str, message: str) -> dict[str, Any]:
    """Return the body of a refusal of API 2021-04-06."""
    return {"ErrorCode": code, "ErrorMessage": message}


def fc3(answer: httpx.Response, code: str, message: str, detail: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the body that API 2023-03-30 must have sent with *answer*."""
    body: dict[str, Any] = {"Code": code, "Message": message, "RequestId": answer.headers["x-fc-request-id"]}
    return body | ({"AccessDeniedDetail": detail} if detail else {})
