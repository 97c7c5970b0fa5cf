"""What the endpoints under `/_local/` read and show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request

from local.cloud.decoding import Decoder
from local.cloud.errors import Refusal
from local.cloud.fault import describe_fault
from local.cloud.faults import ForceOfFault
from local.cloud.recording import RecordedRequest

Shape = TypeVar("Shape")


class ServiceSession(Struct, forbid_unknown_fields=True):
    """What `/_local/service-sessions` takes."""

    role_arn: str
    service: str
    session_name: str


class RequestFilter(Struct, forbid_unknown_fields=True):
    """Which recorded requests `/_local/requests` shows; `since` is a time such as `2026-11-24T11:01:20Z`, inclusive."""

    action: str | None = None
    account: str | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = None

    def wants(self, recorded: RecordedRequest) -> bool:
        """Whether *recorded* is one of those."""
        return (
            self.action in (None, recorded.action)
            and self.account in (None, recorded.account_id)
            and (self.since is None or recorded.time >= self.since)
        )


async def read_body(request: Request, read: Callable[[bytes], Shape]) -> Shape:
    """Return the JSON body of *request*; raises Refusal where it isn't one that *read* takes.

    The content type is one that a web page can't send without asking first.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(415, "UnsupportedMediaType", "expected content-type application/json")
    try:
        return read(await request.body())
    except msgspec.DecodeError as error:
        raise Refusal(400, "InvalidArgument", str(error)) from error


def read_query(request: Request, decoder: Decoder[Shape]) -> Shape:
    """Return the query of *request*; raises Refusal for one that *decoder* can't take."""
    try:
        return decoder.convert(dict(request.query_params))
    except msgspec.ValidationError as error:
        raise Refusal(400, "InvalidArgument", str(error)) from error


def describe_force(force: ForceOfFault) -> dict[str, Any]:
    """Return a fault in force: how many matching calls it has seen, how many it has hit, and what it is."""
    return {"id": force.fault_id, "seen": force.seen, "hit": force.hit, "fault": describe_fault(force.fault)}


def describe_request(recorded: RecordedRequest) -> dict[str, Any]:
    """Return a recorded request with the fields of `RecordedRequest`, the time as text."""
    described: dict[str, Any] = msgspec.to_builtins(recorded)
    return described
