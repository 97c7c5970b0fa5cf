"""From a failed call to the doctor's word for it, as fine as the cloud tells. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fc_inventory.check.evidence import Evidence
from fc_inventory.check.shape import Cause
from fc_inventory.diagnosis import Transport
from fc_inventory.errors import Category, Problem


@dataclass(frozen=True)
class Trouble:
    """A call that failed, with what the error alone does not tell: what happened on the wire, in which words."""

    problem: Problem
    transport: Transport | None = None
    detail: str = ""
    diagnostic: str | None = None

    @property
    def evidence(self) -> Evidence:
        """What the cloud answered."""
        told = self.problem
        return Evidence(
            operation=told.operation,
            message=told.message,
            code=told.code,
            http_status=told.http_status,
            request_id=told.request_id,
            encoded_diagnostic_message=self.diagnostic,
        )


_BY_CATEGORY: dict[Category, Cause] = {
    "no_credentials": "no_credentials",
    "caller_is_root": "caller_is_root",
    "assume_role_denied": "assume_role_denied",
    "role_not_found": "role_not_found",
    "session_rejected": "session_rejected",
    "not_activated": "not_activated",
    "wrong_account": "wrong_account",
    "clock_skew": "clock_skew",
    "signature_rejected": "wrong_secret",
    "throttled": "throttled",
    "unavailable": "unavailable",
    "redirected": "redirected",
    "malformed_answer": "malformed_answer",
    "deadline": "deadline",
}


def cause_of(trouble: Trouble) -> Cause:
    """Return the cause of *trouble*, as fine as the cloud tells it."""
    problem = trouble.problem
    finer: dict[Category, Callable[[Trouble], Cause]] = {
        "caller_credentials_rejected": lambda _: _cause_of_keys(problem.code or ""),
        "caller_denied": lambda _: _cause_of_callers_denial(problem),
        "trust_denied": lambda _: "trust_explicitly_denied" if _is_explicit(problem) else "trust_or_external_id",
        "list_denied": lambda _: _cause_of_list_denial(problem),
        "invalid_parameter": lambda _: (
            "duration_too_long" if "DurationSeconds" in (problem.code or "") else "invalid_parameter"
        ),
        "network": _cause_of_network,
        "timed_out": lambda _: "connect_timed_out" if trouble.detail == "ConnectTimeout" else "answer_timed_out",
    }
    if problem.category in finer:
        return finer[problem.category](trouble)
    return _BY_CATEGORY.get(problem.category, "unexpected")


def _is_explicit(problem: Problem) -> bool:
    return problem.no_permission_type == "ExplicitDeny"


def _cause_of_keys(code: str) -> Cause:
    if code.startswith("InvalidSecurityToken.Expired"):
        return "token_expired"
    if "SecurityToken" in code:
        return "token_invalid"
    return "key_disabled" if code.endswith(("Inactive", "AccessKeyDisabled")) else "key_unknown"


def _cause_of_callers_denial(problem: Problem) -> Cause:
    if problem.denied_by == "ControlPolicy":
        return "caller_denied_by_control_policy"
    if problem.denied_by == "SessionPolicy":
        return "caller_denied_by_session_policy"
    return "caller_explicitly_denied" if _is_explicit(problem) else "caller_lacks_permission"


def _cause_of_list_denial(problem: Problem) -> Cause:
    if problem.denied_by == "ControlPolicy":
        return "list_denied_by_control_policy"
    if problem.denied_by == "SessionPolicy":
        return "list_denied_by_session_policy"
    if _is_explicit(problem):
        return "list_explicitly_denied"
    return "list_permission_missing" if problem.no_permission_type else "list_denied"


def _cause_of_network(trouble: Trouble) -> Cause:
    if trouble.transport in {"name_not_resolved", "tls_failed"}:
        return "name_not_resolved" if trouble.transport == "name_not_resolved" else "tls_failed"
    return "connection_failed"
