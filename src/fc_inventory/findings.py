"""The shape of what is worth a look, and of where that could not be told."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fc_inventory.listing import FcVersion, Function, Service
from fc_inventory.outcomes import Outcome
from fc_inventory.rules import Rule

# Target, region, version of Function Compute, service and function: what one service or function is told by.
Subject = tuple[str, str, FcVersion, str | None, str | None]
Evidence = dict[str, str | bool | int]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth a look.

    Attributes:
        rule: which rule found it; a stable word.
        service_name: the service that it is about, or that its function belongs to; None for FC 3.0.
        function_name: the function that it is about; None where it is about a service.
        evidence: the listed fields that it rests on, with their values.
        why: why it matters, in one sentence.
        remedy: what to do about it.
        source: where the public knowledge behind it stands.
    """

    rule: Rule
    target: str
    account_id: str
    region: str
    fc_version: FcVersion
    service_name: str | None
    function_name: str | None
    evidence: Evidence
    why: str
    remedy: str
    source: str

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return self.target, self.region, self.fc_version, self.service_name, self.function_name


class Advice(msgspec.Struct, frozen=True):
    """What a finding says to whoever reads it: the fields of `Finding` that are sentences."""

    why: str
    remedy: str
    source: str


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Where rules could say nothing, or not about everything, and why; without a target it is so everywhere."""

    rules: tuple[Rule, ...]
    reason: str
    target: str | None = None
    region: str | None = None


Found = Iterator["Finding | str"]  # what one rule says of one outcome: findings, and as texts the reasons for gaps


def find(outcome: Outcome, item: Service | Function, rule: Rule, evidence: Evidence, advice: Advice) -> Finding:
    """Return the finding of *rule* about *item* of *outcome*."""
    function = item if isinstance(item, Function) else None
    return Finding(
        rule=rule,
        target=outcome.target,
        account_id=outcome.account_id,
        region=outcome.region,
        fc_version=function.fc_version if function else "v2",
        service_name=item.service_name,
        function_name=function.function_name if function else None,
        evidence=evidence,
        why=advice.why,
        remedy=advice.remedy,
        source=advice.source,
    )


def open_listings(outcome: Outcome, *apis: str) -> Iterator[str]:
    """Yield the reason for a gap for each listing of *apis* that did not come to its end: the rest was not examined."""
    for line in outcome.coverage:
        if line.api in apis and line.extent in ("partial", "failed"):
            yield f"{line.api} of FC {line.fc_version[1]}.0 is {line.extent}: what it did not list was not examined"
