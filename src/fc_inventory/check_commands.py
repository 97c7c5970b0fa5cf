"""Commands that mend a broken link, to be copied into the right account's shell: `aliyun ram …` and our own. Pure.

An external ID never stands in them: the shell puts it in from `$EXTERNAL_ID`.
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

LIST_ACTIONS = ("fc:ListServices", "fc:ListFunctions")
LIST_POLICY = "fc-inventory-list"


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who is meant: the customer's role, and the caller that assumes it (its ARN as GetCallerIdentity gives it).

    `principal` is the ARN that a trust policy names for that caller.
    """

    role_arn: str
    caller_arn: str | None = None
    sends_external_id: bool = False

    @property
    def role_name(self) -> str:
        """Name of the customer's role."""
        return self.role_arn.partition(":role/")[2]

    @property
    def account_a(self) -> str:
        """Account of the customer's role."""
        return self.role_arn.split(":")[3]

    @property
    def principal(self) -> str:
        """The caller's ARN in policies: that of the role, not of its session; a placeholder where it is unknown."""
        arn = self.caller_arn or "acs:ram::ACCOUNT_B:role/FUNCTION_ROLE"
        assumed = re.fullmatch(r"(acs:ram::\d+):assumed-role/([^/]+)/.*", arn)
        return f"{assumed[1]}:role/{assumed[2]}" if assumed else arn

    @property
    def caller(self) -> tuple[str, str]:
        """The caller's kind and name: `("Role", "fc-inventory")`, `("User", "ops")`."""
        kind, _, name = self.principal.split(":")[-1].partition("/")
        return kind.capitalize(), name


def allow_assuming(parties: Parties) -> tuple[str, ...]:
    """For B: a policy that allows assuming this role only, attached to the caller."""
    kind, caller = parties.caller
    name = re.sub(r"[^A-Za-z0-9-]", "-", f"assume-{parties.account_a}-{parties.role_name}")
    resource = f"acs:ram:*:{parties.account_a}:role/{parties.role_name}"
    return (
        f"aliyun ram CreatePolicy --PolicyName {name} --PolicyDocument {_quoted(_allow(['sts:AssumeRole'], resource))}",
        f"aliyun ram AttachPolicyTo{kind} --PolicyType Custom --PolicyName {name} --{kind}Name {caller}",
    )


def show_callers_policies(parties: Parties) -> tuple[str, ...]:
    """For B: which policies the caller has, and by ours what they say."""
    kind, caller = parties.caller
    return (f"aliyun ram ListPoliciesFor{kind} --{kind}Name {caller}",)


def trust_caller(parties: Parties) -> tuple[str, ...]:
    """For A: the trust policy that lets this caller in, and demands the external ID."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": [parties.principal]},
        "Condition": {"StringEquals": {"sts:ExternalId": "$EXTERNAL_ID"}},
    }
    document = _quoted({"Version": "1", "Statement": [statement]})
    return (f"aliyun ram UpdateRole --RoleName {parties.role_name} --NewAssumeRolePolicyDocument {document}",)


def check_as_customer(parties: Parties) -> tuple[str, ...]:
    """For A: the check from its own side, which reads the policies themselves."""
    external_id = ' --external-id "$EXTERNAL_ID"' if parties.sends_external_id else ""
    whom = f"--role-arn {parties.role_arn} --principal {parties.principal}"
    return (f"python -m onboarding check --side a {whom}{external_id}",)


def trust_or_external_id(parties: Parties) -> tuple[str, ...]:
    """For A: first which of the two it is, then the trust policy that mends both."""
    return (*check_as_customer(parties), *trust_caller(parties))


def allow_listing(parties: Parties) -> tuple[str, ...]:
    """For A: a policy with the two list actions, attached to the role."""
    return (
        f"aliyun ram CreatePolicy --PolicyName {LIST_POLICY} --PolicyDocument {_quoted(_allow(LIST_ACTIONS, '*'))}",
        f"aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName {LIST_POLICY} --RoleName {parties.role_name}",
    )


def lengthen_sessions(parties: Parties) -> tuple[str, ...]:
    """For A, where sessions are to be as long as the target's settings ask for."""
    return (f"aliyun ram UpdateRole --RoleName {parties.role_name} --NewMaxSessionDuration 43200",)


def create_role(parties: Parties) -> tuple[str, ...]:
    """For A: the role anew, with its trust policy and the two list actions."""
    (update,) = trust_caller(parties)
    document = update.partition("--NewAssumeRolePolicyDocument ")[2]
    create = f"aliyun ram CreateRole --RoleName {parties.role_name} --AssumeRolePolicyDocument {document}"
    return (create, *allow_listing(parties))


def check_in_function(_: Parties) -> tuple[str, ...]:
    """For B: the same check with the function's own keys."""
    return ("s invoke -e '{\"check\": true}'",)


def nothing(_: Parties) -> tuple[str, ...]:
    """No command mends it."""
    return ()


def _allow(actions: list[str] | tuple[str, ...], resource: str) -> dict[str, Any]:
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def _quoted(document: dict[str, Any]) -> str:
    """Return *document* as one word of a shell, which fills `$EXTERNAL_ID` in."""
    return shlex.quote(json.dumps(document, separators=(",", ":"))).replace("$EXTERNAL_ID", "'\"$EXTERNAL_ID\"'")
