"""Services and functions: what is told of them, and how that is read from what the lists answer."""

from __future__ import annotations

from typing import Literal

import msgspec

from fc_inventory.triggers import Trigger
from fc_inventory.wire import WireFunction, WireService, WireVpc

FcVersion = Literal["v2", "v3"]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service of FC 2.0. Times as the cloud gives them (`2026-11-24T12:00:00Z`)."""

    service_name: str
    service_id: str | None = None
    description: str | None = None
    role: str | None = None
    internet_access: bool | None = None
    vpc_id: str | None = None
    created_time: str | None = None
    last_modified_time: str | None = None


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function. `service_name` is set for FC 2.0 only; of environment variables only the names are kept.

    `triggers` is None where they are not known. Units: `memory_size` and `disk_size` in MB, `timeout` in
    seconds, `cpu` in vCPU, `code_size` in bytes.
    """

    fc_version: FcVersion
    function_name: str
    service_name: str | None = None
    function_id: str | None = None
    description: str | None = None
    runtime: str | None = None
    handler: str | None = None
    memory_size: int | None = None
    timeout: int | None = None
    cpu: float | None = None
    disk_size: int | None = None
    code_size: int | None = None
    role: str | None = None
    internet_access: bool | None = None
    vpc_id: str | None = None
    environment_variable_names: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    created_time: str | None = None
    last_modified_time: str | None = None
    triggers: tuple[Trigger, ...] | None = None


def read_service(wire: WireService) -> Service:
    """Return the service that *wire* tells of."""
    return Service(
        service_name=wire.service_name,
        service_id=wire.service_id,
        description=wire.description,
        role=wire.role,
        internet_access=wire.internet_access,
        vpc_id=_vpc_id(wire.vpc_config),
        created_time=wire.created_time,
        last_modified_time=wire.last_modified_time,
    )


def read_function(wire: WireFunction, fc_version: FcVersion) -> Function:
    """Return the function of *fc_version* that *wire* tells of; its triggers are another list's."""
    service_name, function_name = _split_name(wire.function_name) if fc_version == "v2" else (None, wire.function_name)
    return Function(
        fc_version=fc_version,
        function_name=function_name,
        service_name=service_name,
        function_id=wire.function_id,
        description=wire.description,
        runtime=wire.runtime,
        handler=wire.handler,
        memory_size=wire.memory_size,
        timeout=wire.timeout,
        cpu=wire.cpu,
        disk_size=wire.disk_size,
        code_size=wire.code_size,
        role=wire.role,
        internet_access=wire.internet_access,
        vpc_id=_vpc_id(wire.vpc_config),
        environment_variable_names=tuple(sorted(wire.environment_variables or ())),
        tags={tag.key: tag.value or "" for tag in wire.tags or () if tag.key},
        created_time=wire.created_time,
        last_modified_time=wire.last_modified_time,
    )


def _vpc_id(vpc: WireVpc | None) -> str | None:
    """Return the VPC that is attached; the cloud says "" where none is."""
    return vpc.vpc_id or None if vpc else None


def _split_name(name: str) -> tuple[str | None, str]:
    """Split `service$function`, the name that API 2023-03-30 gives a function of FC 2.0.

    Documented is only that such names contain a `$`
    (https://www.alibabacloud.com/help/en/functioncompute/fc/function-tags-management); that the service
    stands before it is unverified. A name without one is kept whole, with no service.
    """
    service_name, dollar, function_name = name.partition("$")
    return (service_name, function_name) if dollar else (None, name)
