"""Commands that mend a broken link, to be copied into the right account's shell: `aliyun ram …` and our own. Pure.

An external ID never stands in them: the shell puts `$EXTERNAL_ID` in, and stops where that is not set.
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

from fc_inventory.grants import LIST_ACTIONS, TRIGGER_ACTIONS

EXTERNAL_ID = '"${EXTERNAL_ID:?}"'
LIST_POLICY = "fc-inventory-list"
_SERVICE_TRUST = (
    """'{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","""
    """"Principal":{"Service":["fc.aliyuncs.com"]}}]}'"""
)


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who is meant: the customer's role, and the caller that assumes it (its ARN as GetCallerIdentity gives it).

    `meant_arn` is whom the customer's role is meant to trust, where that is not the caller: the function's role,
    while a user looks. `with_triggers` tells that the function lists triggers, too.
    """

    role_arn: str
    caller_arn: str | None = None
    meant_arn: str | None = None
    sends_external_id: bool = False
    with_triggers: bool = False

    @property
    def list_actions(self) -> tuple[str, ...]:
        """What the function calls in the customer's account."""
        return LIST_ACTIONS + TRIGGER_ACTIONS if self.with_triggers else LIST_ACTIONS

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
        """The ARN that the trust policy should name."""
        return self.meant_arn or _identity_arn(self.caller_arn)

    @property
    def caller(self) -> tuple[str, str]:
        """The caller's kind and name: `("Role", "fc-inventory")`, `("User", "ops")`."""
        kind, _, name = _identity_arn(self.caller_arn).split(":")[-1].partition("/")
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


def replace_trust(role_name: str, document: dict[str, Any]) -> tuple[str, ...]:
    """For whoever owns a role: *document* as its trust policy."""
    return (f"aliyun ram UpdateRole --RoleName {role_name} --NewAssumeRolePolicyDocument {_quoted(document)}",)


def check_as_customer(parties: Parties) -> tuple[str, ...]:
    """For A: the check from its own side, which reads the policies themselves."""
    external_id = f" --external-id {EXTERNAL_ID}" if parties.sends_external_id else ""
    whom = f"--role-arn {parties.role_arn} --principal {parties.principal}"
    triggers = " --triggers" if parties.with_triggers else ""
    return (f"python -m onboarding check --side a {whom}{external_id}{triggers}",)


def trust_or_external_id(parties: Parties) -> tuple[str, ...]:
    """Which of the two it is, A's side tells, and proposes a trust policy that keeps what its own demands.

    A user of B is perhaps not meant to get in, while the function is: B then looks with the function's keys.
    """
    first = ("s invoke -e '{\"check\": true}'",) if parties.caller[0] == "User" else ()
    return (*first, *check_as_customer(parties))


def allow_listing(parties: Parties) -> tuple[str, ...]:
    """For A: a policy with the list actions, attached to the role."""
    document = _quoted(_allow(parties.list_actions, "*"))
    return (
        f"aliyun ram CreatePolicy --PolicyName {LIST_POLICY} --PolicyDocument {document}",
        f"aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName {LIST_POLICY} --RoleName {parties.role_name}",
    )


def look_then_allow_listing(parties: Parties) -> tuple[str, ...]:
    """For A: first whether the policy is missing at all, then the policy."""
    return (*check_as_customer(parties), *allow_listing(parties))


def lengthen_sessions(parties: Parties) -> tuple[str, ...]:
    """For A, where sessions are to be as long as the target's settings ask for."""
    return (f"aliyun ram UpdateRole --RoleName {parties.role_name} --NewMaxSessionDuration 43200",)


def create_role(parties: Parties) -> tuple[str, ...]:
    """For A: the role anew, with a trust policy that demands the external ID, and the list actions."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"RAM": [parties.principal]},
        "Condition": {"StringEquals": {"sts:ExternalId": "$EXTERNAL_ID"}},
    }
    document = _quoted({"Version": "1", "Statement": [statement]})
    create = f"aliyun ram CreateRole --RoleName {parties.role_name} --AssumeRolePolicyDocument {document}"
    return (create, *allow_listing(parties))


def create_execution_role(parties: Parties) -> tuple[str, ...]:
    """For B: the execution role anew, with the right to assume the customer's."""
    create = f"aliyun ram CreateRole --RoleName {parties.caller[1]} --AssumeRolePolicyDocument {_SERVICE_TRUST}"
    return (create, *allow_assuming(parties))


def nothing(_: Parties) -> tuple[str, ...]:
    """No command mends it."""
    return ()


def _identity_arn(arn: str | None) -> str:
    """Return *arn* as policies spell it: of a session that of its role; a placeholder where it is unknown."""
    if arn is None:
        return "acs:ram::ACCOUNT_B:role/FUNCTION_ROLE"
    assumed = re.fullmatch(r"(acs:ram::\d+):assumed-role/([^/]+)/.*", arn)
    return f"{assumed[1]}:role/{assumed[2]}" if assumed else arn


def _allow(actions: list[str] | tuple[str, ...], resource: str) -> dict[str, Any]:
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


def _quoted(document: dict[str, Any]) -> str:
    """Return *document* as one word of a shell, which fills `$EXTERNAL_ID` (and `$EXTERNAL_ID_2`, …) in."""
    return re.sub(
        r"\$(EXTERNAL_ID(_[0-9]+)?)", r"""'"${\1:?}"'""", shlex.quote(json.dumps(document, separators=(",", ":")))
    )
