"""Company B's function, deployed in the test's own process, on a local cloud."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx

from fc_inventory import handler as function
from local.cloud import LocalCloud

EXECUTION_ROLE = "acs:ram::1345678901234567:role/fc-inventory"
COMPANY_A = {"name": "company-a", "role_arn": "acs:ram::1234567890123456:role/fc-admin"}
COMPANY_C = {
    "name": "company-c",
    "role_arn": "acs:ram::1456789012345678:role/fc-inventory-reader",
    "external_id": "c-7f3a9b2e51d04c68",
}
COMPANY_D = {
    "name": "company-d",
    "role_arn": "acs:ram::1567890123456789:role/fc-inventory-reader",
    "external_id": "d-1c9e5b7042fa86d3",
}
COMPANY_E = {"name": "company-e", "role_arn": "acs:ram::1678901234567890:role/fc-admin"}


@dataclass
class Deployment:
    """A function instance and the cloud it lives on; `invoke` is one invocation."""

    cloud: LocalCloud
    keys: dict[str, str] = field(repr=False)
    count: int = 0

    def configure(self, *targets: dict[str, Any], **environ: str) -> None:
        """Deploy anew with *targets* (all in cn-hangzhou unless they say otherwise); the instance is cold."""
        document = {"version": 1, "defaults": {"regions": ["cn-hangzhou"]}, "targets": list(targets)}
        os.environ.update({"TARGETS": json.dumps(document), "FC_REGION": "cn-hangzhou", **environ})
        os.environ["FC_INVENTORY_ENDPOINT"] = environ.get("FC_INVENTORY_ENDPOINT", self.cloud.url)
        function._instance = None

    def context(self, *, timeout_seconds: float = 20, **fields: Any) -> SimpleNamespace:
        """Return a context as Python 3.10 gets it, with a request id of its own."""
        self.count += 1
        return SimpleNamespace(
            request_id=f"1-64e70cf1-5cbef92e-{self.count:012d}",
            credentials=SimpleNamespace(**self.keys),
            function=SimpleNamespace(name="fc-inventory", timeout=str(timeout_seconds)),
            region="cn-hangzhou",
            **fields,
        )

    def invoke(self, event: Any = None, **context: Any) -> str:
        """Invoke with *event* (None: empty; bytes as they are; else as JSON) and return the raw answer."""
        raw = b"" if event is None else event if isinstance(event, bytes) else json.dumps(event).encode()
        return function.handler(raw, self.context(**context))

    def report(self, event: Any = None, **context: Any) -> dict[str, Any]:
        """Invoke and return the answer as JSON."""
        answer: dict[str, Any] = json.loads(self.invoke(event, **context))
        return answer

    def outcome(self, event: Any = None, **context: Any) -> dict[str, Any]:
        """Invoke and return the only outcome."""
        (outcome,) = self.report(event, **context)["outcomes"]
        return dict(outcome)

    def calls(self, action: str) -> int:
        """Return how many requests for *action* the cloud has seen."""
        return sum(request.action == action for request in self.cloud.requests)


def service_keys(url: str, session_name: str = "fc") -> dict[str, str]:
    """Return keys of the function's execution role, as Function Compute obtains them."""
    ask = {"role_arn": EXECUTION_ROLE, "service": "fc.aliyuncs.com", "session_name": session_name}
    answer = httpx.post(f"{url}/_local/service-sessions", json=ask).raise_for_status().json()
    return {name: answer[name] for name in ("access_key_id", "access_key_secret", "security_token")}
