"""STS 2015-04-01: one function for each API action.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-overview, and its published
error codes.
"""

from __future__ import annotations

import re
from typing import Any

from local.cloud.actions import Action
from local.cloud.authorization import find_assume_role_denial, find_denial
from local.cloud.calls import Call
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.policy import Policy, Question
from local.cloud.policy_document import PolicyError, parse_policy_text
from local.cloud.regions import STS_VERSION
from local.cloud.world import Account, Role, Session, User, lasts_until

_ARN = re.compile(r"acs:ram::\d{16}:(role|user)/[\w.@-]{1,64}", re.ASCII)
_SESSION_NAME = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_DURATION_SECONDS = range(900, 43200 + 1)
_POLICY_CHARACTERS = 2048


def assume_role(call: Call) -> dict[str, Any]:
    """AssumeRole: a session of a role whose trust policy and the caller's own policies allow it."""
    arn = _required(call, "RoleArn", _ARN)
    name = _required(call, "RoleSessionName", _SESSION_NAME)
    duration_seconds = _duration_seconds(call)
    if "ExternalId" in call.parameters and not _EXTERNAL_ID.fullmatch(call.parameters["ExternalId"]):
        raise _wrongly_formed("ExternalId")
    policy = _session_policy(call)
    account, role = _permitted_role(call, arn)
    if duration_seconds > role.max_session_duration_seconds:
        raise _wrong_duration()
    expires = lasts_until(call.now, duration_seconds)
    session = call.world.issue_session(account, role, name, expires=expires, policy=policy)
    return {"RequestId": call.request_id, **_issued(session)}


def get_caller_identity(call: Call) -> dict[str, Any]:
    """GetCallerIdentity: who the keys belong to; needs no permission."""
    account_id, identity = call.caller.account.account_id, call.caller.identity
    body = {"RequestId": call.request_id, "AccountId": account_id}
    if identity is None:
        return body | {
            "IdentityType": "Account",
            "PrincipalId": account_id,
            "UserId": account_id,
            "Arn": f"acs:ram::{account_id}:root",
        }
    if isinstance(identity, User):
        return body | {
            "IdentityType": "RAMUser",
            "PrincipalId": identity.user_id,
            "UserId": identity.user_id,
            "Arn": f"acs:ram::{account_id}:user/{identity.name}",
        }
    name = call.caller.session.name if call.caller.session else ""
    return body | {
        "IdentityType": "AssumedRoleUser",
        "PrincipalId": f"{identity.role_id}:{name}",
        "RoleId": identity.role_id,
        "Arn": f"acs:ram::{account_id}:assumed-role/{identity.name}/{name}",
    }


def _issued(session: Session) -> dict[str, Any]:
    arn = f"{session.account.role_arn(session.role.name)}/{session.name}"
    return {
        "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": f"{session.role.role_id}:{session.name}"},
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": to_wire(session.expires),
        },
    }


def _permitted_role(call: Call, arn: str) -> tuple[Account, Role]:
    """Return the role *arn* and its account where the caller may assume it.

    The caller's own policies are asked before the role is looked for, so that only those who may assume learn whether
    it exists.
    """
    if call.caller.identity is None:
        raise Refusal(403, "NoPermission", "Roles may not be assumed by root accounts.")
    question = _question(call, arn)
    found = call.world.find_role(arn)
    denial = (
        find_denial(call.caller, question)
        if found is None
        else find_assume_role_denial(call.caller, found[1], question)
    )
    if denial is not None:
        message = "You are not authorized to do this action. You should be authorized by RAM."
        raise Refusal(403, "NoPermission", message, denial)
    if found is None:
        raise Refusal(404, "EntityNotExist.Role", "The specified Role not exists .")
    return found


def _question(call: Call, arn: str) -> Question:
    """Return what RAM is asked. Policies mostly name a role with the region `*`, which matches the ARN's empty one."""
    context = call.context()
    if "ExternalId" in call.parameters:
        context["sts:ExternalId"] = call.parameters["ExternalId"]
    return Question("sts:AssumeRole", arn, context, call.caller.principals)


def _required(call: Call, name: str, grammar: re.Pattern[str]) -> str:
    value = call.parameters.get(name, "")
    if not value:
        raise Refusal(400, f"Missing{name}", f"{name} is mandatory for this action.")
    if not grammar.fullmatch(value):
        raise _wrongly_formed(name)
    return value


def _duration_seconds(call: Call) -> int:
    text = call.parameters.get("DurationSeconds", "3600")
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) not in _DURATION_SECONDS:
        raise _wrong_duration()
    return int(text)


def _session_policy(call: Call) -> Policy | None:
    text = call.parameters.get("Policy", "")
    if not text:
        return None
    if len(text) > _POLICY_CHARACTERS:
        raise Refusal(400, "InvalidParameter.PolicySize", "The size of Policy must be smaller than 2048 bytes.")
    try:
        return parse_policy_text(text)
    except PolicyError as error:
        message = "The parameter Policy has not passed grammar check."
        raise Refusal(400, "InvalidParameter.PolicyGrammar", message) from error


def _wrong_duration() -> Refusal:
    # The published text, which speaks of 1 hr although the longest duration is that of the role.
    message = "The Min/Max value of DurationSeconds is 15min/1hr."
    return Refusal(400, "InvalidParameter.DurationSeconds", message)


def _wrongly_formed(name: str) -> Refusal:
    return Refusal(400, f"InvalidParameter.{name}", f"The parameter {name} is wrongly formed.")


ACTIONS = (
    Action("AssumeRole", STS_VERSION, ("GET", "POST"), "/", assume_role),
    Action("GetCallerIdentity", STS_VERSION, ("GET", "POST"), "/", get_caller_identity),
)
