"""RAM policies: parse a policy document, and decide what a set of policies says about one request.

One set of policies answers with explicit deny, else allow, else implicit deny; the order of statements has no meaning.
Sources: https://www.alibabacloud.com/help/en/ram/policy-elements,
https://www.alibabacloud.com/help/en/ram/policy-evaluation-process
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from local.cloud.conditions import Condition
from local.cloud.wildcards import matches


class Verdict(Enum):
    """What a set of policies says; the values of the denials are those of `NoPermissionType` on the wire."""

    ALLOW = "Allow"
    EXPLICIT_DENY = "ExplicitDeny"
    IMPLICIT_DENY = "ImplicitDeny"


@dataclass(frozen=True)
class Question:
    """May this be done?

    `principals` say who asks, in the form `RAM:acs:ram::ID:root` or `Service:fc.aliyuncs.com`; only trust policies look
    at them. `context` holds the condition keys that the request has.
    """

    action: str
    resource: str
    context: Mapping[str, str]
    principals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """One statement; `resources` is None in a trust policy and `principals` is None in every other."""

    denies: bool
    actions: tuple[str, ...]
    actions_excluded: bool
    resources: tuple[str, ...] | None
    principals: frozenset[str] | None
    conditions: tuple[Condition, ...]

    def applies(self, question: Question) -> bool:
        """Tell whether the statement speaks about *question*."""
        return (
            self._names_action(question.action)
            and (self.resources is None or any(matches(pattern, question.resource) for pattern in self.resources))
            and (self.principals is None or not self.principals.isdisjoint(question.principals))
            and all(condition.holds(question.context) for condition in self.conditions)
        )

    def _names_action(self, action: str) -> bool:
        # The documentation calls the values of Action "generally not case-sensitive".
        named = any(matches(pattern.lower(), action.lower()) for pattern in self.actions)
        return named != self.actions_excluded


@dataclass(frozen=True)
class Policy:
    """A parsed policy, with the document that it came from.

    `source` is the JSON text as a client gave it, "" for a document that came otherwise.
    """

    statements: tuple[Statement, ...]
    document: Mapping[str, Any] = field(compare=False, repr=False)
    source: str = field(default="", compare=False, repr=False)

    @property
    def text(self) -> str:
        """The document as JSON text, letter by letter as it was given where it was given so."""
        return self.source or json.dumps(self.document)


def evaluate(policies: Iterable[Policy], question: Question) -> Verdict:
    """Return what *policies* together say about *question*."""
    applying = [statement for policy in policies for statement in policy.statements if statement.applies(question)]
    if any(statement.denies for statement in applying):
        return Verdict.EXPLICIT_DENY
    return Verdict.ALLOW if applying else Verdict.IMPLICIT_DENY
