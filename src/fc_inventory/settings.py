"""The function's settings and the runtime's own keys: the one place that reads the environment.

Targets come from `ROLE_ARN` (+ `EXTERNAL_ID`, `REGIONS`) for a single customer, or from a targets document:
`TARGETS_FILE` (a YAML or JSON file) or `TARGETS` (the same text inline). The document's shape is `TargetsDocument`; its
JSON Schema is published as `schemas/targets.schema.json`. Limits of AssumeRole's parameters:
https://www.alibabacloud.com/help/en/ram/api-assumerole
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from fc_inventory import documents, redaction
from fc_inventory.errors import SettingsError
from fc_inventory.rules import RULES, Rule
from fc_inventory.targets import (
    EXTERNAL_ID,
    ROLE_ARN,
    Target,
    check_region,
    read_targets,
)
from fc_inventory.targets import (
    IN_WORDS as TARGET_WORDS,
)

SESSION_PREFIX = r"^[A-Za-z0-9.@_-]{2,27}$"  # with a request id of 36 characters and a dash: at most 64
TRIGGERS = r"^(true|false)$"
LOG_LEVEL = r"^(DEBUG|INFO|WARNING|ERROR)$"
SNAPSHOT_KEEP = r"^[1-9][0-9]{0,3}$"
IN_WORDS = {
    **TARGET_WORDS,
    SESSION_PREFIX: "2 to 27 letters, digits or . @ - _",
    TRIGGERS: "true or false",
    LOG_LEVEL: "DEBUG, INFO, WARNING or ERROR",
    SNAPSHOT_KEEP: "a whole number from 1 to 9999",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that was decided at deployment.

    Attributes:
        targets: the customers, in the order of the document.
        region: the function's own region, whose STS endpoint is used; None where the runtime names none.
        role_session_name: how each RoleSessionName begins; the request id follows.
        endpoint: base URL of a local cloud on loopback that takes all calls, None for the real one.
        log_level: the least level that is logged.
        rules: the rules that look for findings.
        triggers: whether the triggers of each function are listed, too.
        shard_dir: the directory in which the steps of a flow keep the files of a run, None where there is no such.
        snapshot_dir: the absolute path of the directory where a timer's run is stored; None where none is.
        snapshot_keep: how many of the newest snapshots are kept.
    """

    targets: tuple[Target, ...]
    region: str | None
    role_session_name: str = "fc-inventory"
    endpoint: str | None = None
    log_level: str = "INFO"
    rules: tuple[Rule, ...] = RULES
    triggers: bool = False
    shard_dir: str | None = None
    snapshot_dir: str | None = None
    snapshot_keep: int = 60


