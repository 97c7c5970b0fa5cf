"""Who gives the commands: keys of an administrator, and proof of which account they belong to."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.provider import (
    DefaultCredentialsProvider,
    EnvironmentVariableCredentialsProvider,
)

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.calls import Call, Line
from fc_inventory.errors import SettingsError
from fc_inventory.settings import Keys, loopback_endpoint
from onboarding.profiles import find_profile_keys

COMMAND_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """Keys, whose they are (`arn`, `account_id`), and how calls with them travel."""

    keys: Keys
    account_id: str
    arn: str
    line: Line


def sign_in(profile: str | None, account_id: str | None = None) -> Administrator:
    """Find keys and ask STS whose they are; with *account_id*, they must be of that account.

    Keys come from *profile* of the Alibaba Cloud CLI, else from the vendor's chain: environment, CLI, and so on.
    Raises SettingsError, and CloudError where STS refuses the keys.
    """
    endpoint = loopback_endpoint()
    sdk.prepare()
    keys, now = find_keys(profile, is_local=endpoint is not None), time.monotonic()
    line = Line(budget=Budget(now, now + COMMAND_SECONDS), endpoint=endpoint)
    call = Call(operation="GetCallerIdentity", host="sts.aliyuncs.com", keys=keys, role_arn="", line=line)
    identity = sdk.get_caller_identity(call)
    if account_id not in (None, identity.account_id):
        raise SettingsError(
            "--account", expected=f"the account of the keys, {identity.account_id} ({identity.arn})", found=account_id
        )
    return Administrator(keys=keys, account_id=identity.account_id, arn=identity.arn, line=line)


def find_keys(profile: str | None, *, is_local: bool) -> Keys:
    """Return the keys that the commands use, of *profile* or by the vendor's chain. Raises SettingsError.

    For a local cloud the chain is the environment alone, never the keys of the machine that it runs on.
    """
    if profile:
        return find_profile_keys(profile, is_local=is_local)
    logging.getLogger("alibabacloud_credentials").setLevel(logging.CRITICAL)  # it logs each place without keys
    try:
        found = (
            EnvironmentVariableCredentialsProvider() if is_local else DefaultCredentialsProvider()
        ).get_credentials()
    except CredentialException:
        raise SettingsError(
            "credentials",
            expected="your own keys: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in "
            "the environment, or a profile of the Alibaba Cloud CLI (aliyun configure)",
            found="none",
        ) from None
    return Keys(
        access_key_id=found.get_access_key_id(),
        access_key_secret=found.get_access_key_secret(),
        security_token=found.get_security_token() or None,
    )
