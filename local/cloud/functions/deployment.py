"""A function as it was deployed: settings, code, triggers, and how its asynchronous invocations are handled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.cloud.functions.archive import Archive
from local.cloud.functions.async_config import AsyncConfig
from local.cloud.functions.settings import Settings
from local.cloud.functions.triggers import Trigger
from local.cloud.listing import Listing


@dataclass(frozen=True)
class StoredAsyncConfig:
    """An asynchronous configuration and when it was put. Times are in the services' own form."""

    config: AsyncConfig
    created_time: str
    modified_time: str


@dataclass
class Deployment:
    """One function of FC 3.0. `archive` is None for one that the world file describes: it has no code to run."""

    name: str
    function_id: str
    settings: Settings
    archive: Archive | None
    created_time: str
    modified_time: str
    revision: str
    triggers: Listing[Trigger] = field(default_factory=Listing)
    async_config: StoredAsyncConfig | None = None

    def document(self) -> dict[str, Any]:
        """Return the fields that ListFunctions shows, in the spelling of the wire."""
        return {
            "functionId": self.function_id,
            "functionName": self.name,
            **self.settings.document(),
            "layers": [{"arn": arn, "size": 0} for arn in self.settings.layers],
            "codeSize": self.archive.size_bytes if self.archive else 0,
            "codeChecksum": self.archive.checksum if self.archive else "0",
            "createdTime": self.created_time,
            "lastModifiedTime": self.modified_time,
        }
