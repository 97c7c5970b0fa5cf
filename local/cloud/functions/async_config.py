"""How asynchronous invocations of a function are retried, and where their results go.

Sources: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-putasyncinvokeconfig,
https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/result-callback
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from local.cloud.decoding import Decoder
from local.cloud.functions.settings import invalid
from local.cloud.http_request import LOOPBACK_NAMES

_FUNCTION = re.compile(r"acs:fc:[a-z0-9-]+:\d{16}:functions/[A-Za-z_][A-Za-z0-9_-]{0,63}(/LATEST)?", re.ASCII)


class Destination(msgspec.Struct, frozen=True):
    """A function's ARN; locally also `file:///…` (a line is appended) or `http://127.0.0.1…` (it is posted)."""

    destination: str


class DestinationConfig(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Where the result of an asynchronous invocation goes."""

    on_success: Destination | None = None
    on_failure: Destination | None = None


class AsyncConfig(msgspec.Struct, frozen=True, rename="camel"):
    """What PutAsyncInvokeConfig takes; `async_task` None where nothing was said of it, which means no."""

    max_async_retry_attempts: Annotated[int, Meta(ge=0, le=8)] = 3
    max_async_event_age_in_seconds: Annotated[int, Meta(ge=1, le=604800)] = 86400
    destination_config: DestinationConfig = DestinationConfig()
    async_task: bool | None = None


DEFAULT = AsyncConfig()
_CONFIG = Decoder(AsyncConfig)


def read_async_config(given: dict[str, Any]) -> AsyncConfig:
    """Return what PutAsyncInvokeConfig's body asks for; raises Refusal."""
    present = {name: value for name, value in given.items() if value is not None}
    try:
        config = _CONFIG.convert(present)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    for destination in (config.destination_config.on_success, config.destination_config.on_failure):
        if destination and not is_deliverable(destination.destination):
            raise invalid(
                f"destination '{destination.destination}': the local cloud delivers to acs:fc:<region>:<account>:"
                "functions/<name>, file:///<path> and http://127.0.0.1:<port>/<path>"
            )
    return config


def is_deliverable(destination: str) -> bool:
    """Tell whether the local cloud can deliver to *destination*."""
    if _FUNCTION.fullmatch(destination):
        return True
    url = urlsplit(destination)
    if url.scheme == "file":
        return not url.netloc and url.path.startswith("/")
    return url.scheme == "http" and url.hostname in {name.strip("[]") for name in LOOPBACK_NAMES}
