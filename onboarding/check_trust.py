"""The trust policy that a fix proposes: what is there, narrowed; no condition and no Deny is lost. Pure.

An external ID never stands in it, whosever it is: a shell puts it in, from `$EXTERNAL_ID` for the one that B sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onboarding.check_policy import EXTERNAL_ID_KEY, Statement
from onboarding.documents import Document, trust_policy

_SENT = "$EXTERNAL_ID"


def is_meant(statement: Statement, principal: str) -> bool:
    """Tell whether a trust policy's *statement* is about *principal* assuming the role."""
    return statement.names("sts:AssumeRole") and not {principal, everybody(principal)}.isdisjoint(
        statement.principals("RAM")
    )


def everybody(principal: str) -> str:
    """Return what stands for every user and role of *principal*'s account."""
    return f"{principal.rpartition(':')[0]}:root"


def propose_trust(trust: Sequence[Statement], principal: str, external_id: str | None) -> tuple[Document, int]:
    """Return *trust* as it should be for *principal*, and how many other external IDs a shell must put in.

    Where no statement lets *principal* in, one that does is added, and the others stay. Else statements that do let
    *principal* alone in, under the conditions they had and only with the external ID; what lets others in goes.
    """
    letting_in = [statement for statement in trust if is_meant(statement, principal) and not statement.denies]
    hidden = {external_id: _SENT} if external_id is not None else {}
    if not letting_in:
        added: list[Document] = trust_policy([principal], _SENT)["Statement"]
        statements = [*(_hide(dict(statement.content), hidden) for statement in trust), *added]
    else:
        statements = [
            _narrowed(statement, principal, hidden) if statement in letting_in else _hide(statement.content, hidden)
            for statement in trust
            if statement in letting_in or statement.denies or not statement.names("sts:AssumeRole")
        ]
    return {"Version": "1", "Statement": statements}, _others(hidden)


def _narrowed(statement: Statement, principal: str, hidden: dict[str, str]) -> Document:
    """Return *statement* for *principal* alone: it demands the external ID, and all else that it demanded."""
    kept: dict[str, dict[str, Any]] = {}
    for operator, keys in (statement.content.get("Condition") or {}).items():
        others = {key: values for key, values in keys.items() if not _demands(operator, key)}
        if others:
            kept[operator] = others
    kept.setdefault("StringEquals", {})["sts:ExternalId"] = _SENT
    return _hide({**statement.content, "Principal": {"RAM": [principal]}, "Condition": kept}, hidden)


def _demands(operator: str, key: str) -> bool:
    return key.lower() == EXTERNAL_ID_KEY and operator in ("StringEquals", "StringEqualsIgnoreCase", "StringLike")


def _hide(content: Any, hidden: dict[str, str]) -> Document:
    """Return a statement's *content* with variables of the shell for external IDs; *hidden* says which, and grows."""
    conditions = content.get("Condition")
    if not conditions:
        return dict(content)

    def variable(value: str) -> str:
        return value if value == _SENT else hidden.setdefault(value, f"{_SENT}_{_others(hidden) + 2}")

    def values(key: str, given: Any) -> Any:
        if key.lower() != EXTERNAL_ID_KEY:
            return given
        return variable(given) if isinstance(given, str) else [variable(str(value)) for value in given]

    shown = {
        operator: {key: values(key, given) for key, given in keys.items()} for operator, keys in conditions.items()
    }
    return {**content, "Condition": shown}


def _others(hidden: dict[str, str]) -> int:
    return len(set(hidden.values()) - {_SENT})
