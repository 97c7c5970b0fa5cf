"""The environment of a function's process: what Function Compute sets and the function's settings, no more.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/environment-variables
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .credentials import Credentials
    from .function import Function

ENDPOINT_VARIABLE = "FC_INVENTORY_ENDPOINT"
"""The one ``FC_`` name that a function here may be given; on Function Compute the prefix is reserved."""

MAX_SETTINGS_BYTES = 4 * 1024
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FROM_HOST = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""What any process needs to start at all."""


def process_environment(
    function: Function, credentials: Credentials, instance_id: str, host: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of a new instance; never set again, so that its keys age while the context's are fresh."""
    version_variable = "FC_FUNCTION_VERSION" if function.runtime == "python3.12" else "FC_VER_ID"
    return {
        **{name: host[name] for name in _FROM_HOST if name in host},
        "FC_FUNC_CODE_PATH": str(function.code_directory),
        "FC_ACCOUNT_ID": function.account_id,
        "FC_FUNCTION_HANDLER": function.handler,
        "FC_FUNCTION_MEMORY_SIZE": str(function.memory_megabytes),
        "FC_FUNCTION_NAME": function.name,
        "FC_REGION": function.region,
        "FC_INSTANCE_ID": instance_id,
        version_variable: "LATEST",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": credentials.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": credentials.access_key_secret,
        "ALIBABA_CLOUD_SECURITY_TOKEN": credentials.security_token,
        **function.environment,
    }


def check_settings(settings: Mapping[str, str]) -> None:
    """Refuse environment variables that Function Compute would refuse.

    Raises:
        HarnessError: a malformed or reserved name, or more than 4 KB in all.
    """
    for name in settings:
        if not _NAME.fullmatch(name):
            raise HarnessError(
                f"environment variable {name!r}: a name starts with a letter and has only letters, digits and _"
            )
        if name.startswith("FC_") and name != ENDPOINT_VARIABLE:
            raise HarnessError(f"environment variable {name}: Function Compute reserves names that start with FC_")
    size_bytes = sum(len(f"{name}{value}".encode()) for name, value in settings.items() if name != ENDPOINT_VARIABLE)
    if size_bytes > MAX_SETTINGS_BYTES:
        raise HarnessError(
            f"environment variables: {size_bytes} bytes in all, Function Compute takes {MAX_SETTINGS_BYTES}"
        )
