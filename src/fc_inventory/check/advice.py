"""What to do about each cause: who can, in words, and as commands. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fc_inventory.check import commands
from fc_inventory.check.commands import Parties, nothing
from fc_inventory.check.shape import Cause, Fix
from fc_inventory.errors import Side


@dataclass(frozen=True)
class Advice:
    """One row: who can mend it, in words, and as commands."""

    account: Side
    text: str
    commands: Callable[[Parties], tuple[str, ...]] = nothing


_NETWORK = (
    "If the function is bound to a VPC, that VPC needs a way out (an Internet NAT gateway with an EIP), or "
    "the function `internetAccess: true`, and its security group must let port 443 out."
)

ADVICE: dict[Cause, Advice] = {
    "no_credentials": Advice(
        "account_b",
        "Give the function an execution role that trusts fc.aliyuncs.com (`role:` in s.yaml), or this shell keys: "
        "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.",
    ),
    "key_unknown": Advice(
        "account_b", "The access key does not exist (any more), or its role is gone: use another one."
    ),
    "key_disabled": Advice("account_b", "The access key is disabled: enable it in the RAM console, or use another."),
    "token_expired": Advice(
        "account_b",
        "The session has ended. On Function Compute invoke again on a new instance; elsewhere sign in again.",
    ),
    "token_invalid": Advice(
        "account_b", "The security token is missing, cut off, or of another key: set all three parts of one session."
    ),
    "wrong_secret": Advice(
        "account_b",
        "The secret does not belong to the access key, or a proxy changed the request: set the pair anew.",
    ),
    "clock_skew": Advice(
        "account_b", "Set this machine's clock; requests that are off by more than 15 minutes are refused."
    ),
    "caller_is_root": Advice(
        "account_b",
        "An Alibaba Cloud account's own key can't assume a role. Use a RAM user or, on Function Compute, an execution "
        "role.",
    ),
    "caller_lacks_permission": Advice("account_b", "Allow the caller to assume this role.", commands.allow_assuming),
    "caller_explicitly_denied": Advice(
        "account_b",
        "A statement with Effect Deny keeps the caller from assuming this role, whatever else allows it: find and "
        "narrow it.",
        commands.show_callers_policies,
    ),
    "caller_denied_by_control_policy": Advice(
        "account_b", "A control policy of B's resource directory forbids sts:AssumeRole: ask its administrator."
    ),
    "caller_denied_by_session_policy": Advice(
        "account_b", "The caller's own session was made with a policy that lacks sts:AssumeRole: use other keys."
    ),
    "role_not_found": Advice(
        "account_a",
        "The role does not exist: deleted, or the ARN is wrong. Correct the target, or create the role.",
        commands.create_role,
    ),
    "trust_missing": Advice(
        "account_a",
        "No statement of the trust policy lets the caller in. The command adds one that demands the external ID. (RAM "
        "refuses a policy that names somebody who is gone: such a one must be left out.)",
        commands.check_as_customer,
    ),
    "trust_or_external_id": Advice(
        "account_a",
        "The trust policy lets this caller in under no circumstances, or only with another external ID (the cloud does "
        "not tell which; the check from A's side does). If A trusts only the function's role, check with the "
        "function's keys; if A has revoked its trust, remove the target.",
        commands.trust_or_external_id,
    ),
    "trust_explicitly_denied": Advice(
        "account_a",
        "A statement with Effect Deny in the trust policy keeps this caller out: find and narrow it.",
        commands.check_as_customer,
    ),
    "assume_role_denied": Advice(
        "account_a",
        "The cloud does not tell whether the role does not trust the caller (or demands another external ID), or the "
        "caller lacks sts:AssumeRole. The command shows A's half; B's half is a policy that allows sts:AssumeRole on "
        "the role.",
        commands.check_as_customer,
    ),
    "wrong_external_id": Advice(
        "account_a",
        "The trust policy demands another external ID: the two companies compare theirs. The command sets A's, and "
        "leaves the function's role alone trusted.",
        commands.check_as_customer,
    ),
    "external_id_not_demanded": Advice(
        "account_a",
        "The role lets in anybody who gets B to use its ARN: a confused deputy. Demand the external ID that B made for "
        "A alone (B first sets it as the target's external_id); the check from A's side has the command.",
        commands.check_as_customer,
    ),
    "duration_too_long": Advice(
        "account_b",
        "Lower the target's duration_seconds (DURATION_SECONDS), 3600 always fits; or A allows longer sessions.",
        commands.lengthen_sessions,
    ),
    "invalid_parameter": Advice("account_b", "Correct the target's settings: role_arn, external_id, duration_seconds."),
    "session_policy_ignored": Advice(
        "cloud",
        "A session could do more than its session policy allows: report it to Alibaba Cloud with the request id.",
    ),
    "list_denied": Advice(
        "account_a",
        "The role may not call this API; whether a policy is missing or one denies, FC 2.0 does not tell: the first "
        "command does. The others add what may be missing.",
        commands.look_then_allow_listing,
    ),
    "list_permission_missing": Advice(
        "account_a", "Attach to the role a policy with the list actions.", commands.allow_listing
    ),
    "list_explicitly_denied": Advice(
        "account_a",
        "A statement with Effect Deny keeps the role from listing, whatever else allows it. The command names it.",
        commands.check_as_customer,
    ),
    "list_denied_by_control_policy": Advice(
        "account_a", "A control policy of A's resource directory forbids it: ask its administrator."
    ),
    "list_denied_by_session_policy": Advice(
        "account_b", "The function's own session policy denies what it should allow: a fault of this project."
    ),
    "not_activated": Advice(
        "account_a",
        "Function Compute is not activated in this account: activate it (https://fcnext.console.aliyun.com), or B "
        "removes the target; there is nothing to list.",
    ),
    "wrong_account": Advice("account_b", "The host names another account than the session's. Correct role_arn."),
    "session_rejected": Advice("account_a", "The session was refused: check that the role still exists."),
    "whole_account_trusted": Advice(
        "account_a",
        "Every user and role of account B with sts:AssumeRole gets in. The command trusts the function's role alone.",
        commands.check_as_customer,
    ),
    "others_trusted": Advice(
        "account_a",
        "Remove those that are not meant. The command leaves only the function's role.",
        commands.check_as_customer,
    ),
    "condition_not_judged": Advice(
        "account_a",
        "A condition depends on the request: from where it comes, when, with MFA, which a function never has. Whether "
        "the function meets it, this check can't tell: read the statement, and let B prove it with the function's own "
        "keys (s invoke -e '{\"check\": true}').",
    ),
    "more_granted_than_used": Advice(
        "account_a",
        "The function lists and does nothing else. These commands leave the role a policy with the list actions; "
        "other uses of the role may need what they take away.",
        commands.allow_listing,
    ),
    "no_ram_rights": Advice(
        "account_b", "These keys may not read RAM (AliyunRAMReadOnlyAccess would let them): use others, or do without."
    ),
    "execution_role_missing": Advice(
        "account_b",
        "The function's execution role does not exist (another name: --execution-role): create it.",
        commands.create_execution_role,
    ),
    "service_not_trusted": Advice(
        "account_b",
        "The execution role does not trust fc.aliyuncs.com, so that Function Compute can't give it to a function.",
    ),
    "name_not_resolved": Advice(
        "network", f"The name of the host does not resolve: check DNS and the region. {_NETWORK}"
    ),
    "connection_failed": Advice("network", f"Nothing takes the connection, or it breaks off. {_NETWORK}"),
    "tls_failed": Advice(
        "network", "TLS failed: look for a proxy in between that breaks it up, and at the certificates of this machine."
    ),
    "connect_timed_out": Advice("network", f"No answer to the attempt to connect: packets get lost. {_NETWORK}"),
    "no_way_out_of_vpc": Advice(
        "account_b",
        "The function is bound to a VPC that has no way out. Set `internetAccess: true` (s.yaml), or give the VPC an "
        "Internet NAT gateway with an EIP; its security group must let port 443 out.",
    ),
    "answer_timed_out": Advice("network", "The host took the connection but did not answer in time: check again."),
    "redirected": Advice("network", "The host answered with a redirect, which is never followed: look for a proxy."),
    "throttled": Advice("cloud", "Too many requests a second for this account: check again later."),
    "unavailable": Advice("cloud", "The service failed: check again; if it lasts, give Alibaba Cloud the request id."),
    "malformed_answer": Advice("cloud", "The answer was not the API's: look for a proxy in between, and check again."),
    "deadline": Advice("account_b", "The time was used up: raise the function's timeout, or check fewer targets."),
    "unexpected": Advice("cloud", "An error that this check does not know: look the code up, with the request id."),
}


def fix_for(cause: Cause, parties: Parties) -> Fix:
    """Return what to do about *cause*."""
    advice = ADVICE[cause]
    return Fix(account=advice.account, text=advice.text, commands=advice.commands(parties))
