"""What is worth a look, computed from what was listed and nothing more. Pure: the day is given, no clock is read.

A finding rests on what the lists hold about one service or function, which is its evidence. What a rule would need and
the lists don't hold is told as a gap: never as a finding, and never as nothing found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from fc_inventory import function_rules, service_rules
from fc_inventory.findings import Finding, Found, Gap
from fc_inventory.outcomes import Outcome
from fc_inventory.rules import RULES, Rule

_LOOK: dict[Rule, Callable[[Outcome, date], Found]] = {
    "http_trigger_anonymous": function_rules.http_trigger_anonymous,
    "runtime_deprecated": function_rules.runtime_deprecated,
    "runtime_end_of_life": function_rules.runtime_end_of_life,
    "role_missing": function_rules.role_missing,
    "internet_beside_vpc": function_rules.internet_beside_vpc,
    "service_without_functions": service_rules.service_without_functions,
    "service_unused": service_rules.service_unused,
}


def left_out(rules: Collection[Rule]) -> tuple[Gap, ...]:
    """Return the gap, if any, that *rules* leave everywhere because they are not all."""
    names = tuple(rule for rule in RULES if rule not in rules)
    return (Gap(rules=names, reason="left out by FINDINGS"),) if names else ()


def examine(outcome: Outcome, rules: Collection[Rule], today: date) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
    """Return what *rules* find in *outcome* as of *today*, and where they could say nothing."""
    findings: list[Finding] = []
    reasons: dict[str, list[Rule]] = {}
    for rule in (rule for rule in RULES if rule in rules):
        for found in _LOOK[rule](outcome, today):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                reasons.setdefault(found, []).append(rule)
    gaps = tuple(
        Gap(rules=tuple(names), reason=reason, target=outcome.target, region=outcome.region)
        for reason, names in reasons.items()
    )
    return tuple(findings), gaps
