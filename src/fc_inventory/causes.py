"""What each category of failure means: whose side it is on, what to do, and whether asking again can help."""

from __future__ import annotations

import msgspec

from fc_inventory.errors import Category, Side


class Cause(msgspec.Struct, frozen=True):
    """One row: `remedy` may name the customer's role as {role_arn}."""

    side: Side
    remedy: str
    retryable: bool = False


CAUSES: dict[Category, Cause] = {
    "no_credentials": Cause(
        "account_b",
        "Give the function an execution role that trusts fc.aliyuncs.com (`role:` in s.yaml). On Function "
        "Compute the runtime then injects ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and "
        "ALIBABA_CLOUD_SECURITY_TOKEN.",
    ),
    "caller_credentials_rejected": Cause(
        "account_b",
        "The function's own keys are expired, disabled or incomplete. Invoke again on a new instance; check "
        "that the execution role still exists.",
    ),
    "caller_denied": Cause(
        "account_b",
        "Attach to the function's execution role a policy that allows sts:AssumeRole on {role_arn} "
        "(AliyunSTSAssumeRoleAccess allows all roles).",
    ),
    "caller_is_root": Cause(
        "account_b",
        "An Alibaba Cloud account's own key can't assume a role: use a RAM user or, on Function Compute, an "
        "execution role.",
    ),
    "trust_denied": Cause(
        "account_a",
        "The trust policy of {role_arn} does not let this caller in, or demands another external ID. If "
        "access was revoked, remove the target; if not, the customer adds the function's execution role to "
        "the trust policy, and both sides compare the external ID.",
    ),
    "assume_role_denied": Cause(
        "account_a",
        "STS does not say which: either {role_arn} does not trust the function's execution role (revoked, "
        "another account, another external ID), or the execution role lacks sts:AssumeRole on it. Check the "
        "customer's trust policy first, then account B's policy.",
    ),
    "role_not_found": Cause(
        "account_a",
        "Role {role_arn} does not exist: it was deleted, or the ARN is wrong. Ask the customer, then correct "
        "or remove the target.",
    ),
    "invalid_parameter": Cause(
        "account_b",
        "Correct the target's settings (role_arn, external_id, duration_seconds; the role's "
        "MaxSessionDuration bounds the last).",
    ),
    "session_rejected": Cause(
        "account_a",
        "The assumed session was refused and so was a new one. Check that {role_arn} still exists and is enabled.",
    ),
    "list_denied": Cause(
        "account_a",
        "Attach to {role_arn} a policy that allows fc:ListServices and fc:ListFunctions on *, with TRIGGERS=true also "
        "fc:ListTriggers (AliyunFCReadOnlyAccess does), and look for an explicit deny.",
    ),
    "not_activated": Cause(
        "account_a",
        "Function Compute is not activated in this account: there is nothing to list until it is. Remove the "
        "target or activate the service.",
    ),
    "wrong_account": Cause(
        "account_b",
        "The host names another account than the role belongs to. Correct role_arn.",
    ),
    "clock_skew": Cause(
        "account_b",
        "The clock of this machine differs from the cloud's by more than 15 minutes: correct it.",
    ),
    "signature_rejected": Cause(
        "account_b",
        "The secret does not belong to the key, or something between changed the request (a proxy that "
        "rewrites headers).",
    ),
    "throttled": Cause(
        "cloud",
        "Too many requests a second for this account. Invoke again later, or with fewer targets at once.",
        retryable=True,
    ),
    "unavailable": Cause(
        "cloud",
        "The service failed. Invoke again; if it lasts, give Alibaba Cloud the request id.",
        retryable=True,
    ),
    "timed_out": Cause(
        "network",
        "No answer in time. Invoke again; check the function's network (VPC, internetAccess) and the region.",
        retryable=True,
    ),
    "network": Cause(
        "network",
        "The host could not be reached. Check the function's network (VPC, DNS, internetAccess) and the region.",
        retryable=True,
    ),
    "redirected": Cause(
        "network",
        "The host answered with a redirect, which is never followed, since the session token would travel "
        "along. Look for a proxy in between.",
    ),
    "malformed_answer": Cause(
        "cloud",
        "The answer was not what the API promises, so nothing is concluded from it. Invoke again; look for a "
        "proxy in between.",
        retryable=True,
    ),
    "repeated_token": Cause(
        "cloud",
        "The cloud returned the same nextToken twice, so the listing would never end. What came before is "
        "kept. Invoke again.",
    ),
    "deadline": Cause(
        "account_b",
        "The invocation's time was used up. Go on with the report's cursor, raise the function's timeout, or ask for "
        "fewer targets or regions at once.",
    ),
    "not_reported": Cause(
        "account_b",
        "The shard of this target has stored nothing that can be read. Look in the flow's execution for how its "
        "invocations ended and in the function's log for why, then run the flow again.",
    ),
    "unexpected": Cause(
        "cloud",
        "An error that this function does not know. Look the code up, with the request id at hand.",
    ),
}
