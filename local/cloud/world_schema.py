"""The shape of a world file. Field names say what they are; units stand in them. Unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from local.cloud.decoding import Decoder
from local.cloud.fault import Fault, plain_body

AccountId = Annotated[str, Meta(pattern=r"^[0-9]{16}$")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._@-]{1,64}$")]
RoleName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
PolicyName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,128}$")]
# A name, or with `count` a pattern such as `orders-{n:03}`.
FunctionName = Annotated[str, Meta(pattern=r"^[A-Za-z_]([A-Za-z0-9_-]|\{n(:0[0-9])?\}){0,127}$")]
Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Count = Annotated[int, Meta(ge=1, le=100_000)]


class FileKey(Struct, forbid_unknown_fields=True):
    """An access key.

    Without id and secret they are made from the names of account and user, the same at every start.
    """

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{8,64}$")] | None = None
    secret: Annotated[str, Meta(min_length=8)] | None = None
    active: bool = True


class FilePolicy(Struct, forbid_unknown_fields=True):
    """A custom policy; `document` is the policy document itself, written as YAML."""

    name: PolicyName
    document: dict[str, Any]


class FileUser(Struct, forbid_unknown_fields=True):
    """A RAM user; `policies` are names of system policies or of the account's own."""

    name: Name
    policies: list[str] = []
    access_keys: Annotated[list[FileKey], Meta(max_length=2)] = []


class FileRole(Struct, forbid_unknown_fields=True):
    """A RAM role; `trust` is its trust policy's document, written as YAML."""

    name: RoleName
    trust: dict[str, Any]
    policies: list[str] = []
    max_session_duration_seconds: Annotated[int, Meta(ge=3600, le=43200)] = 3600
    description: str = ""


class FileTrigger(Struct, forbid_unknown_fields=True):
    """A trigger; `config` is the triggerConfig of the API itself, written as YAML."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,127}$")]
    type: str
    config: dict[str, Any] = {}
    description: str = ""


class FileFunction(Struct, forbid_unknown_fields=True):
    """One function, or `count` of them, `{n}` in the name counting from 1.

    Role, internet access and VPC are those of a function of FC 3.0; in FC 2.0 the service has them.
    """

    name: FunctionName
    count: Count | None = None
    runtime: str = "python3.10"
    handler: str = "index.handler"
    description: str = ""
    memory_mb: Annotated[int, Meta(ge=128, le=32768)] = 512
    timeout_seconds: Annotated[int, Meta(ge=1, le=86400)] = 60
    environment_variables: dict[str, str] = {}
    role_arn: str = ""
    internet_access: bool = True
    vpc_id: str = ""
    triggers: list[FileTrigger] = []
    created: Moment = "2024-03-01T08:00:00Z"
    modified: Moment = "2024-03-01T08:00:00Z"


class FileService(Struct, forbid_unknown_fields=True):
    """One FC 2.0 service, or `count` of them with the same functions."""

    name: FunctionName
    count: Count | None = None
    description: str = ""
    role_arn: str = ""
    internet_access: bool = True
    vpc_id: str = ""
    created: Moment = "2024-03-01T08:00:00Z"
    modified: Moment = "2024-03-01T08:00:00Z"
    functions: list[FileFunction] = []


class FileRegion(Struct, forbid_unknown_fields=True):
    """What an account has in one region: FC 2.0 services, and FC 3.0 functions."""

    id: str
    services: list[FileService] = []
    functions: list[FileFunction] = []


class FileAccount(Struct, forbid_unknown_fields=True):
    """An account. `root_key` is a key of the account itself."""

    id: AccountId
    alias: str = ""
    fc_enabled: bool = True
    root_key: FileKey | None = None
    policies: list[FilePolicy] = []
    users: list[FileUser] = []
    roles: list[FileRole] = []
    regions: list[FileRegion] = []


class WorldFile(Struct, forbid_unknown_fields=True):
    """A whole world file.

    `default_region` serves clients whose `Host` is the local cloud itself; `faults` are in force from the start.
    """

    accounts: Annotated[list[FileAccount], Meta(min_length=1)]
    default_region: str = "cn-hangzhou"
    faults: list[Fault] = []


_WORLD_FILE = Decoder(WorldFile)


# What stands under a key, by the key's name.
_SHAPES: dict[str, type[Struct]] = {
    "$": WorldFile,
    "accounts": FileAccount,
    "root_key": FileKey,
    "access_keys": FileKey,
    "policies": FilePolicy,
    "users": FileUser,
    "roles": FileRole,
    "regions": FileRegion,
    "services": FileService,
    "functions": FileFunction,
    "triggers": FileTrigger,
    "faults": Fault,
}


def known_keys(path: str) -> list[str]:
    """Return the keys that the mapping at *path*, such as `$.accounts[0]`, may have."""
    shape = _SHAPES[path.rpartition(".")[2].partition("[")[0]]
    return [field.name for field in msgspec.structs.fields(shape)]


def read_world_file(data: object) -> WorldFile:
    """Return *data*, as YAML gave it, as a world file.

    Raises msgspec.ValidationError with a path such as `$.accounts[0].id`.
    """
    if isinstance(data, dict) and isinstance(data.get("faults"), list):
        data = {**data, "faults": [plain_body(fault) for fault in data["faults"]]}
    return _WORLD_FILE.convert(data)
