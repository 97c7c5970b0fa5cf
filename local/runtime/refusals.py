"""What Function Compute's front door answers by itself: errors in its envelope, with its request id."""

from __future__ import annotations

from starlette.responses import JSONResponse


def refuse(status: int, code: str, message: str, request_id: str) -> JSONResponse:
    """Return an error as API version 2023-03-30 spells it.

    Codes and texts: https://www.alibabacloud.com/help/en/functioncompute/error-codes
    """
    content = {"Code": code, "Message": message, "RequestId": request_id}
    return JSONResponse(content, status, {"x-fc-request-id": request_id})
