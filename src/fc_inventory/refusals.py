"""From the JSON of a refusal, in any product's spelling, and what the transport saw, to the facts of a failed call."""

from __future__ import annotations

import re
from typing import Any

from fc_inventory.diagnosis import Failure
from fc_inventory.redaction import one_line
from fc_inventory.transport import exchange

LONGEST_TEXT = 8192  # characters of anything in a refusal
# What the gateway calculated the signature over, behind its sentence: half a thousand characters of one's own request.
_SIGNED_OVER = re.compile(r"\bserver ?(string ?to ?sign|canonicalrequest)\b", re.IGNORECASE)
_ENCODED = re.compile(r"[A-Za-z0-9+/=_.-]{1,4096}", re.ASCII)  # base64 in the published example


def read_refusal(answer: dict[str, Any], operation: str, host: str, role_arn: str) -> Failure:
    """Return the facts of this thread's last call; *answer* is empty where none arrived that is an error of the API.

    STS and FC 3.0 write `Code` and `Message`, FC 2.0 `ErrorCode` and `ErrorMessage` (the case of its letters is
    unverified). `AccessDeniedDetail` tells which policy layer denied, where the product has it.
    https://www.alibabacloud.com/help/en/ram/support/how-to-troubleshoot-an-access-denied-error
    """
    denied = answer.get("AccessDeniedDetail") or answer.get("accessDeniedDetail")
    detail = denied if isinstance(denied, dict) else {}
    return Failure(
        operation=operation,
        host=host,
        role_arn=role_arn,
        transport=exchange.transport or (None if answer else "malformed_answer"),
        http_status=exchange.status,
        code=_first(answer, "Code", "code", "ErrorCode", "errorCode"),
        message=_message(answer) or exchange.summary(),
        request_id=_first(answer, "RequestId", "requestId") or exchange.request_id,
        denied_by=_first(detail, "PolicyType"),
        no_permission_type=_first(detail, "NoPermissionType"),
        retry_after_seconds=exchange.retry_after_seconds,
        diagnostic=_diagnostic(detail),
    )


def _message(answer: dict[str, Any]) -> str | None:
    """Return what the product says, without the text that it signed; where it says nothing else, that stays."""
    told = _first(answer, "Message", "message", "ErrorMessage", "errorMessage")
    if told is None:
        return None
    found = _SIGNED_OVER.search(told)
    sentence = told[: found.start()].rstrip(" .;:") if found else ""
    return f"{sentence}." if sentence else told


def _diagnostic(detail: dict[str, Any]) -> str | None:
    """Return the EncodedDiagnosticMessage, where it is one: it is handed on, and stands in commands."""
    text = _first(detail, "EncodedDiagnosticMessage") or ""
    return text if _ENCODED.fullmatch(text) else None


def _first(answer: dict[str, Any], *names: str) -> str | None:
    """Return the first text under *names*, as it can be logged and encoded: a hostile server's code may not be."""
    texts = (value for name in names if isinstance(value := answer.get(name), str) and value)
    return next((one_line(text, LONGEST_TEXT) for text in texts), None)
