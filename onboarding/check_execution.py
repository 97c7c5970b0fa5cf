"""Account B's half of the chain, read from RAM: the function's execution role, who may have it, what it may assume."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fc_inventory.check.commands import Parties, replace_trust
from fc_inventory.check.shape import Link, LinkName, not_checked
from onboarding.check_policy import judge
from onboarding.check_roles import RoleSeen, doubtful, wrong
from onboarding.documents import execution_trust_policy

LINKS: tuple[LinkName, ...] = ("execution_role", "execution_role_trust", "execution_role_permission")


def examine_execution_role(role: RoleSeen | None, parties: Parties) -> Iterator[Link]:
    """Yield the links of the execution role, which is the caller of *parties*, to their customer's role."""
    if role is None:
        yield wrong("execution_role", "execution_role_missing", f"there is no role {parties.caller[1]}", parties)
        yield from (not_checked(name) for name in LINKS[1:])
        return
    yield Link(name="execution_role", status="ok", found=f"{role.arn} exists")
    yield _trust_link(role, parties)
    yield _permission_link(role, parties)


def _trust_link(role: RoleSeen, parties: Parties) -> Link:
    naming = [statement for statement in role.trust if "fc.aliyuncs.com" in statement.principals("Service")]
    judged = judge(naming, "sts:AssumeRole", role.arn)
    says = judged.says
    if judged.statement and says == "denies":
        link = wrong("execution_role_trust", "service_not_trusted", f"{judged.statement.place} denies", parties)
        return _with_fix(link, " Narrow the statement that denies.")
    if says == "nothing":
        link = wrong("execution_role_trust", "service_not_trusted", "does not let fc.aliyuncs.com in", parties)
        document = {
            "Version": "1",
            "Statement": [*(one.content for one in role.trust), *execution_trust_policy()["Statement"]],
        }
        more = " The command adds a statement that does."
        return _with_fix(link, more, *replace_trust(parties.caller[1], document))
    if says != "allows":
        found = "lets fc.aliyuncs.com in under a condition"
        return doubtful("execution_role_trust", "condition_not_judged", found, parties)
    return Link(name="execution_role_trust", status="ok", found="trusts fc.aliyuncs.com")


def _with_fix(link: Link, more: str, *commands: str) -> Link:
    fix = link.fix and msgspec.structs.replace(link.fix, text=link.fix.text + more, commands=commands)
    return msgspec.structs.replace(link, fix=fix)


def _permission_link(role: RoleSeen, parties: Parties) -> Link:
    judged = judge(role.permissions, "sts:AssumeRole", parties.role_arn)
    name: LinkName = "execution_role_permission"
    if judged.statement and judged.says == "denies":
        found = f"{judged.statement.place} denies sts:AssumeRole on {parties.role_arn}"
        return wrong(name, "caller_explicitly_denied", found, parties)
    if judged.statement and judged.says != "allows":
        return doubtful(name, "condition_not_judged", f"{judged.statement.place} has a condition", parties)
    if judged.statement is None:
        found = f"no attached policy allows sts:AssumeRole on {parties.role_arn}"
        return wrong(name, "caller_lacks_permission", found, parties)
    return Link(name=name, status="ok", found=f"{judged.statement.place} allows sts:AssumeRole on it")
