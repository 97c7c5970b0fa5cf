"""The errors of this function, and the value that a failed call becomes.

InventoryError
├── SettingsError       the deployment is wrong: raised at start, before any call
├── RequestError        the event is wrong: answered, with the HTTP status that fits
├── SnapshotError       a snapshot can't be stored or read: told beside the inventory, which is not lost by it
├── EveryTargetFailed   nothing could be listed and nobody waits for the answer: raised, so that FC retries and tells
└── CloudError          one call failed: never leaves `scan`, where it becomes the `Problem` of an outcome
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

Category = Literal[
    "no_credentials",
    "caller_credentials_rejected",
    "caller_denied",
    "caller_is_root",
    "trust_denied",
    "assume_role_denied",
    "role_not_found",
    "invalid_parameter",
    "session_rejected",
    "list_denied",
    "not_activated",
    "wrong_account",
    "clock_skew",
    "signature_rejected",
    "throttled",
    "unavailable",
    "timed_out",
    "network",
    "redirected",
    "malformed_answer",
    "repeated_token",
    "deadline",
    "not_reported",
    "unexpected",
]

Side = Literal["account_a", "account_b", "cloud", "network"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call, and with it a listing, ended without all of its answer.

    Attributes:
        category: our word for the cause; scripts may branch on it.
        side: who can mend it: the customer, the owner of this function, the cloud, or the network between.
        operation: the API action that failed, as the cloud names it (`AssumeRole`, `ListServices`, …).
        message: what was found, one line, without secrets, at most 500 characters.
        remedy: what to do about it.
        code: the cloud's own error code, None where no answer arrived or it carried none.
        http_status: the status of the cloud's answer, None where none arrived.
        request_id: the cloud's request id, None where none arrived.
        host: the host that was asked.
        denied_by: the policy layer that denied (`PolicyType` of AccessDeniedDetail), None where the cloud did not tell.
        no_permission_type: `ExplicitDeny` where a statement denies, `ImplicitDeny` where none allows, None if not told.
    """

    category: Category
    side: Side
    operation: str
    message: str
    remedy: str
    code: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    host: str | None = None
    denied_by: str | None = None
    no_permission_type: str | None = None


class InventoryError(Exception):
    """Anything that this function reports as an error."""


class SettingsError(InventoryError):
    """A setting is missing or wrong. The message names the source, the field, what was found and what was expected."""

    def __init__(
        self, source: str, *, expected: str, found: str, field: str | None = None, line: int | None = None
    ) -> None:
        self.source, self.field, self.line = source, field, line
        where = source + (f", line {line}" if line is not None else "") + (f", {field}" if field else "")
        super().__init__(f"{where}: expected {expected}, found {found}")


class RequestError(InventoryError):
    """A request that cannot be served as asked. `status` is its HTTP status; `headers` go with the answer (`allow`)."""

    def __init__(
        self, message: str, *, status: int = 400, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.field, self.headers = status, field, headers or {}
        self.message = message
        super().__init__(f"{field}: {message}" if field else message)


class SnapshotError(InventoryError):
    """A snapshot, or the directory that holds them, can't be used. The message names the path and the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class EveryTargetFailed(InventoryError):  # noqa: N818 - FC shows the name as errorType, where it reads as the sentence it is
    """No target could be listed. The message is the whole report as JSON, so that a failure destination receives it."""


class CloudError(InventoryError):
    """One call failed for good, or after its last retry.

    `retryable` says whether asking again can help; `diagnostic` is the cloud's EncodedDiagnosticMessage, where a denial
    carried one.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        retryable: bool = False,
        retry_after_seconds: float | None = None,
        diagnostic: str | None = None,
    ) -> None:
        self.problem, self.retryable, self.retry_after_seconds = problem, retryable, retry_after_seconds
        self.diagnostic = diagnostic
        super().__init__(f"{problem.operation} {problem.category}: {problem.message}")
