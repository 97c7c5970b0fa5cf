"""Conditions of RAM policy statements: operators over single-valued context keys such as `sts:ExternalId`.

Values of one key are alternatives; keys and operators must all hold.
Source: https://www.alibabacloud.com/help/en/ram/policy-elements ("Condition").
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from ipaddress import ip_address, ip_network
from typing import Any

from local.cloud.wildcards import matches

Compare = Callable[[str, str], bool]


@dataclass(frozen=True)
class Condition:
    """One key under one operator, with its alternative operands."""

    operator: str
    key: str
    operands: tuple[str, ...]

    def holds(self, context: Mapping[str, str]) -> bool:
        """Tell whether the condition holds in *context*.

        A key that the request doesn't have satisfies only the operators that say "not" (unverified for Alibaba Cloud;
        see the README).
        """
        compare, negated = OPERATORS[self.operator]
        if self.key not in context:
            return negated
        return any(compare(context[self.key], operand) for operand in self.operands) != negated


def read_date(text: str) -> datetime:
    """Return the time that an ISO 8601 *text* names, UTC where it names no zone; raises ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def read_boolean(text: str) -> bool:
    """Return the truth value that *text* names; raises ValueError."""
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _by(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Compare:
    def compare_read(found: str, operand: str) -> bool:
        try:
            return compare(read(found), read(operand))
        except ValueError:
            return False

    return compare_read


def _inside(found: str, operand: str) -> bool:
    try:
        return ip_address(found) in ip_network(operand, strict=False)
    except ValueError:
        return False


def _ordered(prefix: str, read: Callable[[str], Any]) -> dict[str, tuple[Compare, bool]]:
    equal = _by(read, operator.eq)
    return {
        f"{prefix}Equals": (equal, False),
        f"{prefix}NotEquals": (equal, True),
        f"{prefix}LessThan": (_by(read, operator.lt), False),
        f"{prefix}LessThanEquals": (_by(read, operator.le), False),
        f"{prefix}GreaterThan": (_by(read, operator.gt), False),
        f"{prefix}GreaterThanEquals": (_by(read, operator.ge), False),
    }


def _like(found: str, operand: str) -> bool:
    return matches(operand, found)


# Operator -> (how one operand is compared, whether the operator says "not").
OPERATORS: dict[str, tuple[Compare, bool]] = {
    "StringEquals": (operator.eq, False),
    "StringNotEquals": (operator.eq, True),
    "StringEqualsIgnoreCase": (_by(str.lower, operator.eq), False),
    "StringNotEqualsIgnoreCase": (_by(str.lower, operator.eq), True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "Bool": (_by(read_boolean, operator.eq), False),
    "IpAddress": (_inside, False),
    "NotIpAddress": (_inside, True),
    **_ordered("Numeric", float),
    **_ordered("Date", read_date),
}

# What an operand must be readable as, by the operator's first word.
OPERAND_READERS: dict[str, Callable[[str], object]] = {
    "String": str,
    "Bool": read_boolean,
    "Numeric": float,
    "Date": read_date,
    "IpAddress": lambda text: ip_network(text, strict=False),
    "NotIpAddress": lambda text: ip_network(text, strict=False),
}
