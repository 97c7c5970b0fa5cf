"""Asynchronous invocations: accepted at once, delivered later, retried, and their result sent to a destination."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from local.cloud.authorization import find_denial
from local.cloud.calls import condition_keys
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.functions.async_config import DEFAULT, AsyncConfig
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.host import Outcome, Work
from local.cloud.functions.platform import Platform
from local.cloud.policy import Question
from local.cloud.world import Caller

# Retries wait 60 s, 120 s, 240 s … (unverified), here 600 times shorter.
FIRST_WAIT_SECONDS = 60 / 600
LONGEST_WAIT_SECONDS = 6.0
THROTTLED = 429
_POST_SECONDS = 10
_FROM = "127.0.0.1"


@dataclass(frozen=True)
class AsyncEvent:
    """An event that nobody waits for."""

    account_id: str
    region: str
    function: str
    payload: bytes = field(repr=False)
    request_id: str
    accepted: datetime

    @property
    def function_arn(self) -> str:
        """The ARN of the function that the event is for."""
        return f"acs:fc:{self.region}:{self.account_id}:functions/{self.function}"


@dataclass(frozen=True)
class Ending:
    """How the last delivery ended. `error_type` is "" for success, else the failure's or refusal's name."""

    status: int
    error_type: str
    body: bytes = field(repr=False)
    deliveries: int


async def carry_out(platform: Platform, event: AsyncEvent) -> None:
    """Deliver *event* until it succeeds, its retries are used up or it is too old; then send the result on."""
    deliveries = 0
    waits = 0
    while (deployment := platform.find(event.account_id, event.region, event.function)) is not None:
        config = deployment.async_config.config if deployment.async_config else DEFAULT
        ending = await _deliver(platform, event, deployment, deliveries)
        deliveries += ending.status != THROTTLED
        if _is_last(platform, event, config, replace(ending, deliveries=deliveries)):
            await _send_on(platform, event, deployment, replace(ending, deliveries=deliveries))
            return
        await asyncio.sleep(min(FIRST_WAIT_SECONDS * 2**waits, LONGEST_WAIT_SECONDS))
        waits += 1


def _is_last(platform: Platform, event: AsyncEvent, config: AsyncConfig, ending: Ending) -> bool:
    too_old = platform.clock() - event.accepted >= timedelta(seconds=config.max_async_event_age_in_seconds)
    return not ending.error_type or too_old or ending.deliveries > config.max_async_retry_attempts


async def _deliver(platform: Platform, event: AsyncEvent, deployment: Deployment, retry_count: int) -> Ending:
    try:
        work = platform.work((event.account_id, event.region), deployment, event.payload, event.request_id)
        outcome: Outcome = await platform.deliver(replace(work, retry_count=retry_count))
    except Refusal as refusal:
        body = json.dumps({"errorMessage": refusal.message, "errorType": refusal.code}).encode()
        return Ending(refusal.status, refusal.code, body, retry_count)
    return Ending(200, outcome.error_type or "", outcome.body, retry_count)


async def _send_on(platform: Platform, event: AsyncEvent, deployment: Deployment, ending: Ending) -> None:
    stored = (
        deployment.async_config.config.destination_config if deployment.async_config else DEFAULT.destination_config
    )
    wanted = stored.on_failure if ending.error_type else stored.on_success
    if wanted is None:
        return
    document = json.dumps(_result(platform, event, ending)).encode()
    if wanted.destination.startswith("acs:fc:"):
        _invoke_next(platform, event, deployment, (wanted.destination, document))
    else:
        await platform.run(lambda: _put(wanted.destination, document))


def _result(platform: Platform, event: AsyncEvent, ending: Ending) -> dict[str, Any]:
    """Return what a destination gets; the documentation shows the fields, the values of `condition` are unverified."""
    return {
        "timestamp": to_wire(platform.clock()),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": event.function_arn,
            "condition": ending.error_type,
            "approximateInvokeCount": ending.deliveries,
        },
        "requestPayload": event.payload.decode(errors="replace"),
        "responseContext": {"statusCode": ending.status, "functionError": ending.error_type},
        "responsePayload": ending.body.decode(errors="replace"),
    }


def _invoke_next(platform: Platform, event: AsyncEvent, deployment: Deployment, destination: tuple[str, bytes]) -> None:
    """Invoke the function that is the destination, asynchronously and with the permissions of the first one's role.

    Where the role may not, or there is no such function, the result is lost, as it is on the real service.
    """
    arn, document = destination
    _, _, region, account_id, resource = arn.split(":", 4)
    role = platform.world.find_role(deployment.settings.role)
    question = Question("fc:InvokeFunction", arn.removesuffix("/LATEST"), condition_keys(platform.clock(), _FROM))
    if role is None or account_id != event.account_id or find_denial(Caller(*role), question) is not None:
        return
    name = resource.split("/")[1]
    follower = AsyncEvent(account_id, region, name, document, event.request_id, platform.clock())
    platform.start(carry_out(platform, follower))


def _put(destination: str, document: bytes) -> None:
    """Append to the file or post to the URL; what can't be delivered is lost, as on the real service."""
    url = urlsplit(destination)
    try:
        if url.scheme == "file":
            with Path(unquote(url.path)).open("ab") as file:
                file.write(document + b"\n")
            return
        request = urllib.request.Request(destination, document, {"content-type": "application/json"})  # noqa: S310 - loopback only
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=_POST_SECONDS):
            pass
    except (OSError, urllib.error.URLError, ValueError):
        return


def start_async(platform: Platform, work: Work) -> None:
    """Accept *work* as an asynchronous event."""
    function = work.function
    event = AsyncEvent(
        function.account_id, function.region, function.name, work.event, work.request_id, platform.clock()
    )
    platform.start(carry_out(platform, event))
