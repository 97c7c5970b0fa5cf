"""The targets document: whom to list. Its JSON Schema is published as `schemas/targets.schema.json`. Pure.

Limits of AssumeRole's parameters: https://www.alibabacloud.com/help/en/ram/api-assumerole
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fc_inventory import regions
from fc_inventory.decoding import Decoder
from fc_inventory.documents import Document, published_schema
from fc_inventory.errors import SettingsError
from fc_inventory.redaction import Unprinted

# Each ends in `$(?!\n)`: a mere `$` would let a line break through, and JSON Schema knows no `\Z`.
ROLE_ARN = r"^acs:ram::[0-9]{10,20}:role/[A-Za-z0-9._-]{1,64}$(?!\n)"
EXTERNAL_ID = r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$(?!\n)"
TARGET_NAME = r"^[A-Za-z0-9_.-]{1,64}$(?!\n)"

IN_WORDS = {
    ROLE_ARN: "acs:ram::ACCOUNT_ID:role/ROLE_NAME",
    EXTERNAL_ID: "2 to 1224 letters, digits or _ + = , . @ : / -",
    TARGET_NAME: "1 to 64 letters, digits or _ . -",
}

RoleArn = Annotated[
    str, Meta(pattern=ROLE_ARN, description="ARN of the customer's role: acs:ram::ACCOUNT_ID:role/ROLE_NAME.")
]
ExternalId = Annotated[
    str, Meta(pattern=EXTERNAL_ID, description="External ID that the role's trust policy demands; one per customer.")
]
DurationSeconds = Annotated[
    int,
    Meta(ge=900, le=43200, description="Life of a session in seconds; the role's MaxSessionDuration bounds it, too."),
]
RegionIds = Annotated[tuple[str, ...], Meta(min_length=1, description="Regions to list, such as cn-hangzhou.")]
Tags = Annotated[dict[str, str], Meta(description="Free labels by which a request can select the target.")]


class TargetEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One customer in the targets document; what it leaves out comes from `defaults`."""

    name: Annotated[str, Meta(pattern=TARGET_NAME, description="Name of the target in requests and reports; unique.")]
    role_arn: RoleArn
    account_alias: (
        Annotated[str, Meta(min_length=1, max_length=64, description="The account's alias, for readers of the report.")]
        | None
    ) = None
    external_id: ExternalId | None = None
    regions: RegionIds | None = None
    tags: Tags = {}
    duration_seconds: DurationSeconds | None = None


class TargetDefaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for every target that does not say otherwise; never an external ID, which must differ by customer."""

    regions: RegionIds | None = None
    tags: Tags = {}
    duration_seconds: DurationSeconds = 3600


class TargetsDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The targets document: whom to list, and how."""

    version: Literal[1]
    targets: Annotated[tuple[TargetEntry, ...], Meta(min_length=1)]
    defaults: TargetDefaults = TargetDefaults()


_DOCUMENT = Decoder(TargetsDocument)


class Target(Unprinted, frozen=True, kw_only=True):
    """One customer, complete: where its role is and which regions to list."""

    name: str
    role_arn: str
    account_id: str
    regions: tuple[str, ...]
    account_alias: str | None = None
    external_id: str | None = None
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    duration_seconds: int = 3600


def read_targets(document: Document, own_region: str | None) -> tuple[Target, ...]:
    """Return the targets of *document*; those without regions get *own_region*. Raises SettingsError."""
    parsed = document.convert(_DOCUMENT, patterns=IN_WORDS, secret_fields=frozenset({"external_id"}))
    defaults = parsed.defaults
    targets: list[Target] = []
    names: set[str] = set()
    for index, entry in enumerate(parsed.targets):
        path = f"targets[{index}]"
        if entry.name in names:
            raise document.error(
                f"{path}.name", expected="a name of its own for each target", found=f"{entry.name!r} again"
            )
        names.add(entry.name)
        chosen = entry.regions or defaults.regions or ((own_region,) if own_region else ())
        if not chosen:
            raise document.error(
                path, expected="regions, here or in defaults", found="none, and the runtime names no region of its own"
            )
        where = f"{path}.regions" if entry.regions else "defaults.regions"
        for position, region in enumerate(chosen):
            check_region(region, f"{where}[{position}]", document)
        targets.append(
            Target(
                name=entry.name,
                role_arn=entry.role_arn,
                account_id=entry.role_arn.split(":")[3],
                account_alias=entry.account_alias,
                external_id=entry.external_id,
                regions=tuple(dict.fromkeys(chosen)),
                tags={**defaults.tags, **entry.tags},
                duration_seconds=entry.duration_seconds or defaults.duration_seconds,
            )
        )
    return tuple(targets)


def check_region(region: str, field_path: str, document: Document | None = None) -> None:
    """Raise SettingsError, naming the nearest known region, unless Function Compute is in *region*."""
    if region in regions.KNOWN:
        return
    near = regions.nearest(region)
    expected = "a region of Function Compute" + (f" (nearest: {near})" if near else "")
    if document is not None:
        raise document.error(field_path, expected=expected, found=repr(region))
    raise SettingsError(field_path, expected=expected, found=repr(region))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the targets document."""
    return published_schema(TargetsDocument, "fc-inventory targets")
