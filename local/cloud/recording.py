"""What the cloud remembers of each request, for assertions. Nothing secret is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_SECRET_PARAMETERS = frozenset({"SecurityToken", "Signature"})
_KEPT = 20_000


@dataclass(frozen=True)
class RecordedRequest:
    """One request and its outcome.

    `query` holds the first value of each parameter. `access_key_id` is what the request claims, "" where it claims
    nothing. `account_id` is the account whose things are asked for (see `Fault`), "" where the request was refused
    before that was known. `status` is None where the connection was dropped; `code` is the error code of a refusal, ""
    otherwise.
    """

    time: datetime
    host: str
    method: str
    path: str
    query: Mapping[str, str]
    action: str
    version: str
    access_key_id: str
    account_id: str
    status: int | None
    code: str


def without_secrets(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return *parameters* without those that carry a token or a signature."""
    return {name: value for name, value in parameters.items() if name not in _SECRET_PARAMETERS}


def record(requests: list[RecordedRequest], recorded: RecordedRequest) -> None:
    """Append *recorded*, and drop the oldest where there are very many, so that a cloud can run for weeks."""
    requests.append(recorded)
    if len(requests) > _KEPT:
        del requests[: _KEPT // 2]
