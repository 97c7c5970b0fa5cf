"""InvokeFunction of API 2023-03-30, synchronous and asynchronous.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-invokefunction
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable

from local.cloud.actions import Action
from local.cloud.calls import Call, Reply
from local.cloud.errors import Refusal
from local.cloud.fc import authorise
from local.cloud.functions.asynchronous import start_async
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.host import Outcome, Work
from local.cloud.functions.lookup import find_deployment
from local.cloud.functions.settings import invalid
from local.cloud.regions import FC3_VERSION

MAXIMUM_EVENT_BYTES = 32 * 1024 * 1024
MAXIMUM_ASYNC_EVENT_BYTES = 128 * 1024
LOG_TAIL_BYTES = 4 * 1024
ACCEPTED = 202
_TASK_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")


def invoke_function(call: Call) -> Reply | Awaitable[Reply]:
    """InvokeFunction: the answer for Sync, 202 for Async. A function that fails is answered with status 200."""
    authorise(call, "InvokeFunction", f"functions/{call.names['function']}")
    deployment = find_deployment(call)
    asynchronous = _is_async(call)
    log_type = call.request.header("x-fc-log-type") or "None"
    if log_type not in ("None", "Tail"):
        raise invalid(f"header x-fc-log-type must be None or Tail, found '{log_type}'")
    if asynchronous and len(call.request.body) > MAXIMUM_ASYNC_EVENT_BYTES:
        raise too_large(MAXIMUM_ASYNC_EVENT_BYTES)
    where = (call.account.account_id, call.region)
    work = call.platform.work(where, deployment, call.request.body, call.request_id)
    return _accept(call, deployment, work) if asynchronous else _wait(call, work, with_log=log_type == "Tail")


async def _wait(call: Call, work: Work, *, with_log: bool) -> Reply:
    return Reply(200, *answer(work, await call.platform.deliver(work), with_log=with_log))


def answer(work: Work, outcome: Outcome, *, with_log: bool) -> tuple[dict[str, str], bytes]:
    """Return headers and body that tell of *outcome*."""
    headers = {
        "content-type": "application/octet-stream",
        "x-fc-instance-id": outcome.instance_id,
        "x-fc-code-checksum": work.function.archive.checksum,
        "x-fc-invocation-service-version": "LATEST",
        "x-fc-invocation-duration": str(outcome.duration_milliseconds),
        "x-fc-max-memory-usage": f"{outcome.max_memory_megabytes:.2f}",
    }
    if with_log:
        headers["x-fc-log-result"] = base64.b64encode(outcome.log[-LOG_TAIL_BYTES:]).decode()
    if outcome.error_type:
        headers["x-fc-error-type"] = outcome.error_type
    return headers, outcome.body


def too_large(limit_bytes: int) -> Refusal:
    """Return the refusal of an event that is larger than *limit_bytes*."""
    return Refusal(400, "EntityTooLarge", f"payload size exceeds maximum allowed size ({limit_bytes} bytes)")


def _accept(call: Call, deployment: Deployment, work: Work) -> Reply:
    """Queue *work*; the task's id is told where the caller gave one, or the function keeps tasks."""
    task_id = call.request.header("x-fc-async-task-id")
    if task_id and not _TASK_ID.fullmatch(task_id):
        raise invalid(f"header x-fc-async-task-id must match ^{_TASK_ID.pattern}$")
    start_async(call.platform, work)
    keeps_tasks = bool(deployment.async_config and deployment.async_config.config.async_task)
    told = task_id or (call.request_id if keeps_tasks else "")
    return Reply(ACCEPTED, {"x-fc-async-task-id": told} if told else {})


def _is_async(call: Call) -> bool:
    kind = call.request.header("x-fc-invocation-type") or "Sync"
    if kind not in ("Sync", "Async"):
        raise invalid(f"header x-fc-invocation-type must be Sync or Async, found '{kind}'")
    return kind == "Async"


_PATH = "/functions/{function}/invocations"

ACTIONS = (Action("InvokeFunction", FC3_VERSION, ("POST",), _PATH, invoke_function, MAXIMUM_EVENT_BYTES),)
