"""Who gives the commands: keys of an administrator, and proof of which account they belong to."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.provider import (
    CLIProfileCredentialsProvider,
    DefaultCredentialsProvider,
    EnvironmentVariableCredentialsProvider,
)

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.errors import SettingsError
from fc_inventory.settings import Keys, loopback_endpoint

COMMAND_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """Keys, whose they are (`arn`, `account_id`), and how calls with them travel."""

    keys: Keys
    account_id: str
    arn: str
    line: sdk.Line


def sign_in(profile: str | None, account_id: str | None = None) -> Administrator:
    """Find keys and ask STS whose they are; with *account_id*, they must be of that account.

    Keys come from *profile* of the Alibaba Cloud CLI, else from the vendor's chain: environment, CLI, and so on.
    Raises SettingsError, and CloudError where STS refuses the keys.
    """
    endpoint = loopback_endpoint()
    sdk.prepare()
    keys, now = find_keys(profile, is_local=endpoint is not None), time.monotonic()
    line = sdk.Line(budget=Budget(now, now + COMMAND_SECONDS), endpoint=endpoint)
    call = sdk.Call(operation="GetCallerIdentity", host="sts.aliyuncs.com", keys=keys, role_arn="", line=line)
    identity = sdk.get_caller_identity(call)
    if account_id not in (None, identity.account_id):
        raise SettingsError(
            "--account", expected=f"the account of the keys, {identity.account_id} ({identity.arn})", found=account_id
        )
    return Administrator(keys=keys, account_id=identity.account_id, arn=identity.arn, line=line)


def find_keys(profile: str | None, *, is_local: bool) -> Keys:
    """Return the keys that the commands use; for a local cloud only the environment's. Raises SettingsError."""
    try:
        found = _provider(profile, is_local=is_local).get_credentials()
    except CredentialException as error:
        where = f"--profile {profile}" if profile else "credentials"
        raise SettingsError(
            where,
            expected="keys of an administrator: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in "
            "the environment, or a profile of the Alibaba Cloud CLI (aliyun configure)",
            found=_reason(error) if profile else "none",
        ) from None
    return Keys(
        access_key_id=found.get_access_key_id(),
        access_key_secret=found.get_access_key_secret(),
        security_token=found.get_security_token() or None,
    )


def _provider(
    profile: str | None, *, is_local: bool
) -> CLIProfileCredentialsProvider | DefaultCredentialsProvider | EnvironmentVariableCredentialsProvider:
    """Return what finds the keys; for a local cloud only the environment, never those of the machine it runs on."""
    if profile:
        file = Path.home() / ".aliyun" / "config.json"
        return CLIProfileCredentialsProvider(profile_name=profile, profile_file=str(file))
    if is_local:
        return EnvironmentVariableCredentialsProvider()
    logging.getLogger("alibabacloud_credentials").setLevel(logging.CRITICAL)  # it logs each place without keys
    return DefaultCredentialsProvider()


def _reason(error: CredentialException) -> str:
    """Return why a profile can't be used; a message that isn't the vendor's about profiles might quote anything."""
    text = str(error)
    return text if "credentials file" in text or "profile" in text else "a profile without usable keys"
