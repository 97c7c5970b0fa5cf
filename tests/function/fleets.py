"""Many accounts on a local cloud, and scans of them without a handler."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.credentials import SessionStore
from fc_inventory.cursor import Work
from fc_inventory.invocation import Invocation
from fc_inventory.scan import Scan
from fc_inventory.settings import Keys, Settings
from fc_inventory.targets import Target
from local.cloud import LocalCloud, load_world

CALLER, KEY_ID, SECRET = "1900000000000001", "LTAIfleet", "fleet-secret"
REGIONS = ("cn-hangzhou", "cn-shanghai")


def account_id(number: int) -> str:
    """Return the id of account *number*, from 0 on."""
    return str(1_800_000_000_000_000 + number)


def fleet_of(
    folder: Path, accounts: int, *, services: int, functions: int, regions: tuple[str, ...] = REGIONS
) -> LocalCloud:
    """Return a cloud, not yet started, of accounts that trust one caller and are all alike.

    Each has in each region so many services, with a function each, and so many functions of FC 3.0.
    """
    user = {
        "name": "caller",
        "policies": ["AliyunSTSAssumeRoleAccess"],
        "access_keys": [{"id": KEY_ID, "secret": SECRET}],
    }
    region = {
        "services": [{"name": "service-{n:04}", "count": services, "functions": [{"name": "main"}]}],
        "functions": [{"name": "function-{n:04}", "count": functions}],
    }
    customers = [
        _customer(account_id(number), [{"id": name, **region} for name in regions]) for number in range(accounts)
    ]
    world = folder / "fleet.json"
    world.write_text(json.dumps({"accounts": [{"id": CALLER, "users": [user]}, *customers]}), encoding="utf-8")
    return LocalCloud(load_world(world))


def _customer(number: str, regions: list[dict[str, Any]]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{CALLER}:root"]}}
    role = {
        "name": "reader",
        "trust": {"Version": "1", "Statement": [statement]},
        "policies": ["AliyunFCReadOnlyAccess"],
    }
    return {"id": number, "roles": [role], "regions": regions}


def targets_of(accounts: int, regions: tuple[str, ...] = REGIONS) -> tuple[Target, ...]:
    """Return a target for each of the first so many accounts."""
    return tuple(
        Target(
            name=f"company-{number:04}",
            role_arn=f"acs:ram::{account_id(number)}:role/reader",
            account_id=account_id(number),
            regions=regions,
        )
        for number in range(accounts)
    )


def scan_of(
    cloud: LocalCloud,
    targets: tuple[Target, ...],
    *,
    seconds: float = 60,
    budget: Budget | None = None,
    **changes: Any,
) -> Scan:
    """Return a scan of *targets* on *cloud*, by an instance that is new but for *changes*."""
    sdk.prepare()
    now = time.monotonic()
    budget = budget or Budget(now, now + seconds)
    caller = Keys(access_key_id=KEY_ID, access_key_secret=SECRET)
    fields: dict[str, Any] = {
        "settings": Settings(targets=targets, region="cn-hangzhou", endpoint=cloud.url),
        "sessions": SessionStore(),
        "work": Work(targets),
        "invocation": Invocation(request_id="1-64e70cf1-fleet", budget=budget, is_retry=False, caller=caller),
    }
    return Scan(**{**fields, **changes})
