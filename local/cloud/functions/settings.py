"""A function's configuration: the fields of CreateFunction, each with the limits that the service documents.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-struct-createfunctioninput
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from local.cloud.decoding import Decoder
from local.cloud.errors import Refusal

FUNCTION_NAME_LENGTH = 64
TRIGGER_NAME_LENGTH = 128
# Those that a function may be created with; one that has an older runtime keeps it.
RUNTIMES = frozenset(
    {
        *("custom", "custom-container", "custom.debian10", "custom.debian11", "custom.debian12"),
        *("dotnetcore3.1", "go1", "java8", "java11", "php7.2"),
        *("nodejs12", "nodejs14", "nodejs16", "nodejs18", "nodejs20"),
        *("python3", "python3.9", "python3.10", "python3.12"),
    }
)
DISK_SIZES_MB = (512, 10240)
MAXIMUM_ENVIRONMENT_BYTES = 4 * 1024
_CPU_STEP = 0.05
_MAXIMUM_GB_PER_CORE = 4
_ROUNDING = 1e-6
_LAYER = re.compile(r"acs:fc:[a-z0-9-]+:(\d{16}|official):layers/[\w.-]{1,64}/versions/\d{1,9}", re.ASCII)
_ROLE = re.compile(r"acs:ram::(\d{16}):role/[A-Za-z0-9._-]{1,64}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED_VARIABLES = frozenset({"accessKeyID", "accessKeySecret", "securityToken", "topic"})

Object = dict[str, Any]
HookSeconds = Annotated[int, Meta(ge=1)]


class Hook(msgspec.Struct, frozen=True, rename="camel"):
    """A hook in the life of an instance."""

    handler: str = ""
    timeout: HookSeconds = 3
    command: list[str] | None = None


class Lifecycle(msgspec.Struct, frozen=True, rename="camel"):
    """The hooks of an instance."""

    initializer: Hook | None = None
    pre_stop: Hook | None = None


class Settings(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a function is configured to be. Units are the wire's: megabytes and seconds."""

    handler: Annotated[str, Meta(min_length=1, max_length=128)]
    runtime: str
    description: Annotated[str, Meta(max_length=256)] = ""
    memory_size: Annotated[int, Meta(ge=128, le=32768, multiple_of=64)] = 512
    cpu: Annotated[float, Meta(ge=0.05, le=16)]
    disk_size: int = 512
    timeout: Annotated[int, Meta(ge=1, le=86400)] = 3
    instance_concurrency: Annotated[int, Meta(ge=1, le=200)] = 1
    internet_access: bool = True
    role: str = ""
    environment_variables: dict[str, str] = msgspec.field(default_factory=dict)
    instance_lifecycle_config: Lifecycle = msgspec.field(default_factory=Lifecycle)
    layers: list[str] = msgspec.field(default_factory=list)
    tags: list[Object] = msgspec.field(default_factory=list)
    log_config: Object = msgspec.field(default_factory=dict)
    nas_config: Object = msgspec.field(default_factory=dict)
    oss_mount_config: Object = msgspec.field(default_factory=dict)
    tracing_config: Object = msgspec.field(default_factory=dict)
    vpc_config: Object = msgspec.field(default_factory=dict)
    instance_isolation_mode: str = "SHARE"
    session_affinity: str = "NONE"
    custom_container_config: Object | None = None
    custom_runtime_config: Object | None = None
    custom_dns: Annotated[Object | None, Meta()] = msgspec.field(default=None, name="customDNS")
    disable_ondemand: bool = False

    def document(self) -> Object:
        """Return the settings in the spelling of the wire."""
        built = msgspec.to_builtins(self)
        return {name: value for name, value in built.items() if value is not None}


_SETTINGS = Decoder(Settings)


def read_settings(given: Object, account_id: str) -> Settings:
    """Return the settings that *given*, in the spelling of the wire, asks for; raises Refusal."""
    settings = _convert(given, account_id)
    check_runtime(settings.runtime, RUNTIMES)
    return settings


def change_settings(current: Settings, given: Object, account_id: str) -> Settings:
    """Return *current* with the fields that *given* has; raises Refusal. A new memory size alone brings a new cpu."""
    before = current.document()
    if "memorySize" in given and "cpu" not in given:
        del before["cpu"]
    settings = _convert(before | given, account_id)
    if settings.runtime != current.runtime:
        check_runtime(settings.runtime, RUNTIMES)
    return settings


