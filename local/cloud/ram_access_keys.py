"""The access keys of RAM users, one function for each action. Without `UserName` they are the calling user's own.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createaccesskey and its
neighbours.
"""

from __future__ import annotations

from typing import Any

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.identifiers import make_key_pair
from local.cloud.ram_entities import authorise, find_user, now, ram_action
from local.cloud.ram_parameters import read_choice, read_name, require
from local.cloud.world import AccessKey, User

_MAXIMUM_KEYS = 2


def create_access_key(call: Call) -> dict[str, Any]:
    """CreateAccessKey: the only answer that ever holds the secret."""
    user = _user(call, "CreateAccessKey")
    if len(user.access_keys) >= _MAXIMUM_KEYS:
        message = "The access key count of the user access keys beyond the current limits."
        raise Refusal(409, "LimitExceeded.User.AccessKey", message)
    access_key_id, secret = make_key_pair(call.account.next_seed("user", user.name))
    key = AccessKey(access_key_id, secret, created=now(call))
    user.access_keys.append(key)
    return {"RequestId": call.request_id, "AccessKey": {**_described(key), "AccessKeySecret": secret}}


def list_access_keys(call: Call) -> dict[str, Any]:
    """ListAccessKeys, oldest first."""
    user = _user(call, "ListAccessKeys")
    return {"RequestId": call.request_id, "AccessKeys": {"AccessKey": [_described(key) for key in user.access_keys]}}


def update_access_key(call: Call) -> dict[str, Any]:
    """UpdateAccessKey: an inactive key is refused from the next call on."""
    access_key_id = require(call, "UserAccessKeyId")
    status = read_choice(call, "Status", "Active", "Inactive")
    _key(_user(call, "UpdateAccessKey"), access_key_id).active = status == "Active"
    return {"RequestId": call.request_id}


def delete_access_key(call: Call) -> dict[str, Any]:
    """DeleteAccessKey."""
    access_key_id = require(call, "UserAccessKeyId")
    user = _user(call, "DeleteAccessKey")
    user.access_keys.remove(_key(user, access_key_id))
    return {"RequestId": call.request_id}


def _user(call: Call, action: str) -> User:
    """Return whose keys *call* is about; raises Refusal where the caller may not, or isn't a user and names none."""
    own = call.caller.identity.name if isinstance(call.caller.identity, User) else ""
    name = own if own and not call.parameters.get("UserName") else read_name(call, "UserName")
    authorise(call, action, f"user/{name}")
    return find_user(call, name)


def _key(user: User, access_key_id: str) -> AccessKey:
    for key in user.access_keys:
        if key.access_key_id == access_key_id:
            return key
    raise Refusal(404, "EntityNotExist.User.AccessKey", "The user access key does not exist.")


def _described(key: AccessKey) -> dict[str, Any]:
    status = "Active" if key.active else "Inactive"
    return {"AccessKeyId": key.access_key_id, "Status": status, "CreateDate": key.created}


ACTIONS = (
    ram_action("CreateAccessKey", create_access_key),
    ram_action("ListAccessKeys", list_access_keys),
    ram_action("UpdateAccessKey", update_access_key),
    ram_action("DeleteAccessKey", delete_access_key),
)
