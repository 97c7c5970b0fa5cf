"""Why a caller may not: what is told at once (`AccessDeniedDetail`), and what DecodeDiagnosticMessage tells later.

Sources: https://www.alibabacloud.com/help/en/ram/support/how-to-troubleshoot-an-access-denied-error,
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-decodediagnosticmessage
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.cloud.clock import from_wire
from local.cloud.policy import Question, Verdict


def _new_id() -> str:
    return str(uuid.uuid4()).upper()


@dataclass(frozen=True)
class Denial:
    """One policy layer said no.

    `principal` is the part of `AccessDeniedDetail` that says to whom, `matched` the policies with a statement that
    denies, in the spelling of the wire.
    """

    question: Question
    principal: Mapping[str, str]
    verdict: Verdict
    policy_type: str
    matched: tuple[Mapping[str, str], ...] = ()
    diagnostic_id: str = field(default_factory=_new_id)

    @property
    def is_explicit(self) -> bool:
        """Whether a statement denies, rather than none allowing."""
        return self.verdict is Verdict.EXPLICIT_DENY

    @property
    def encoded(self) -> str:
        """The `EncodedDiagnosticMessage`.

        The published example is base64 of two bytes, the time in eight bytes, and the beginning of a UUID.
        """
        seconds = int(from_wire(self.question.context["acs:CurrentTime"]).timestamp())
        return base64.b64encode(b"\x01\x01" + seconds.to_bytes(8, "big") + self.diagnostic_id.encode()).decode()

    def detail(self) -> dict[str, str]:
        """Return the `AccessDeniedDetail` of the answer that refuses."""
        return {
            "AuthAction": self.question.action,
            **self.principal,
            "NoPermissionType": self.verdict.value,
            "PolicyType": self.policy_type,
            "EncodedDiagnosticMessage": self.encoded,
        }

    def diagnosis(self) -> dict[str, Any]:
        """Return the `DecodedDiagnosticMessage`."""
        return {
            "ExplicitDeny": self.is_explicit,
            "NoPermissionPolicyType": self.policy_type,
            "AuthAction": self.question.action,
            "AuthResource": self.question.resource,
            "AuthPrincipal": dict(self.principal),
            "AuthConditions": [
                {"ConditionKey": key, "ConditionValues": [value]}
                for key, value in sorted(self.question.context.items())
            ],
            "MatchedPolicies": [dict(policy) for policy in self.matched],
        }
