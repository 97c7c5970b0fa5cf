"""The state of the local cloud: accounts with their users, roles, policies and functions; keys and sessions.

Plain mutable nouns. Changing them while the cloud runs is the way to grant and to revoke: the next request sees the
change.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from local.cloud.denial import Denial
from local.cloud.fault import Fault
from local.cloud.inventory import Inventory
from local.cloud.objects import ObjectStore
from local.cloud.policy import Policy
from local.cloud.system_policies import system_policy
from local.cloud.versioned_policy import BEGINNING, VersionedPolicy

_KEPT_DENIALS = 1_000


@dataclass
class AccessKey:
    """A long-lived key of a user, or of the account itself."""

    access_key_id: str
    secret: str = field(repr=False)
    active: bool = True
    created: str = BEGINNING


@dataclass
class User:
    """A RAM user; `policies` are names of system policies or of the account's own.

    `details` are what CreateUser takes beside the name: `DisplayName`, `MobilePhone`, `Email`, `Comments`. `attached`
    says when policies were attached that weren't from the beginning. Times are as on the wire.
    """

    name: str
    user_id: str
    policies: list[str] = field(default_factory=list)
    access_keys: list[AccessKey] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)
    created: str = BEGINNING
    updated: str = BEGINNING
    attached: dict[str, str] = field(default_factory=dict)


@dataclass
class Role:
    """A RAM role; `policies` and `attached` are as those of a user."""

    name: str
    role_id: str
    trust: Policy
    policies: list[str] = field(default_factory=list)
    max_session_duration_seconds: int = 3600
    description: str = ""
    created: str = BEGINNING
    updated: str = BEGINNING
    attached: dict[str, str] = field(default_factory=dict)


@dataclass
class Account:
    """An Alibaba Cloud account. `inventories` are by region; a region that isn't there is empty.

    `created_count` counts what was created while the cloud ran: it tells a new role's id from that of an earlier one.
    """

    account_id: str
    alias: str = ""
    fc_enabled: bool = True
    root_key: AccessKey | None = None
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, VersionedPolicy] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    created_count: int = 0

    def add_policy(self, name: str, policy: Policy) -> None:
        """Give the account the policy *name*, in place of one that it may have by that name."""
        self.policies[name] = VersionedPolicy.of(name, policy)

    def attached_policies(self, identity: User | Role) -> dict[str, Policy]:
        """Return the policies attached to *identity* by name, the account's own and system ones.

        Raises KeyError for an unknown name.
        """
        return {
            name: self.policies[name].policy if name in self.policies else system_policy(name)
            for name in identity.policies
        }

    def long_lived_keys(self) -> Iterator[tuple[AccessKey, Caller]]:
        """Yield the account's long-lived keys, each with whose it is."""
        if self.root_key:
            yield self.root_key, Caller(self, None)
        for user in self.users.values():
            yield from ((key, Caller(self, user)) for key in user.access_keys)

    def next_seed(self, kind: str, name: str) -> str:
        """Return what the ids of a new thing are made from; another one each time."""
        self.created_count += 1
        return f"{self.account_id}/{kind}/{name}/created/{self.created_count}"

    def role_arn(self, role_name: str) -> str:
        """Return the ARN that AssumeRole takes."""
        return f"acs:ram::{self.account_id}:role/{role_name}"


@dataclass
class Session:
    """What AssumeRole issued. It dies with its role, and at `expires`."""

    access_key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires: datetime
    account: Account = field(repr=False)
    role: Role
    name: str
    policy: Policy | None

    @property
    def role_exists(self) -> bool:
        """Whether the role is still there, and is no later one of the same name."""
        return self.account.roles.get(self.role.name) is self.role


@dataclass(frozen=True)
class Caller:
    """Who sent a request: a user, a role (then with its session), or the account itself (`identity` None)."""

    account: Account
    identity: User | Role | None
    session: Session | None = None

    @property
    def principals(self) -> frozenset[str]:
        """The names by which trust policies can mean this caller.

        `:root` means every user and role of an account, not the account.
        """
        if self.identity is None:
            return frozenset()
        kind = "user" if isinstance(self.identity, User) else "role"
        account = f"RAM:acs:ram::{self.account.account_id}"
        return frozenset({f"{account}:root", f"{account}:{kind}/{self.identity.name}"})


@dataclass
class World:
    """All accounts by id, and who holds which key.

    `default_region` serves clients that send no region (a loopback `Host`). `faults` are in force from the start.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    default_region: str = "cn-hangzhou"
    sessions: dict[str, Session] = field(default_factory=dict, repr=False)
    denials: dict[str, Denial] = field(default_factory=dict, repr=False)
    objects: ObjectStore = field(default_factory=ObjectStore, repr=False)
    faults: list[Fault] = field(default_factory=list)
    _account_ids: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Where a key was found last: looked at first, for it may have gone."""

    def remember(self, denial: Denial | None) -> None:
        """Keep *denial*, if there is one, for DecodeDiagnosticMessage; of very many, the latest."""
        if denial is None:
            return
        if len(self.denials) >= _KEPT_DENIALS:
            del self.denials[next(iter(self.denials))]
        self.denials[denial.encoded] = denial

    def find_key(self, access_key_id: str) -> tuple[AccessKey, Caller] | None:
        """Return the long-lived key *access_key_id* and whose it is, or None."""
        likely = self.accounts.get(self._account_ids.get(access_key_id, ""))
        for account in itertools.chain([likely] if likely else [], self.accounts.values()):
            for key, caller in account.long_lived_keys():
                if key.access_key_id == access_key_id:
                    self._account_ids[access_key_id] = account.account_id
                    return key, caller
        return None

    def find_role(self, role_arn: str) -> tuple[Account, Role] | None:
        """Return the role that *role_arn* names and its account, or None."""
        prefix, _, name = role_arn.partition(":role/")
        account = self.accounts.get(prefix.removeprefix("acs:ram::"))
        return (account, account.roles[name]) if account and name in account.roles else None

    def issue_session(
        self, account: Account, role: Role, name: str, *, expires: datetime, policy: Policy | None = None
    ) -> Session:
        """Return a new session of *role*.

        The token is opaque and about as long as real ones, which have no fixed length.
        """
        session = Session(
            access_key_id=f"STS.local{secrets.token_hex(10)}",
            secret=f"local{secrets.token_hex(20)}",
            token=f"CAISlocal{secrets.token_urlsafe(270)}",
            expires=expires,
            account=account,
            role=role,
            name=name,
            policy=policy,
        )
        self.sessions[session.access_key_id] = session
        return session


def lasts_until(now: datetime, duration_seconds: int) -> datetime:
    """Return when a session of *duration_seconds* that begins *now* ends; whole seconds, as on the wire."""
    return now.replace(microsecond=0) + timedelta(seconds=duration_seconds)