class Keys(redaction.Unprinted, frozen=True, kw_only=True):
    """An access key pair; `security_token` is None for a long-term key."""

    access_key_id: str
    access_key_secret: str
    security_token: str | None = None

    def __post_init__(self) -> None:
        """Make the values unprintable from the moment they are known."""
        redaction.protect(self.access_key_id, self.access_key_secret, self.security_token or "")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check every setting. Raises SettingsError naming the first mistake; no call is made."""
    env = {name: value for name, value in (os.environ if environ is None else environ).items() if value.strip()}
    region = env.get("FC_REGION")
    return Settings(
        targets=_targets(env, region),
        region=region,
        role_session_name=_matching(env, "ROLE_SESSION_NAME", SESSION_PREFIX) or "fc-inventory",
        endpoint=loopback_endpoint(env),
        log_level=_matching(env, "LOG_LEVEL", LOG_LEVEL) or "INFO",
        rules=_rules(env.get("FINDINGS", "on").strip()),
        triggers=_matching(env, "TRIGGERS", TRIGGERS) == "true",
        shard_dir=_directory(env, "SHARD_DIR"),
        snapshot_dir=_directory(env, "SNAPSHOT_DIR"),
        snapshot_keep=int(_matching(env, "SNAPSHOT_KEEP", SNAPSHOT_KEEP) or 60),
    )


def runtime_keys(context: Any) -> Keys | None:
    """Return the keys that the runtime gives this invocation, None where it gives none.

    `context.credentials`, which older runtimes rebuild for each call, wins over the environment, which is set once per
    instance and can be older; Python 3.12 has only the environment. An empty string means absent.
    https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/user-guide/context-1
    """
    given = getattr(context, "credentials", None)
    of_context = (
        getattr(given, "access_key_id", None),
        getattr(given, "access_key_secret", None),
        getattr(given, "security_token", None),
    )
    of_environment = tuple(
        os.environ.get(name)
        for name in ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN")
    )
    for key_id, secret, token in (of_context, of_environment):
        if key_id and secret and (token or not key_id.startswith("STS.")):
            return Keys(access_key_id=key_id, access_key_secret=secret, security_token=token or None)
    return None


def _targets(env: Mapping[str, str], own_region: str | None) -> tuple[Target, ...]:
    sources = [name for name in ("ROLE_ARN", "TARGETS_FILE", "TARGETS") if name in env]
    if len(sources) != 1:
        raise SettingsError(
            "settings",
            expected="exactly one of ROLE_ARN, TARGETS_FILE and TARGETS",
            found=" and ".join(sources) or "none of them",
        )
    if sources == ["ROLE_ARN"]:
        return (_single_target(env, own_region),)
    for name in ("EXTERNAL_ID", "REGIONS", "DURATION_SECONDS"):
        if name in env:
            raise SettingsError(
                name, expected=f"it inside {sources[0]}, which describes the targets", found="it set beside"
            )
    source, text = (sources[0], env[sources[0]]) if sources == ["TARGETS"] else _read_targets_file(env)
    return read_targets(documents.read_document(source, text), own_region)


def _read_targets_file(env: Mapping[str, str]) -> tuple[str, str]:
    """Return how to name the targets file in errors, and its text; a relative path may be below the code directory."""
    from pathlib import Path  # noqa: PLC0415 - a millisecond of a cold start, for one way to name targets

    path = Path(env["TARGETS_FILE"])
    if not path.is_absolute() and not path.exists():
        path = Path(env.get("FC_FUNC_CODE_PATH", ".")) / path
    try:
        return f"TARGETS_FILE {path}", path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"TARGETS_FILE {path}", expected="UTF-8 text", found="other bytes") from None
    except OSError as error:
        raise SettingsError(
            f"TARGETS_FILE {path}", expected="a readable file", found=error.strerror or "none"
        ) from None


def _single_target(env: Mapping[str, str], own_region: str | None) -> Target:
    role_arn = _matching(env, "ROLE_ARN", ROLE_ARN) or ""
    account_id = role_arn.split(":")[3]
    named = tuple(part.strip() for part in env.get("REGIONS", own_region or "").split(",") if part.strip())
    if not named:
        raise SettingsError(
            "REGIONS", expected="regions, separated by commas", found="none, and the runtime names no region of its own"
        )
    for region in named:
        check_region(region, "REGIONS")
    return Target(
        name=account_id,
        role_arn=role_arn,
        account_id=account_id,
        regions=tuple(dict.fromkeys(named)),
        external_id=_matching(env, "EXTERNAL_ID", EXTERNAL_ID),
        duration_seconds=_duration_seconds(env),
    )


def _duration_seconds(env: Mapping[str, str]) -> int:
    text = env.get("DURATION_SECONDS", "3600")
    if not (text.isascii() and text.isdigit() and 900 <= int(text) <= 43200):  # noqa: PLR2004 - documented limits of AssumeRole
        raise SettingsError(
            "DURATION_SECONDS", expected="a whole number of seconds from 900 to 43200", found=repr(text)
        )
    return int(text)


def _rules(text: str) -> tuple[Rule, ...]:
    """Return the rules that FINDINGS leaves: `on`, `off`, or names to leave out, each after a minus."""
    if text in ("on", "off"):
        return RULES if text == "on" else ()
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not name.startswith("-") or name[1:] not in RULES:
            expected = f"on, off, or rules to leave out, such as -{RULES[0]}; there are {', '.join(RULES)}"
            raise SettingsError("FINDINGS", expected=expected, found=repr(name))
    return tuple(rule for rule in RULES if f"-{rule}" not in names)


def _directory(env: Mapping[str, str], name: str) -> str | None:
    """Return setting *name*, an absolute path; whether something is mounted there shows when it is used."""
    path = env.get(name)
    if path is not None and not path.startswith("/"):
        raise SettingsError(name, expected="an absolute path, such as /mnt/inventory", found=repr(path))
    return path


def _matching(env: Mapping[str, str], name: str, pattern: str) -> str | None:
    """Return setting *name* if it matches *pattern*, None where it is not set; an external ID is never shown."""
    value = env.get(name)
    if value is not None and not re.fullmatch(pattern, value):
        found = f"{len(value)} characters that are not" if pattern == EXTERNAL_ID else repr(value)
        raise SettingsError(name, expected=IN_WORDS[pattern], found=found)
    return value


def loopback_endpoint(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the base URL of the local cloud that takes all calls, None for the real one. Raises SettingsError."""
    value = (os.environ if environ is None else environ).get("FC_INVENTORY_ENDPOINT") or None
    if value is not None and not re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}/?", value):
        raise SettingsError(
            "FC_INVENTORY_ENDPOINT",
            expected="http://127.0.0.1:PORT: a local cloud on this machine, nothing else",
            found=repr(value),
        )
    return value.rstrip("/") if value else None
