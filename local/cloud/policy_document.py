"""The grammar of RAM policy documents; everything that it doesn't know is refused.

Sources: https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax (permission policies),
https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role (trust policies and their
principals).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.cloud.conditions import OPERAND_READERS, OPERATORS, Condition
from local.cloud.policy import Policy, Statement

RAM_PRINCIPAL = re.compile(r"acs:ram::\d{16}:(root|user/[\w.@-]{1,64}|role/[\w.-]{1,64})", re.ASCII)
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
RESOURCE = re.compile(r"\*|acs:[^:]*:[^:]*:[^:]*:.+")


class PolicyError(ValueError):
    """A policy document breaks the grammar; the text says where, what was found and what was expected."""


def parse_policy(document: object) -> Policy:
    """Return the permission policy (identity or session) that *document*, as read from JSON, describes.

    Raises PolicyError.
    """
    return _parse(document, trust=False)


def parse_trust_policy(document: object) -> Policy:
    """Return the trust policy that *document*, as read from JSON, describes; raises PolicyError."""
    return _parse(document, trust=True)


def parse_policy_text(text: str, *, trust: bool = False) -> Policy:
    """Return the permission policy, or with *trust* the trust policy, in the JSON *text*; raises PolicyError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError("the document is not JSON") from error
    return replace(_parse(document, trust=trust), source=text)


def _parse(document: object, *, trust: bool) -> Policy:
    mapping = _mapping(document, "document")
    _only(mapping, {"Version", "Statement"}, "document")
    if mapping.get("Version") != "1":
        raise PolicyError(f"Version: found {mapping.get('Version')!r}, expected '1' in quotes")
    statements = mapping.get("Statement")
    if not isinstance(statements, list):
        raise PolicyError("Statement: expected a list of statements")
    parsed = (_statement(item, f"Statement[{index}]", trust=trust) for index, item in enumerate(statements))
    return Policy(tuple(parsed), mapping)


def _statement(item: object, where: str, *, trust: bool) -> Statement:
    mapping = _mapping(item, where)
    subject = "Principal" if trust else "Resource"
    _only(mapping, {"Effect", "Action", "NotAction", "Condition", subject}, where)
    if mapping.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"{where}.Effect: found {mapping.get('Effect')!r}, expected 'Allow' or 'Deny'")
    if ("Action" in mapping) == ("NotAction" in mapping):
        raise PolicyError(f"{where}: expected either Action or NotAction")
    if subject not in mapping:
        raise PolicyError(f"{where}: expected {subject}")
    actions = "Action" if "Action" in mapping else "NotAction"
    return Statement(
        denies=mapping["Effect"] == "Deny",
        actions=_strings(mapping[actions], f"{where}.{actions}", ACTION),
        actions_excluded=actions == "NotAction",
        resources=None if trust else _strings(mapping["Resource"], f"{where}.Resource", RESOURCE),
        principals=_principals(mapping["Principal"], f"{where}.Principal") if trust else None,
        conditions=_conditions(mapping.get("Condition", {}), f"{where}.Condition"),
    )


def _principals(item: object, where: str) -> frozenset[str]:
    mapping = _mapping(item, where)
    _only(mapping, {"RAM", "Service", "Federated"}, where)
    if not mapping:
        raise PolicyError(f"{where}: expected RAM, Service or Federated")
    grammars = {
        "RAM": RAM_PRINCIPAL,
        "Service": re.compile(r"[a-z0-9.-]+\.aliyuncs\.com"),
        "Federated": re.compile(r".+"),
    }
    return frozenset(
        f"{kind}:{name}"
        for kind, names in mapping.items()
        for name in _strings(names, f"{where}.{kind}", grammars[kind])
    )


def _conditions(item: object, where: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(operator, key, _operands(values, operator, f"{where}.{operator}.{key}"))
        for operator, keys in _mapping(item, where).items()
        for key, values in _mapping(keys, f"{where}.{operator}").items()
    )


def _operands(values: object, operator: str, where: str) -> tuple[str, ...]:
    if operator not in OPERATORS:
        raise PolicyError(f"{where}: unknown operator {operator!r}; known are {', '.join(sorted(OPERATORS))}")
    operands = tuple(_text(value, where) for value in (values if isinstance(values, list) else [values]))
    reader = next(read for word, read in OPERAND_READERS.items() if operator.startswith(word))
    try:
        for operand in operands:
            reader(operand)
    except ValueError as error:
        raise PolicyError(f"{where}: found {values!r}, expected operands for {operator}") from error
    return operands


def _text(value: object, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise PolicyError(f"{where}: found {value!r}, expected a string, number or truth value")


def _strings(value: object, where: str, grammar: re.Pattern[str]) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    for text in values:
        if not isinstance(text, str) or not grammar.fullmatch(text):
            raise PolicyError(f"{where}: found {text!r}, expected a string like {grammar.pattern}")
    if not values:
        raise PolicyError(f"{where}: found an empty list")
    return tuple(values)


def _mapping(item: object, where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise PolicyError(f"{where}: found {type(item).__name__}, expected an object")
    return item


def _only(mapping: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(mapping) - known)
    if unknown:
        raise PolicyError(f"{where}: unknown element {unknown[0]!r}; known are {', '.join(sorted(known))}")
