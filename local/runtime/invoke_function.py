"""InvokeFunction of API version 2023-03-30, as `s invoke` calls it and prints its answer.

Source: https://www.alibabacloud.com/help/en/functioncompute/developer-reference/api-fc-2023-03-30-invokefunction
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from starlette.responses import Response

from .refusals import refuse

if TYPE_CHECKING:
    from starlette.requests import Request

    from .invocation import Invocation


def refusal_of(request: Request, function_name: str, request_id: str) -> Response | None:
    """Return why *request* is not delivered to the function called *function_name*, None when it is."""
    name = request.path_params["name"]
    if name != function_name:
        return refuse(404, "FunctionNotFound", f"function '{name}' does not exist.", request_id)
    qualifier = request.query_params.get("qualifier", "LATEST")
    if qualifier != "LATEST":
        message = f"alias '{qualifier}' of function '{name}' does not exist"  # wording for FC 3.0 unverified
        return refuse(404, "AliasNotFound", message, request_id)
    invocation_type = request.headers.get("x-fc-invocation-type", "Sync")
    if invocation_type == "Async":
        message = "asynchronous invocations are not imitated yet: use x-fc-invocation-type: Sync"
        return refuse(400, "InvalidArgument", message, request_id)
    if invocation_type != "Sync":
        message = f"x-fc-invocation-type: expected Sync or Async, found {invocation_type!r}"
        return refuse(400, "InvalidArgument", message, request_id)
    return None


def answer_invocation(invocation: Invocation, code_checksum: str, *, log_type: str | None) -> Response:
    """Return the answer with FC's headers: status 200 even for a failed function, which ``x-fc-error-type`` tells."""
    headers = {
        "content-type": "application/octet-stream",
        "x-fc-request-id": invocation.request_id,
        "x-fc-instance-id": invocation.instance_id,
        "x-fc-code-checksum": code_checksum,
        "x-fc-invocation-service-version": "LATEST",
        "x-fc-invocation-duration": str(invocation.duration_milliseconds),
        "x-fc-max-memory-usage": f"{invocation.max_memory_megabytes:.2f}",
    }
    if log_type == "Tail":
        headers["x-fc-log-result"] = base64.b64encode(invocation.log_tail).decode()
    if invocation.error_type:
        headers["x-fc-error-type"] = invocation.error_type
    return Response(invocation.body, 200, headers)
