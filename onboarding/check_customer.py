"""Account A's half of the chain, read from RAM: the role, whom it trusts, how, and what it may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from fc_inventory.check.advice import fix_for
from fc_inventory.check.commands import Parties, replace_trust
from fc_inventory.check.shape import Fix, Link, LinkName, not_checked
from onboarding.check_policy import FITTING, Statement, excess, judge
from onboarding.check_roles import RoleSeen, doubtful, wrong
from onboarding.check_trust import everybody, is_meant, propose_trust

_TRIGGERS = {"ListTriggers": ("fc:ListTriggers", "functions/*/triggers/*")}
_LISTS = {"ListServices": ("fc:ListServices", "services/*"), "ListFunctions": ("fc:ListFunctions", "functions/*")}
BEHIND_ROLE: tuple[LinkName, ...] = ("trust_policy", "external_id", "session", "list_permission", "excess_permission")


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What account A's role should be like: whom it lets in with which external ID, for how long, and where."""

    parties: Parties
    external_id: str | None = field(repr=False)
    duration_seconds: int
    regions: tuple[str, ...]


def examine_customer(role: RoleSeen | None, expected: Expectation) -> Iterator[Link]:
    """Yield account A's links; behind a role that isn't there nothing can be judged."""
    parties = expected.parties
    if role is None:
        yield wrong("role", "role_not_found", f"there is no role {parties.role_name}", parties)
        yield from (not_checked(name) for name in BEHIND_ROLE)
        return
    yield Link(name="role", status="ok", found="exists")
    yield from _examine_trust(role, expected)
    yield _session_link(role, expected)
    for region in expected.regions:
        yield from (_list_link(role, api, region, parties) for api in _lists(parties))
    yield _excess_link(role, parties)


def _examine_trust(role: RoleSeen, expected: Expectation) -> Iterator[Link]:
    parties, fix = expected.parties, _fix_of_trust(role, expected)
    about = [statement for statement in role.trust if is_meant(statement, parties.principal)]
    allowing = [statement for statement in about if not statement.denies and statement.applies(FITTING) != "no"]
    denying = [statement for statement in about if statement.denies]
    if not allowing:
        named = ", ".join(_principals(role.trust)) or "nobody"
        yield fix(wrong("trust_policy", "trust_missing", f"trusts {named}, not {parties.principal}", parties))
        yield not_checked("external_id")
        return
    denied = judge(denying, "sts:AssumeRole", role.arn, FITTING)
    if denied.statement and denied.says == "denies":
        yield wrong("trust_policy", "trust_explicitly_denied", f"{denied.statement.place} denies", parties)
        yield not_checked("external_id")
        return
    allowed = judge(allowing, "sts:AssumeRole", role.arn, FITTING)
    unjudged = [found.statement for found in (denied, allowed) if found.statement and found.says != "allows"]
    if unjudged:
        found = "; ".join(map(_unjudged, unjudged))
        yield doubtful("trust_policy", "condition_not_judged", found, parties)
    breadth = _breadth_link(role, expected)
    if breadth.status != "ok" or not unjudged:
        yield fix(breadth)
    yield _external_id_link(allowing, denying, role, expected)


def _breadth_link(role: RoleSeen, expected: Expectation) -> Link:
    """Judge whether more are trusted than the one that is meant."""
    parties = expected.parties
    all_of_b = everybody(parties.principal)
    named = _principals([statement for statement in role.trust if not statement.denies])
    others = [principal for principal in named if principal not in (parties.principal, all_of_b)]
    if all_of_b in named:
        found = f"trusts {all_of_b}: every user and role of that account"
        return doubtful("trust_policy", "whole_account_trusted", found, parties)
    if others:
        return doubtful("trust_policy", "others_trusted", f"trusts also {', '.join(others)}", parties)
    return Link(name="trust_policy", status="ok", found=f"trusts {parties.principal} alone")


def _external_id_link(
    allowing: list[Statement], denying: list[Statement], role: RoleSeen, expected: Expectation
) -> Link:
    parties, fix = expected.parties, _fix_of_trust(role, expected)
    lax = [statement for statement in allowing if not statement.demands_external_id]
    if lax and not any(statement.denies_other_external_ids for statement in denying):
        keys = (
            [] if any(not statement.depends_on for statement in lax) else [key for one in lax for key in one.depends_on]
        )
        where = f", where its conditions hold ({', '.join(dict.fromkeys(keys))})" if keys else ""
        found = f"the trust policy demands no external ID: it lets in anybody who gets B to use the role's ARN{where}"
        return fix(doubtful("external_id", "external_id_not_demanded", found, parties))
    if expected.external_id is None:
        return not_checked("external_id", "demanded; with --external-id it is compared, too")
    allowed = judge(allowing, "sts:AssumeRole", role.arn, expected.external_id)
    denied = judge(denying, "sts:AssumeRole", role.arn, expected.external_id)
    if allowed.says == "nothing" or denied.says == "denies":
        found = "the trust policy demands another external ID than the given one"
        return fix(wrong("external_id", "wrong_external_id", found, parties))
    return Link(name="external_id", status="ok", found="demanded, and it is the given one")


