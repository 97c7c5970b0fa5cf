"""A small reading of RAM policies: what do documents say of one action, and which statement says it? Pure.

Deny before allow, `*` and `?`, NotAction; of conditions those on the external ID and on HTTPS, which is always used,
are judged; any other makes a statement one that may apply. https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements,
https://www.alibabacloud.com/help/en/ram/policy-evaluation-process
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from onboarding.documents import Document

Says = Literal["allows", "denies", "may allow", "may deny", "nothing"]
Applies = Literal["yes", "no", "perhaps"]

EXTERNAL_ID_KEY = "sts:externalid"


class Fitting:
    """In place of an external ID that isn't known: it is taken for the one that fits."""


FITTING: Final = Fitting()
ExternalId = str | Fitting | None  # None: the request has none


@dataclass(frozen=True)
class Statement:
    """One statement and where it stands: the policy's name and its number there, from 1."""

    policy: str
    number: int
    content: Mapping[str, Any]

    @property
    def denies(self) -> bool:
        """Whether its Effect is Deny."""
        return self.content.get("Effect") == "Deny"

    @property
    def place(self) -> str:
        """The statement in words."""
        return f"{self.policy}, statement {self.number}"

    def names(self, action: str) -> bool:
        """Tell whether it is about *action*; case means nothing there."""
        if "NotAction" in self.content:
            return not _any_matches(self.content["NotAction"], action, ignore_case=True)
        return _any_matches(self.content.get("Action", ()), action, ignore_case=True)

    def covers(self, resource: str) -> bool:
        """Tell whether it is about *resource*; a trust policy's statement names none and is about its role."""
        return "Resource" not in self.content or _any_matches(self.content["Resource"], resource)

    def principals(self, kind: str) -> list[str]:
        """Return the principals of *kind*: `RAM`, `Service`, `Federated`."""
        named = self.content.get("Principal")
        return as_list(named.get(kind, ())) if isinstance(named, Mapping) else []

    def conditions(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield operator, key and values of each condition."""
        for operator, keys in (self.content.get("Condition") or {}).items():
            yield from ((operator, key, as_list(values)) for key, values in keys.items())

    @property
    def demands_external_id(self) -> bool:
        """Whether only one that it names is let in: neither any, nor all but one."""
        return any(
            key.lower() == EXTERNAL_ID_KEY and operator.startswith("String") and "Not" not in operator
            and not (operator == "StringLike" and any(set(value) <= {"*", "?"} for value in values))
            for operator, key, values in self.conditions()
        )  # fmt: skip

    @property
    def denies_other_external_ids(self) -> bool:
        """Whether only the external IDs that it names are not denied, whatever else a request is like."""
        about = [key.lower() == EXTERNAL_ID_KEY for _, key, _ in self.conditions()]
        return self.denies and about == [True] and self.applies(None) == self.applies("\n") == "yes"

    @property
    def depends_on(self) -> list[str]:
        """The keys of the conditions that are not judged."""
        unjudged = (
            key for operator, key, values in self.conditions() if _holds(operator, key, values, None) == "perhaps"
        )
        return sorted(set(unjudged))

    def applies(self, external_id: ExternalId) -> Applies:
        """Tell whether its conditions hold for a request with *external_id*."""
        conditions = list(self.conditions())
        if isinstance(external_id, Fitting):
            others = [condition for condition in conditions if condition[1].lower() != EXTERNAL_ID_KEY]
            if self.denies and others != conditions:
                return "no"
            conditions, external_id = others, None
        held = [_holds(operator, key, values, external_id) for operator, key, values in conditions]
        return "no" if "no" in held else "perhaps" if "perhaps" in held else "yes"


@dataclass(frozen=True)
class Judgement:
    """What documents say, and the statement that says it, None where none does."""

    says: Says
    statement: Statement | None = None


def statements_of(documents: Mapping[str, Document]) -> list[Statement]:
    """Return all statements of *documents*, which are by name."""
    return [
        Statement(name, number, content)
        for name, document in documents.items()
        for number, content in enumerate(document.get("Statement", ()), 1)
    ]


def judge(statements: Sequence[Statement], action: str, resource: str, external_id: ExternalId = None) -> Judgement:
    """Return what *statements* say of *action* on *resource*: a certain denial first, then what may be one."""
    about = [
        (statement, applies)
        for statement in statements
        if statement.names(action) and statement.covers(resource)
        and (applies := statement.applies(external_id)) != "no"
    ]  # fmt: skip
    order: tuple[tuple[Says, bool, Applies], ...] = (
        ("denies", True, "yes"),
        ("may deny", True, "perhaps"),
        ("allows", False, "yes"),
        ("may allow", False, "perhaps"),
    )
    for says, is_deny, wanted in order:
        for statement, applies in about:
            if statement.denies == is_deny and applies == wanted:
                return Judgement(says, statement)
    return Judgement("nothing")


def excess(statements: Sequence[Statement], used: Sequence[str]) -> list[str]:
    """Return what *statements* allow beyond *used*, one text for each statement: where, and which actions."""
    wanted = {action.lower() for action in used}
    found = []
    for statement in statements:
        if statement.denies:
            continue
        excluded = as_list(statement.content.get("NotAction", ()))
        beyond = [action for action in as_list(statement.content.get("Action", ())) if action.lower() not in wanted]
        if excluded:
            beyond.append(f"all but {', '.join(excluded)}")
        if beyond:
            found.append(f"{statement.place}: {', '.join(beyond)}")
    return found


def as_list(value: object) -> list[str]:
    """Return *value*, which may be one text or several, as a list."""
    return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, Sequence) else []


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Tell whether all of *text* fits *pattern*: `*` stands for anything, `?` for one character."""
    parts = (
        "[^\n]*" if sign == "*" else "[^\n]" if sign == "?" else re.escape(sign)
        for sign in re.sub(r"\*+", "*", pattern)
    )
    return re.fullmatch("".join(parts), text, re.IGNORECASE if ignore_case else 0) is not None


def _any_matches(patterns: object, text: str, *, ignore_case: bool = False) -> bool:
    return any(matches(pattern, text, ignore_case=ignore_case) for pattern in as_list(patterns))


def _holds(operator: str, key: str, values: list[str], external_id: str | None) -> Applies:
    """Judge one condition; a request without the key fulfils only what says "Not" (unverified)."""
    if (operator, key.lower()) == ("Bool", "acs:securetransport"):
        return "yes" if "true" in (value.lower() for value in values) else "no"
    kind = operator.replace("Not", "")
    if key.lower() != EXTERNAL_ID_KEY or kind not in ("StringEquals", "StringEqualsIgnoreCase", "StringLike"):
        return "perhaps"
    found = external_id is not None and any(_fits(kind, value, external_id) for value in values)
    return "yes" if found != ("Not" in operator) else "no"


def _fits(kind: str, value: str, external_id: str) -> bool:
    if kind == "StringLike":
        return matches(value, external_id)
    return value.lower() == external_id.lower() if kind == "StringEqualsIgnoreCase" else value == external_id
