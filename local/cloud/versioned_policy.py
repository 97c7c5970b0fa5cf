"""A policy as RAM keeps it: by name, with its versions, of which one is in force.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createpolicyversion
"""

from __future__ import annotations

from dataclasses import dataclass

from local.cloud.policy import Policy

BEGINNING = "2024-03-01T08:00:00Z"
"""When everything came to be that a world file describes without saying when."""


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a policy; `created` is a time as on the wire."""

    policy: Policy
    created: str = BEGINNING


@dataclass
class VersionedPolicy:
    """A policy by its name. `versions` are by id, such as `v1`, oldest first; `newest` is the number given last."""

    name: str
    versions: dict[str, PolicyVersion]
    default_version_id: str = "v1"
    newest: int = 1
    description: str = ""
    created: str = BEGINNING
    updated: str = BEGINNING

    @classmethod
    def of(cls, name: str, policy: Policy, *, description: str = "", created: str = BEGINNING) -> VersionedPolicy:
        """Return a policy whose first and only version is *policy*."""
        versions = {"v1": PolicyVersion(policy, created)}
        return cls(name, versions, description=description, created=created, updated=created)

    @property
    def policy(self) -> Policy:
        """The version that is in force."""
        return self.versions[self.default_version_id].policy

    def add_version(self, policy: Policy, created: str) -> str:
        """Add a version that isn't in force, and return its id; numbers are never given twice."""
        self.newest += 1
        version_id = f"v{self.newest}"
        self.versions[version_id] = PolicyVersion(policy, created)
        self.updated = created
        return version_id
