"""What the cloud needs in order to run a function, and what it hands over for it.

The cloud decides who may invoke what with whose keys; a `FunctionHost` has the processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from local.cloud.functions.archive import Archive
from local.cloud.functions.settings import Settings
from local.cloud.http_request import HttpRequest


@dataclass(frozen=True)
class HostedFunction:
    """One state of one function; another `revision` is another state of the same."""

    account_id: str
    region: str
    name: str
    revision: str
    settings: Settings
    archive: Archive = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same from revision to revision."""
        return self.account_id, self.region, self.name


@dataclass(frozen=True)
class SessionKeys:
    """The keys of a session of the function's execution role; all "" for a function without one."""

    access_key_id: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Work:
    """One event to be delivered; `retry_count` counts the deliveries of an asynchronous one that failed before."""

    function: HostedFunction
    event: bytes = field(repr=False)
    request_id: str
    keys: SessionKeys
    retry_count: int = 0


@dataclass(frozen=True)
class Outcome:
    """What the function answered, or how it failed: then `error_type` is that of the header x-fc-error-type."""

    instance_id: str
    body: bytes = field(repr=False)
    error_type: str | None
    log: bytes = field(repr=False)
    duration_milliseconds: int
    max_memory_megabytes: float


@dataclass(frozen=True)
class HttpAnswer:
    """What an HTTP trigger sends back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class FunctionHost(Protocol):
    """Runs functions. Its methods are called from several threads at once."""

    def open(self, cloud_url: str) -> None:
        """Get ready; functions may call the cloud at *cloud_url*."""

    def invoke(self, work: Work) -> Outcome:
        """Deliver an event and wait for its end; raises Refusal where there is no room or nothing to run it with."""
        ...

    def http_event(self, function: HostedFunction, request: HttpRequest, request_id: str) -> bytes:
        """Return the event that an HTTP trigger makes of *request*; its path is that behind the trigger's URL."""
        ...

    def http_answer(self, body: bytes) -> HttpAnswer:
        """Return what an HTTP trigger makes of a handler's answer; raises Refusal where it can't."""
        ...

    def retire(self, key: tuple[str, str, str]) -> None:
        """End the idle instances of a function that was changed or deleted; busy ones end with their event."""

    def close(self) -> None:
        """End everything at once."""
