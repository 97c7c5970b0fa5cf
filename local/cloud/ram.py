"""RAM 2015-05-01: what concerns the account as a whole, and the table of all actions.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview
"""

from __future__ import annotations

import re
from typing import Any

from local.cloud import ram_access_keys, ram_attachments, ram_policies, ram_policy_versions, ram_roles, ram_users
from local.cloud.authorization import find_denial
from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.policy import Question
from local.cloud.ram_entities import authorise, ram_action
from local.cloud.ram_parameters import invalid, require

_ALIAS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ALIAS_LENGTHS = range(3, 63 + 1)


def set_account_alias(call: Call) -> dict[str, Any]:
    """SetAccountAlias, in place of the one before."""
    alias = require(call, "AccountAlias")
    if len(alias) not in _ALIAS_LENGTHS:
        raise invalid("AccountAlias", kind=".Length", message='The parameter - "{}" MUST be in the range of 3 and 63.')
    if not _ALIAS.fullmatch(alias):
        raise invalid("AccountAlias", kind=".Format", message='The format of parameter - "{}" is incorrect.')
    authorise(call, "SetAccountAlias", "*")
    if any(other.alias == alias for other in call.world.accounts.values() if other is not call.account):
        raise Refusal(409, "EntityAlreadyExists.AccountAlias", "The account alias does already exist.")
    call.account.alias = alias
    return {"RequestId": call.request_id}


def get_account_alias(call: Call) -> dict[str, Any]:
    """GetAccountAlias, empty where there is none."""
    authorise(call, "GetAccountAlias", "*")
    return {"RequestId": call.request_id, "AccountAlias": call.account.alias}


def clear_account_alias(call: Call) -> dict[str, Any]:
    """ClearAccountAlias."""
    authorise(call, "ClearAccountAlias", "*")
    call.account.alias = ""
    return {"RequestId": call.request_id}


def decode_diagnostic_message(call: Call) -> dict[str, Any]:
    """DecodeDiagnosticMessage: what a denial of one of this account's own identities was about."""
    encoded = require(call, "EncodedDiagnosticMessage")
    denial = find_denial(call.caller, Question("ram:DecodeDiagnosticMessage", "*", call.context()))
    if denial is not None:
        raise Refusal(403, "NoPermission", "You do not have the required permissions.", denial)
    asked = call.world.denials.get(encoded)
    if asked is None or asked.principal["AuthPrincipalOwnerId"] != call.account.account_id:
        raise Refusal(404, "EntityNotExist", "The specific DecodedDiagnosticMessage cannot be found.")
    return {"RequestId": call.request_id, "DecodedDiagnosticMessage": asked.diagnosis()}


ACTIONS = (
    *ram_roles.ACTIONS,
    *ram_policies.ACTIONS,
    *ram_policy_versions.ACTIONS,
    *ram_attachments.ACTIONS,
    *ram_users.ACTIONS,
    *ram_access_keys.ACTIONS,
    ram_action("SetAccountAlias", set_account_alias),
    ram_action("GetAccountAlias", get_account_alias),
    ram_action("ClearAccountAlias", clear_account_alias),
    ram_action("DecodeDiagnosticMessage", decode_diagnostic_message),
)
