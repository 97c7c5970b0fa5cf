"""The whole bodies of refusals, as each API writes them."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import httpx

from tests.cloud.clients import STS_HOST


def pop(
    answer: httpx.Response,
    code: str,
    message: str,
    detail: dict[str, str] | None = None,
    *,
    host: str = STS_HOST,
    product: str = "Sts",
) -> dict[str, Any]:
    """Return the body that STS or RAM must have sent with *answer*, whose request id is taken from the header."""
    request_id = answer.headers["x-acs-request-id"]
    body: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": host,
        "Code": code,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={code}&product={product}&requestId={request_id}",
    }
    return body | (denied(answer, detail) if detail else {})


def denied(answer: httpx.Response, detail: dict[str, str]) -> dict[str, Any]:
    """Return the part of a body that says which layer denied.

    The encoded message is taken from the answer: two bytes, the time in eight bytes, and a UUID.
    """
    encoded = answer.json()["AccessDeniedDetail"]["EncodedDiagnosticMessage"]
    opened = base64.b64decode(encoded, validate=True)
    assert opened.startswith(b"\1\1")
    assert abs(int.from_bytes(opened[2:10], "big") - time.time()) < 60
    assert re.fullmatch(rb"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", opened[10:])
    return {"AccessDeniedDetail": {**detail, "EncodedDiagnosticMessage": encoded}}


def fc2(code: str, message: str) -> dict[str, Any]:
    """Return the body of a refusal of API 2021-04-06."""
    return {"ErrorCode": code, "ErrorMessage": message}


def fc3(answer: httpx.Response, code: str, message: str, detail: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the body that API 2023-03-30 must have sent with *answer*."""
    body: dict[str, Any] = {"Code": code, "Message": message, "RequestId": answer.headers["x-fc-request-id"]}
    return body | (denied(answer, detail) if detail else {})
