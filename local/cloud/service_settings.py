"""What API 2016-08-15 takes as settings of a service or function; the rest of what it has is passed over."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from local.cloud.decoding import Decoder
from local.cloud.errors import Refusal
from local.cloud.functions.settings import (
    FUNCTION_NAME_LENGTH,
    RUNTIMES,
    check_environment,
    check_name,
    check_runtime,
)

_SERVICE_NAME_LENGTH = 128
# What the API's reference still lists: https://www.alibabacloud.com/help/en/fc/developer-reference/api-fc-open-2021-04-06-createfunction
_RUNTIMES = RUNTIMES | {"dotnetcore2.1", "nodejs4.4", "nodejs6", "nodejs8", "nodejs10", "python2.7"}
_MEMORY_MB = range(128, 32768 + 1, 64)
_TIMEOUT_SECONDS = range(1, 86400 + 1)

Settings = TypeVar("Settings", bound="ServiceSettings | FunctionSettings")


class ServiceSettings(msgspec.Struct, rename="camel"):
    """The settings of a service; None means not given."""

    service_name: str | None = None
    description: str | None = None
    role: str | None = None
    internet_access: bool | None = None

    def require_name(self) -> str:
        """Return the name of a new service; raises Refusal."""
        return check_name(self.service_name, "serviceName", _SERVICE_NAME_LENGTH)

    def changes(self) -> dict[str, Any]:
        """Return what is given, by the names of the fields of `Service`."""
        fields = {"description": self.description, "role_arn": self.role, "internet_access": self.internet_access}
        return {name: value for name, value in fields.items() if value is not None}


class FunctionSettings(msgspec.Struct, rename="camel"):
    """The settings of a function; None means not given."""

    function_name: str | None = None
    description: str | None = None
    runtime: str | None = None
    handler: str | None = None
    memory_size: int | None = None
    timeout: int | None = None
    environment_variables: dict[str, str] | None = None
    code: dict[str, Any] | None = None

    def require_new(self) -> str:
        """Return the name of a new function that has all that one needs; raises Refusal."""
        for field in ("runtime", "handler", "code"):
            if not getattr(self, field):
                raise Refusal(400, "InvalidArgument", f"{field} is required but not provided")
        return check_name(self.function_name, "functionName", FUNCTION_NAME_LENGTH)

    def changes(self) -> dict[str, Any]:
        """Return what is given, by the names of the fields of `Function`; raises Refusal for what can't be."""
        if self.memory_size is not None and self.memory_size not in _MEMORY_MB:
            raise Refusal(400, "InvalidArgument", "memorySize must be a multiple of 64 between 128 and 32768")
        if self.timeout is not None and self.timeout not in _TIMEOUT_SECONDS:
            raise Refusal(400, "InvalidArgument", "timeout must be between 1 and 86400")
        if self.runtime is not None:
            check_runtime(self.runtime, _RUNTIMES)
        if self.environment_variables is not None:
            check_environment(self.environment_variables)
        fields = {
            "description": self.description,
            "runtime": self.runtime,
            "handler": self.handler,
            "memory_mb": self.memory_size,
            "timeout_seconds": self.timeout,
            "environment_variables": self.environment_variables,
        }
        return {name: value for name, value in fields.items() if value is not None}


SERVICE_SETTINGS, FUNCTION_SETTINGS = Decoder(ServiceSettings), Decoder(FunctionSettings)


def read_settings(document: dict[str, Any], decoder: Decoder[Settings]) -> Settings:
    """Return *document* as settings, as *decoder* takes them; raises Refusal where a field has the wrong type."""
    try:
        return decoder.convert(document)
    except msgspec.ValidationError as error:
        raise Refusal(400, "InvalidArgument", str(error)) from error