def _convert(given: Object, account_id: str) -> Settings:
    present = {name: value for name, value in given.items() if value is not None}
    if "cpu" not in present:
        present["cpu"] = default_cpu(present.get("memorySize", 512))
    try:
        settings = _SETTINGS.convert(present)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    _check_machine(settings)
    check_environment(settings.environment_variables)
    _check_resources(settings)
    _check_hooks(settings.instance_lifecycle_config)
    if settings.role:
        _check_role(settings.role, account_id)
    return settings


def check_name(name: str | None, what: str, length: int) -> str:
    """Return *name* where it may be that of a function, trigger or service; raises Refusal."""
    pattern = f"[A-Za-z_][A-Za-z0-9_-]{{0,{length - 1}}}"
    if name is None or not re.fullmatch(pattern, name):
        raise invalid(f"{what} must match ^{pattern}$")
    return name


def check_runtime(runtime: str, known: frozenset[str]) -> None:
    """Raise Refusal for a runtime that no function can be created with."""
    if runtime not in known:
        raise invalid(f"runtime '{runtime}' is not supported")


def default_cpu(memory_mb: Any) -> float:
    """Return the cores of a function that asks for none, within the allowed ratio (unverified; 0.35 for 512 MB)."""
    memory_gb = memory_mb / 1024 if isinstance(memory_mb, int) else 0.5
    return round(max(1, math.ceil(memory_gb / 1.5 / _CPU_STEP)) * _CPU_STEP, 2)


def invalid(message: str) -> Refusal:
    """Return a refusal of an argument; the texts are free."""
    return Refusal(400, "InvalidArgument", message)


def _check_machine(settings: Settings) -> None:
    if settings.runtime.startswith("python") and not all(settings.handler.rpartition(".")):
        raise invalid(f"handler '{settings.handler}' is not of the form file.function")
    if not settings.runtime.startswith("custom") and settings.instance_concurrency != 1:
        raise invalid(f"instanceConcurrency of runtime '{settings.runtime}' must be 1")
    if settings.disk_size not in DISK_SIZES_MB:
        raise invalid("diskSize must be 512 or 10240")
    cores = settings.cpu / _CPU_STEP
    memory_per_core_gb = settings.memory_size / 1024 / settings.cpu
    if abs(cores - round(cores)) > _ROUNDING:
        raise invalid("cpu must be a multiple of 0.05")
    if not 1 - _ROUNDING <= memory_per_core_gb <= _MAXIMUM_GB_PER_CORE + _ROUNDING:
        raise invalid("the ratio of cpu to memorySize (in GB) must be between 1:1 and 1:4")


def check_environment(variables: dict[str, str]) -> None:
    """Raise Refusal for variables that a function may not have."""
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise invalid(f"environment variable '{name}' must start with a letter and have letters, digits and _ only")
        if name.startswith("FC_") or name in _RESERVED_VARIABLES:
            raise invalid(f"environment variable '{name}' is reserved")
    if sum(len(f"{name}{value}".encode()) for name, value in variables.items()) > MAXIMUM_ENVIRONMENT_BYTES:
        raise invalid(f"environmentVariables exceed {MAXIMUM_ENVIRONMENT_BYTES} bytes")


def _check_resources(settings: Settings) -> None:
    """Raise Refusal for what names a resource by half."""
    for layer in settings.layers:
        if not _LAYER.fullmatch(layer):
            raise invalid(
                f"layer '{layer}' is not of the form acs:fc:<region>:<account>:layers/<name>/versions/<version>"
            )
    for what, found, names in (
        ("logConfig", settings.log_config, ("project", "logstore")),
        ("vpcConfig", settings.vpc_config, ("vpcId", "vSwitchIds", "securityGroupId")),
    ):
        missing = [name for name in names if not found.get(name)]
        if 0 < len(missing) < len(names):
            raise invalid(f"{what} has no {' and no '.join(missing)}")


def _check_hooks(lifecycle: Lifecycle) -> None:
    """Raise Refusal for a hook that may take longer than the service allows: 300 s to initialize, 90 s to stop."""
    for name, hook, limit_seconds in (("initializer", lifecycle.initializer, 300), ("preStop", lifecycle.pre_stop, 90)):
        if hook and hook.timeout > limit_seconds:
            raise invalid(f"timeout of {name} must be between 1 and {limit_seconds}")


def _check_role(role: str, account_id: str) -> None:
    found = _ROLE.fullmatch(role)
    if found is None:
        raise invalid(f"role '{role}' is not of the form acs:ram::<account>:role/<name>")
    if found[1] != account_id:
        raise invalid(f"role '{role}' belongs to another account")
