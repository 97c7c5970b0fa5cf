"""The ``context`` argument, field for field, of each runtime.

Sources: https://help.aliyun.com/zh/functioncompute/fc/user-guide/context-1 (both shapes). What that page leaves open
follows the older runtimes: ``timeout`` arrives as text, ``logger`` is None and ``getLogger()`` the
root logger.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Union

Fields = dict[str, Any]


class Credentials:
    """The execution role's temporary keys, under both of their spellings."""

    def __init__(self, fields: Fields) -> None:
        self.access_key_id: str = fields["access_key_id"]
        self.access_key_secret: str = fields["access_key_secret"]
        self.security_token: str = fields["security_token"]

    @property
    def accessKeyId(self) -> str:  # noqa: N802 - the platform's spelling
        """`access_key_id`, as Python 2.7 code spells it."""
        return self.access_key_id

    @property
    def accessKeySecret(self) -> str:  # noqa: N802
        """`access_key_secret`, as Python 2.7 code spells it."""
        return self.access_key_secret

    @property
    def securityToken(self) -> str:  # noqa: N802
        """`security_token`, as Python 2.7 code spells it."""
        return self.security_token

    def to_dict(self) -> dict[str, str]:
        """Return the three values under the names that ``to_json`` uses."""
        return {
            "accessKeyId": self.access_key_id,
            "accessKeySecret": self.access_key_secret,
            "securityToken": self.security_token,
        }


class FunctionMeta:
    """Name, handler, memory in MB and time-out in seconds (text)."""

    def __init__(self, fields: Fields) -> None:
        self.name: str = fields["name"]
        self.handler: str = fields["handler"]
        self.memory = int(fields["memory_megabytes"])
        self.timeout = str(fields["timeout_seconds"])

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return vars(self)


class VersionedFunctionMeta(FunctionMeta):
    """`FunctionMeta` of python3.12, which also carries the version."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.version_id = "LATEST"
        self.qualifier = "LATEST"


class ServiceMeta:
    """What is left of 2.0's service: log settings and version; FC 3.0 has no services, so no `name` (unverified)."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.log_project: str | None = None
        self.log_store: str | None = None
        self.qualifier = "LATEST"
        self.version_id = "LATEST"

    def to_dict(self) -> dict[str, str | None]:
        """Return the fields under the names that ``to_json`` uses."""
        return {
            "name": self.name,
            "logProject": self.log_project,
            "logStore": self.log_store,
            "qualifier": self.qualifier,
            "versionId": self.version_id,
        }


class Tracing:
    """OpenTracing fields; always empty, as for a function without tracing."""

    def __init__(self) -> None:
        self.span_context: str | None = None
        self.jaeger_endpoint: str | None = None
        self.span_baggages: dict[str, str] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return the fields under the names that ``to_json`` uses."""
        return {
            "openTracingSpanContext": self.span_context,
            "openTracingSpanBaggages": self.span_baggages,
            "jaegerEndpoint": self.jaeger_endpoint,
        }


class Context310:
    """The context of python3.10 (and of python3.9)."""

    def __init__(self, fields: Fields) -> None:
        self.requestId: str = fields["request_id"]
        self.request_id: str = fields["request_id"]
        self.credentials = Credentials(fields["credentials"])
        self.function = FunctionMeta(fields["function"])
        self.service = ServiceMeta()
        self.region: str = fields["region"]
        self.account_id: str = fields["account_id"]
        self.retry_count: str | None = fields["retry_count"]
        self.tracing = Tracing()
        self.logger: logging.Logger | None = None

    def getLogger(self) -> logging.Logger:  # noqa: N802 - the platform's spelling
        """Return the root logger, whose lines carry the request id."""
        return logging.getLogger()

    def to_json(self) -> str:
        """Return the whole context as JSON, **keys included**, as the platform does."""
        return json.dumps(
            {
                "requestId": self.request_id,
                "credentials": self.credentials.to_dict(),
                "function": self.function.to_dict(),
                "service": self.service.to_dict(),
                "region": self.region,
                "accountId": self.account_id,
                "retryCount": self.retry_count,
                "tracing": self.tracing.to_dict(),
            }
        )


class Context312:
    """The context of python3.12: no ``credentials``, ``service``, ``tracing``; whether it has methods is unverified."""

    def __init__(self, fields: Fields) -> None:
        self.account_id: str = fields["account_id"]
        self.request_id: str = fields["request_id"]
        self.function = VersionedFunctionMeta(fields["function"])
        self.logger = logging.getLogger()
        self.log_project: str | None = None
        self.log_store: str | None = None
        self.region: str = fields["region"]


Context = Union[Context310, Context312]  # noqa: UP007 - evaluated, also by Python 3.9


def build_context(runtime: str, fields: Fields) -> Context:
    """Return the context that *runtime* hands to a handler for one invocation."""
    return Context312(fields) if runtime == "python3.12" else Context310(fields)
