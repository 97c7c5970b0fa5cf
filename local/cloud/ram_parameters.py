"""The parameters of RAM's actions: their limits, and the codes that tell of each break of them.

Source: the published error table and action pages of API 2015-05-01,
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-errorcodes; what is unverified is listed
in this folder's README.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.policy import Policy
from local.cloud.policy_document import PolicyError, parse_policy_text

Item = TypeVar("Item")

# Parameter -> characters, maximum length.
_NAMES = {
    "RoleName": (re.compile(r"[A-Za-z0-9.-]+"), 64),
    "UserName": (re.compile(r"[A-Za-z0-9._-]+"), 64),
    "PolicyName": (re.compile(r"[A-Za-z0-9-]+"), 128),
}
_SESSION_SECONDS = range(3600, 43200 + 1)
_MAXIMUM_ITEMS = 1000
_DEFAULT_ITEMS = 100


def invalid(parameter: str, *, kind: str = "", message: str = 'The parameter - "{}" is incorrect.') -> Refusal:
    """Return the refusal of a wrong *parameter*; *kind*, such as `.Length`, ends its code."""
    return Refusal(400, f"InvalidParameter.{parameter}{kind}", message.format(parameter))


def require(call: Call, parameter: str) -> str:
    """Return a parameter's value; raises Refusal where there is none."""
    value = call.parameters.get(parameter, "")
    if not value:
        raise Refusal(400, f"Missing{parameter}", f"{parameter} is mandatory for this action.")
    return value


def read_name(call: Call, parameter: str) -> str:
    """Return a `RoleName`, `UserName` or `PolicyName`; raises Refusal."""
    value = require(call, parameter)
    characters, maximum = _NAMES[parameter]
    if len(value) > maximum:
        raise _too_long(parameter)
    if not characters.fullmatch(value):
        raise invalid(parameter, kind=".InvalidChars", message='The parameter - "{}" contains invalid chars.')
    return value


def read_text(call: Call, parameter: str, maximum: int) -> str:
    """Return a parameter that may be missing, then as ""; raises Refusal beyond *maximum* characters."""
    value = call.parameters.get(parameter, "")
    if len(value) > maximum:
        raise _too_long(parameter)
    return value


def read_document(call: Call, parameter: str, maximum: int, *, trust: bool = False) -> Policy:
    """Return a policy document, or with *trust* a trust policy; raises Refusal."""
    text = require(call, parameter)
    if len(text) > maximum:
        raise _too_long(parameter)
    try:
        return parse_policy_text(text, trust=trust)
    except PolicyError as error:
        raise Refusal(400, "MalformedPolicyDocument", f"The policy document is malformed: {error}.") from error


def read_session_seconds(call: Call, parameter: str) -> int | None:
    """Return a `MaxSessionDuration`, None where it is missing; raises Refusal."""
    text = call.parameters.get(parameter, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4,5}", text) or int(text) not in _SESSION_SECONDS:
        raise invalid(parameter)
    return int(text)


def read_choice(call: Call, parameter: str, *choices: str) -> str:
    """Return a parameter that must be one of *choices*; raises Refusal."""
    value = require(call, parameter)
    if value not in choices:
        raise invalid(parameter)
    return value


def read_flag(call: Call, parameter: str) -> bool:
    """Return a Boolean that is false where it is missing; raises Refusal."""
    text = call.parameters.get(parameter, "false").lower()
    if text not in ("true", "false"):
        raise invalid(parameter)
    return text == "true"


def refuse_tags(call: Call) -> None:
    """Raise Refusal where *call* brings tags: passing over them would promise what isn't kept."""
    for name, value in call.parameters.items():
        if name.partition(".")[0] == "Tag" and value not in ("", "[]"):
            raise invalid("Tag", message="the local cloud does not imitate the parameter {}")


def read_page(call: Call, items: Mapping[str, Item]) -> tuple[list[Item], dict[str, Any]]:
    """Return the page of *items*, in order of name, that `Marker` and `MaxItems` ask for, and what tells of more."""
    limit, after = _limit(call), _marker(call)
    names = [name for name in sorted(items) if name > after][: limit + 1]
    page = [items[name] for name in names[:limit]]
    if len(names) <= limit:
        return page, {"IsTruncated": False}
    return page, {"IsTruncated": True, "Marker": base64.urlsafe_b64encode(names[limit - 1].encode()).decode()}


def _limit(call: Call) -> int:
    text = call.parameters.get("MaxItems") or str(_DEFAULT_ITEMS)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= _MAXIMUM_ITEMS:
        raise invalid("MaxItems")
    return int(text)


def _marker(call: Call) -> str:
    try:
        return base64.b64decode(call.parameters.get("Marker", ""), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise invalid("Marker") from error


def _too_long(parameter: str) -> Refusal:
    return invalid(parameter, kind=".Length", message='The parameter - "{}" beyond the length limit.')
