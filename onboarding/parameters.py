"""Checks of what was typed, before any call: each mistake names its option, what was expected and what was found.

Limits: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createrole,
https://www.alibabacloud.com/help/en/ram/api-assumerole
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fc_inventory.errors import SettingsError
from fc_inventory.targets import EXTERNAL_ID, IN_WORDS, ROLE_ARN
from onboarding.documents import Document, to_text

ACCOUNT_ID = re.compile(r"[0-9]{10,20}")
ROLE_NAME = re.compile(r"[A-Za-z0-9.-]{1,64}")
USER_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
SESSION_SECONDS = range(3600, 43200 + 1)
TRUST_CHARACTERS = 2048
POLICY_CHARACTERS = 6144
LONGEST_POLICY_SUFFIX = "-manage"


def check_account_id(value: str, option: str) -> str:
    """Return *value* if it is the ID of an Alibaba Cloud account. Raises SettingsError."""
    return _matching(value, ACCOUNT_ID, option, "the ID of an Alibaba Cloud account: its digits alone")


def check_role_name(value: str, option: str) -> str:
    """Return *value* if a role may be called so. Raises SettingsError."""
    return _matching(value, ROLE_NAME, option, "the name of a role: 1 to 64 letters, digits or . -")


def check_policy_stem(value: str, option: str) -> str:
    """Return *value* if a role and, with a suffix, its policy may be called so: a policy's name has no dots."""
    return _matching(value, re.compile(r"[A-Za-z0-9-]{1,64}"), option, "1 to 64 letters, digits or -")


def check_user_name(value: str, option: str) -> str:
    """Return *value* if a RAM user may be called so. Raises SettingsError."""
    return _matching(value, USER_NAME, option, "the name of a RAM user: 1 to 64 letters, digits or . _ -")


def check_prefix(value: str, option: str) -> str:
    """Return *value* if names of services and functions may begin so; wildcards are none. Raises SettingsError."""
    return _matching(value, PREFIX, option, "how names begin: a letter or _, then letters, digits, _ or -")


def check_role_arn(value: str, option: str) -> str:
    """Return *value* if it is the ARN of a role, not of a user, a session or an account. Raises SettingsError."""
    if not re.fullmatch(ROLE_ARN, value):
        kind = re.fullmatch(r"acs:ram::[0-9]*:(user|assumed-role|root)\b.*", value)
        whose = {"user": "a user's: ", "assumed-role": "a session's: ", "root": "an account's: "}
        raise SettingsError(
            option, expected=f"the ARN of a role, {IN_WORDS[ROLE_ARN]}", found=(whose[kind[1]] if kind else "") + value
        )
    return value


def check_external_id(value: str, option: str) -> str:
    """Return *value* if it is in the documented alphabet; it isn't shown if not. Raises SettingsError."""
    if not re.fullmatch(EXTERNAL_ID, value):
        raise SettingsError(option, expected=IN_WORDS[EXTERNAL_ID], found=f"{len(value)} characters that are not")
    return value


def check_optional_external_id(value: str | None, option: str) -> str | None:
    """Return *value* as `check_external_id` does, or None; an empty one, of an unset variable, is not left out."""
    return None if value is None else check_external_id(value, option)


def check_session_seconds(value: int, option: str) -> int:
    """Return *value* if a role may have it as MaxSessionDuration. Raises SettingsError."""
    if value not in SESSION_SECONDS:
        raise SettingsError(option, expected="a number of seconds from 3600 to 43200", found=str(value))
    return value


def check_size(document: Document, limit: int, what: str) -> None:
    """Raise SettingsError where *document* is longer than RAM takes."""
    length = len(to_text(document))
    if length > limit:
        raise SettingsError(what, expected=f"at most {limit} characters", found=f"{length}")


def check_account_of(role_arns: Sequence[str], own_account_id: str, option: str) -> None:
    """Raise SettingsError where a role that should be another company's belongs to *own_account_id*."""
    for arn in role_arns:
        if account_of(arn) == own_account_id:
            raise SettingsError(option, expected=f"roles of another account than {own_account_id}", found=arn)


def account_of(role_arn: str) -> str:
    """Return the ID of the account that *role_arn* belongs to."""
    return role_arn.split(":")[3]


def _matching(value: str, grammar: re.Pattern[str], option: str, expected: str) -> str:
    if not grammar.fullmatch(value):
        raise SettingsError(option, expected=expected, found=repr(value))
    return value
