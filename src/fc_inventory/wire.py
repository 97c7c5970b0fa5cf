"""What the listings answer, as far as it is read, decoded at once from JSON: an item of another shape spoils its page.

Names as in the published metadata of APIs 2021-04-06 and 2023-03-30 (https://api.aliyun.com) and the SDKs' models.
"""

from __future__ import annotations

from typing import Any

import msgspec


class WireVpc(msgspec.Struct, rename="camel"):
    """A network that is attached; the cloud says "" where none is."""

    vpc_id: str | None = None


class WireTag(msgspec.Struct, rename="pascal"):
    """A tag of a function."""

    key: str | None = None
    value: str | None = None


class WireService(msgspec.Struct, rename="camel"):
    """A service on the wire, as far as it is read."""

    service_name: str
    service_id: str | None = None
    description: str | None = None
    role: str | None = None
    internet_access: bool | None = None
    vpc_config: WireVpc | None = None
    created_time: str | None = None
    last_modified_time: str | None = None


class WireFunction(msgspec.Struct, rename="camel"):
    """A function on the wire, as far as it is read."""

    function_name: str
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
    vpc_config: WireVpc | None = None
    environment_variables: dict[str, Any] | None = None
    tags: list[WireTag] | None = None
    created_time: str | None = None
    last_modified_time: str | None = None


class ServicePage(msgspec.Struct, rename="camel"):
    """A page of ListServices; the last one has no token, or an empty one."""

    services: list[WireService]
    next_token: str | None = None


class FunctionPage(msgspec.Struct, rename="camel"):
    """A page of ListFunctions; the last one has no token, or an empty one."""

    functions: list[WireFunction]
    next_token: str | None = None


class WireTrigger(msgspec.Struct, rename="camel"):
    """A trigger on the wire, as far as it is read; its configuration is JSON in a string."""

    trigger_name: str
    trigger_type: str
    trigger_config: str | None = None


class TriggerPage(msgspec.Struct, rename="camel"):
    """A page of ListTriggers; the last one has no token, or an empty one."""

    triggers: list[WireTrigger]
    next_token: str | None = None
