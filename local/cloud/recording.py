"""What the cloud remembers of each request, for assertions. Nothing secret is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_SECRET_WORDS = ("token", "signature", "secret", "password")
_PAGE_TOKENS = frozenset({"nexttoken", "next-token", "clienttoken"})
_KEPT = 10_000
_SPARE = 1_000


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
    """Return *parameters* without those that carry a security token, a signature, a secret or a password.

    They are told by their names, whatever the product calls them: `SecurityToken`, `security-token`, `Signature`.
    """
    return {name: value for name, value in parameters.items() if not _is_secret(name.lower())}


def _is_secret(name: str) -> bool:
    return name not in _PAGE_TOKENS and any(word in name for word in _SECRET_WORDS)


def record(requests: list[RecordedRequest], recorded: RecordedRequest) -> None:
    """Append *recorded*; of the oldest, no more than the last 10,000 are sure to be kept."""
    requests.append(recorded)
    if len(requests) >= _KEPT + _SPARE:
        del requests[:_SPARE]
