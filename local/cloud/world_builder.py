"""From the file's words to the world's nouns, refusing what the schema can't see: duplicates and names of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from types import MappingProxyType

from local.cloud.fault_actions import find_missing_action
from local.cloud.field_error import FieldError
from local.cloud.identifiers import make_digits, make_key_pair
from local.cloud.inventory import Function, Inventory, Service
from local.cloud.policy import Policy
from local.cloud.policy_document import PolicyError, parse_policy, parse_trust_policy
from local.cloud.regions import FC_REGIONS
from local.cloud.system_policies import DOCUMENTS
from local.cloud.triggers_builder import build_triggers
from local.cloud.world import AccessKey, Account, Role, User, World
from local.cloud.world_schema import (
    FileAccount,
    FileFunction,
    FileKey,
    FileRegion,
    FileRole,
    FileService,
    FileUser,
    WorldFile,
)

_COUNTER = re.compile(r"\{n(?::0([0-9]))?\}")


def build_world(file: WorldFile) -> World:
    """Return the world that *file* describes; raises FieldError."""
    _check_region(file.default_region, "$.default_region")
    world = World(default_region=file.default_region)
    key_ids: set[str] = set()
    for index, item in enumerate(file.accounts):
        path = f"$.accounts[{index}]"
        _unique(item.id, f"{path}.id", is_taken=item.id in world.accounts)
        world.accounts[item.id] = _account(item, path)
        _check_keys(item, path, key_ids)
    for index, fault in enumerate(file.faults):
        expected = find_missing_action(fault)
        if expected:
            raise FieldError(f"$.faults[{index}].action", repr(fault.action), expected)
        world.faults.append(fault)
    return world


def _account(item: FileAccount, path: str) -> Account:
    account = Account(item.id, item.alias, item.fc_enabled)
    if item.root_key:
        account.root_key = _key(item.root_key, f"{item.id}/root")
    for index, policy in enumerate(item.policies):
        _unique(
            policy.name, f"{path}.policies[{index}].name", is_taken=policy.name in {**account.policies, **DOCUMENTS}
        )
        account.add_policy(policy.name, _parsed(policy.document, f"{path}.policies[{index}].document", trust=False))
    for index, user in enumerate(item.users):
        _unique(user.name, f"{path}.users[{index}].name", is_taken=user.name in account.users)
        account.users[user.name] = _user(account, user, f"{path}.users[{index}]")
    for index, role in enumerate(item.roles):
        _unique(role.name, f"{path}.roles[{index}].name", is_taken=role.name in account.roles)
        account.roles[role.name] = _role(account, role, f"{path}.roles[{index}]")
    for index, region in enumerate(item.regions):
        _check_region(region.id, f"{path}.regions[{index}].id")
        _unique(region.id, f"{path}.regions[{index}].id", is_taken=region.id in account.inventories)
        account.inventories[region.id] = _inventory(region, f"{path}.regions[{index}]")
    return account


def _user(account: Account, item: FileUser, path: str) -> User:
    _check_policies(account, item.policies, path)
    seed = f"{account.account_id}/user/{item.name}"
    keys = [_key(key, f"{seed}/{index}") for index, key in enumerate(item.access_keys)]
    return User(item.name, make_digits("2", seed), list(item.policies), keys)


def _role(account: Account, item: FileRole, path: str) -> Role:
    _check_policies(account, item.policies, path)
    return Role(
        name=item.name,
        role_id=make_digits("3", f"{account.account_id}/role/{item.name}"),
        trust=_parsed(item.trust, f"{path}.trust", trust=True),
        policies=list(item.policies),
        max_session_duration_seconds=item.max_session_duration_seconds,
        description=item.description,
    )


def _inventory(item: FileRegion, path: str) -> Inventory:
    inventory = Inventory()
    for index, service in enumerate(item.services):
        where = f"{path}.services[{index}]"
        for name in _names(service, where):
            _unique(name, f"{where}.name", is_taken=name in inventory.services)
            _add_service(inventory, service, name, where)
    for index, function in enumerate(item.functions):
        _add_functions(inventory, function, None, f"{path}.functions[{index}]")
    return inventory


def _add_service(inventory: Inventory, item: FileService, name: str, path: str) -> None:
    inventory.add_service(
        Service(
            name=name,
            description=item.description,
            role_arn=item.role_arn,
            internet_access=item.internet_access,
            vpc_id=item.vpc_id,
            created_time=item.created,
            modified_time=item.modified,
        )
    )
    for index, function in enumerate(item.functions):
        _add_functions(inventory, function, name, f"{path}.functions[{index}]")


def _add_functions(inventory: Inventory, item: FileFunction, service_name: str | None, path: str) -> None:
    if service_name is not None and (item.role_arn or item.vpc_id or not item.internet_access):
        raise FieldError(path, "a role or a network", "them at the service, whose they are in FC 2.0")
    for name in _names(item, path):
        function = Function(
            name=name,
            service_name=service_name,
            runtime=item.runtime,
            handler=item.handler,
            description=item.description,
            memory_mb=item.memory_mb,
            timeout_seconds=item.timeout_seconds,
            environment_variables=MappingProxyType(item.environment_variables),
            role_arn=item.role_arn,
            internet_access=item.internet_access,
            vpc_id=item.vpc_id,
            triggers=build_triggers(item, path),
            created_time=item.created,
            modified_time=item.modified,
        )
        _unique(function.full_name, f"{path}.name", is_taken=function.full_name in inventory.functions[""])
        inventory.add_function(function)


def _names(item: FileFunction | FileService, path: str) -> Iterator[str]:
    """Yield the name, or the names that pattern and count make."""
    if (item.count is None) != (_COUNTER.search(item.name) is None):
        raise FieldError(
            f"{path}.name", repr(item.name), "a pattern with {n}, such as 'orders-{n:03}', with a count, or neither"
        )
    for number in range(1, (item.count or 1) + 1):
        yield _COUNTER.sub(partial(_numbered, number), item.name)


def _numbered(number: int, counter: re.Match[str]) -> str:
    return f"{number:0{counter[1] or 1}}"


def _key(item: FileKey, seed: str) -> AccessKey:
    """Return the key; what the file leaves out looks local, and is the same at every start."""
    access_key_id, secret = make_key_pair(seed)
    return AccessKey(item.id or access_key_id, item.secret or secret, item.active)


def _parsed(document: object, path: str, *, trust: bool) -> Policy:
    try:
        return parse_trust_policy(document) if trust else parse_policy(document)
    except PolicyError as error:
        raise FieldError(path, str(error), "a policy document in RAM's grammar") from error


def _check_policies(account: Account, names: list[str], path: str) -> None:
    known = sorted({*account.policies, *DOCUMENTS})
    for index, name in enumerate(names):
        if name not in known:
            raise FieldError(f"{path}.policies[{index}]", repr(name), f"one of {', '.join(known)}")


def _check_keys(item: FileAccount, path: str, key_ids: set[str]) -> None:
    """Raise FieldError for an access key id that two identities have."""
    keys = [
        (key.id, f"{path}.users[{at}].access_keys[{index}].id")
        for at, user in enumerate(item.users)
        for index, key in enumerate(user.access_keys)
    ]
    for key_id, where in [*keys, (item.root_key.id if item.root_key else None, f"{path}.root_key.id")]:
        if key_id is not None:
            _unique(key_id, where, is_taken=key_id in key_ids)
            key_ids.add(key_id)


def _check_region(region: str, path: str) -> None:
    if region not in FC_REGIONS:
        raise FieldError(path, repr(region), f"a region of Function Compute: {', '.join(sorted(FC_REGIONS))}")


def _unique(name: str, path: str, *, is_taken: bool) -> None:
    if is_taken:
        raise FieldError(path, f"{name!r} a second time", "a name that is used once")
