"""What one account has in one region of Function Compute.

Services with functions (2.0), and functions without services (3.0).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

from local.cloud.functions.deployment import Deployment
from local.cloud.functions.triggers import Trigger
from local.cloud.listing import Listing


@dataclass(frozen=True)
class Function:
    """One function, of either generation; `service_name` is None in FC 3.0. Times are in the services' own form.

    Role, internet access and VPC (its id, "" for none) are its own in FC 3.0 only. One of FC 3.0 that has become a
    deployment has that one's triggers.
    """

    name: str
    service_name: str | None = None
    runtime: str = "python3.10"
    handler: str = "index.handler"
    description: str = ""
    memory_mb: int = 512
    timeout_seconds: int = 60
    environment_variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    role_arn: str = ""
    internet_access: bool = True
    vpc_id: str = ""
    triggers: Listing[Trigger] = field(default_factory=Listing, compare=False, repr=False)
    created_time: str = "2024-03-01T08:00:00Z"
    modified_time: str = "2024-03-01T08:00:00Z"

    @property
    def full_name(self) -> str:
        """The name that API 2023-03-30 lists.

        `service$function` for FC 2.0 (the form is unverified), the plain name for FC 3.0.
        """
        return self.name if self.service_name is None else f"{self.service_name}${self.name}"

    @cached_property
    def function_id(self) -> str:
        """A stable made-up UUID."""
        return str(uuid5(NAMESPACE_URL, f"function/{self.full_name}/{self.created_time}"))

    @property
    def code_checksum(self) -> str:
        """A stable made-up checksum, in the form of the CRC-64 number that the service gives."""
        return str(zlib.crc32(self.full_name.encode()) * 2654435761)


@dataclass(frozen=True)
class Service:
    """One FC 2.0 service and its functions. Times are in the services' own form."""

    name: str
    description: str = ""
    role_arn: str = ""
    internet_access: bool = True
    vpc_id: str = ""
    created_time: str = "2024-03-01T08:00:00Z"
    modified_time: str = "2024-03-01T08:00:00Z"
    functions: Listing[Function] = field(default_factory=Listing, compare=False, repr=False)

    @cached_property
    def service_id(self) -> str:
        """A stable made-up UUID."""
        return str(uuid5(NAMESPACE_URL, f"service/{self.name}/{self.created_time}"))


@dataclass(frozen=True)
class Inventory:
    """The services and functions of one account in one region.

    Functions are listed by `fcVersion`: v2, v3, or "" for both. `deployments` are those of FC 3.0 that were made or
    changed while the cloud ran, by name.
    """

    services: Listing[Service] = field(default_factory=Listing)
    functions: Mapping[str, Listing[Function]] = field(
        default_factory=lambda: MappingProxyType({"v2": Listing(), "v3": Listing(), "": Listing()})
    )

    deployments: dict[str, Deployment] = field(default_factory=dict, compare=False, repr=False)

    def add_service(self, service: Service) -> None:
        """Add *service*, whose functions must still be added; raises ValueError where the name is taken."""
        self.services.add(service.name, service)

    def add_function(self, function: Function) -> None:
        """Add *function*, to its service where it has one.

        Raises KeyError for an unknown service, ValueError for a taken name.
        """
        if function.service_name is not None:
            service = self.services.get(function.service_name)
            if service is None:
                raise KeyError(function.service_name)
            service.functions.add(function.name, function)
        self.functions["v3" if function.service_name is None else "v2"].add(function.full_name, function)
        self.functions[""].add(function.full_name, function)

    def remove_function(self, name: str) -> None:
        """Remove a function of FC 3.0; raises KeyError where there is none."""
        self.functions["v3"].remove(name)
        self.functions[""].remove(name)

    def remove_service(self, name: str) -> None:
        """Remove a service that has no functions; raises KeyError where there is none of that name."""
        self.services.remove(name)

    def remove_service_function(self, function: Function) -> None:
        """Remove a function of FC 2.0 that is there."""
        service = self.services.get(function.service_name or "")
        if service is not None:
            service.functions.remove(function.name)
            self.functions["v2"].remove(function.full_name)
            self.functions[""].remove(function.full_name)
