"""Profiles of the Alibaba Cloud CLI (`aliyun configure`): keys by name, from `~/.aliyun/config.json`.

https://www.alibabacloud.com/help/en/cli/configure-credentials says which modes there are. Profiles that hold keys
(AK, StsToken) are read here, since the vendor's provider would fill a missing key from the environment, with somebody
else's; the other modes fetch keys or run a program, and are left to it.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import msgspec
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.provider import CLIProfileCredentialsProvider
from Tea.exceptions import TeaException

from fc_inventory.decoding import Decoder
from fc_inventory.errors import SettingsError
from fc_inventory.settings import Keys

HOLDING_KEYS = ("AK", "StsToken")


class _Profile(msgspec.Struct):
    """One profile as the CLI writes it; never kept, since a struct shows its fields."""

    name: str
    mode: str = "AK"
    access_key_id: str = ""
    access_key_secret: str = ""
    sts_token: str = ""


class _Config(msgspec.Struct):
    profiles: tuple[_Profile, ...] = ()


_CONFIG = Decoder(_Config)


def find_profile_keys(name: str, *, is_local: bool) -> Keys:
    """Return the keys of profile *name*; for a local cloud only of one that holds them. Raises SettingsError."""
    file = Path.home() / ".aliyun" / "config.json"
    profile = _find(name, _read(name, file), file)
    if profile.mode in HOLDING_KEYS:
        return _held(profile)
    if is_local:
        raise SettingsError(
            f"--profile {name}",
            expected=f"a profile of mode {' or '.join(HOLDING_KEYS)} with FC_INVENTORY_ENDPOINT: others fetch their "
            "keys from somewhere else than the local cloud, or run a program",
            found=f"mode {profile.mode!r}",
        )
    return _fetched(name, profile.mode, file)


def _read(name: str, file: Path) -> _Config:
    expected = f"{file}, as `aliyun configure` writes it"
    try:
        return _CONFIG.decode(file.read_bytes())
    except FileNotFoundError:
        raise SettingsError(f"--profile {name}", expected=expected, found="no such file") from None
    except OSError as error:
        raise SettingsError(f"--profile {name}", expected=expected, found=error.strerror or "an error") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # neither quotes what stands in the file
        found = str(error) if isinstance(error, msgspec.DecodeError) else "other bytes than UTF-8"
        raise SettingsError(f"--profile {name}", expected=expected, found=found) from None


def _find(name: str, config: _Config, file: Path) -> _Profile:
    for profile in config.profiles:
        if profile.name == name:
            return profile
    names = [profile.name for profile in config.profiles]
    near = get_close_matches(name, names, n=1)
    known = f"nearest: {near[0]}" if near else f"there are: {', '.join(names)}" if names else "it has none"
    raise SettingsError("--profile", expected=f"a profile of {file} ({known})", found=repr(name))


def _held(profile: _Profile) -> Keys:
    wanted = {"access_key_id": profile.access_key_id, "access_key_secret": profile.access_key_secret}
    if profile.mode == "StsToken":
        wanted["sts_token"] = profile.sts_token
    missing = [field for field, value in wanted.items() if not value]
    if missing:
        raise SettingsError(
            f"--profile {profile.name}", expected=f"{', '.join(wanted)} in it", found=f"no {' and no '.join(missing)}"
        )
    return Keys(
        access_key_id=profile.access_key_id,
        access_key_secret=profile.access_key_secret,
        security_token=wanted.get("sts_token"),
    )


def _fetched(name: str, mode: str, file: Path) -> Keys:
    try:
        found = CLIProfileCredentialsProvider(profile_name=name, profile_file=str(file)).get_credentials()
    except (CredentialException, TeaException, OSError, ValueError, TypeError) as error:  # all that its providers raise
        raise SettingsError(
            f"--profile {name}", expected=f"a profile of mode {mode} that gives keys", found=type(error).__name__
        ) from None
    return Keys(
        access_key_id=found.get_access_key_id(),
        access_key_secret=found.get_access_key_secret(),
        security_token=found.get_security_token() or None,
    )