def _fix_of_trust(role: RoleSeen, expected: Expectation) -> Callable[[Link], Link]:
    """Return what puts the command that mends the trust policy into a link's fix: one for all that is wrong with it."""
    parties = expected.parties

    def with_command(link: Link) -> Link:
        if link.fix is None:
            return link
        document, hidden = propose_trust(role.trust, parties.principal, expected.external_id)
        numbered = ", ".join(f"EXTERNAL_ID_{number}" for number in range(2, hidden + 2))
        more = f" {numbered}: other external IDs of the policy, which are not shown here." if hidden else ""
        text = f"{link.fix.text} Conditions and statements that deny stay as they are.{more}"
        fix = msgspec.structs.replace(link.fix, text=text, commands=replace_trust(parties.role_name, document))
        return msgspec.structs.replace(link, fix=fix)

    return with_command


def _session_link(role: RoleSeen, expected: Expectation) -> Link:
    found = f"sessions of up to {role.max_session_seconds} s, {expected.duration_seconds} s asked for"
    if role.max_session_seconds < expected.duration_seconds:
        return wrong("session", "duration_too_long", found, expected.parties)
    return Link(name="session", status="ok", found=found)


def _lists(parties: Parties) -> dict[str, tuple[str, str]]:
    return _LISTS | _TRIGGERS if parties.with_triggers else _LISTS


def _list_link(role: RoleSeen, api: str, region: str, parties: Parties) -> Link:
    action, resource = _lists(parties)[api]
    judged = judge(role.permissions, action, f"acs:fc:{region}:{parties.account_a}:{resource}")
    link = Link(name="list_permission", status="ok", found="", region=region, api=api)
    if judged.statement is None:
        return wrong(link, "list_permission_missing", f"no attached policy allows {action}", parties)
    if judged.says == "denies":
        return wrong(link, "list_explicitly_denied", f"{judged.statement.place} denies {action}", parties)
    if judged.says != "allows":
        return doubtful(link, "condition_not_judged", _unjudged(judged.statement), parties)
    return msgspec.structs.replace(link, found=f"{judged.statement.place} allows {action}")


def _excess_link(role: RoleSeen, parties: Parties) -> Link:
    beyond = excess(role.permissions, parties.list_actions)
    if not beyond:
        number = "three" if parties.with_triggers else "two"
        return Link(name="excess_permission", status="ok", found=f"nothing beyond the {number} list actions")
    hint = ""
    if judge(role.permissions, "fc:GetFunctionCode", f"acs:fc:*:{parties.account_a}:functions/x").says != "nothing":
        hint = " (GetFunctionCode, which hands out code, is among them)"
    link = doubtful("excess_permission", "more_granted_than_used", f"{'; '.join(beyond)}{hint}", parties)
    return msgspec.structs.replace(link, fix=_fix_of_excess(role, parties))


def _fix_of_excess(role: RoleSeen, parties: Parties) -> Fix:
    """Return how to detach what holds more than the lists, and before it to attach the lists if they would be lost.

    A policy that also denies, or allows under a condition, is left to its owner: without it the role could do more.
    """
    fix = fix_for("more_granted_than_used", parties)
    held = [key for key in role.attached if excess(_of_policy(role, key[1]), parties.list_actions)]
    guarding = [
        name for _, name in held if any(one.denies or one.content.get("Condition") for one in _of_policy(role, name))
    ]
    if guarding:
        text = f"{fix.text} Narrow {', '.join(guarding)} by hand: it denies, or has conditions, that must stay."
        fix = msgspec.structs.replace(fix, text=text)
    too_much = [key for key in held if key[1] not in guarding]
    left = [statement for key in role.attached if key not in too_much for statement in _of_policy(role, key[1])]
    resources = {action: f"acs:fc:*:{parties.account_a}:{resource}" for action, resource in _lists(parties).values()}
    are_lists_left = all(judge(left, action, resource).says == "allows" for action, resource in resources.items())
    detach = tuple(
        f"aliyun ram DetachPolicyFromRole --PolicyType {kind} --PolicyName {name} --RoleName {parties.role_name}"
        for kind, name in too_much
    )
    return msgspec.structs.replace(fix, commands=(*(() if are_lists_left or not detach else fix.commands), *detach))


def _of_policy(role: RoleSeen, name: str) -> list[Statement]:
    return [statement for statement in role.permissions if statement.policy == name]


def _principals(statements: list[Statement]) -> list[str]:
    kinds = ("RAM", "Service", "Federated")
    return list(
        dict.fromkeys(name for statement in statements for kind in kinds for name in statement.principals(kind))
    )


def _unjudged(statement: Statement) -> str:
    return f"{statement.place} depends on {', '.join(statement.depends_on)}"
