"""RAM's users, one function for each action.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createuser and its neighbours.
"""

from __future__ import annotations

import re
from typing import Any

from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.identifiers import make_digits
from local.cloud.ram_entities import authorise, find_user, now, ram_action
from local.cloud.ram_parameters import invalid, read_name, read_page, read_text
from local.cloud.world import User

_MAXIMUM_USERS = 1000
_TEXTS = {"DisplayName": 128, "Comments": 128}
_FORMATS = {"MobilePhone": re.compile(r"[0-9]{1,4}-[0-9]{4,15}"), "Email": re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")}
_DETAILS = ("DisplayName", "MobilePhone", "Email", "Comments")


def create_user(call: Call) -> dict[str, Any]:
    """CreateUser, without keys and policies."""
    name = read_name(call, "UserName")
    details = _details(call)
    authorise(call, "CreateUser", "user/*")
    if name in call.account.users:
        raise Refusal(409, "EntityAlreadyExists.User", "The user does already EXIST.")
    if len(call.account.users) >= _MAXIMUM_USERS:
        raise Refusal(409, "LimitExceeded.User", "The count of users beyond the current limits.")
    user_id = make_digits("2", call.account.next_seed("user", name))
    user = User(name, user_id, details=details, created=now(call), updated=now(call))
    call.account.users[name] = user
    return {"RequestId": call.request_id, "User": _user(user)}


def get_user(call: Call) -> dict[str, Any]:
    """GetUser; nobody ever logs on to a console here."""
    name = read_name(call, "UserName")
    authorise(call, "GetUser", f"user/{name}")
    user = find_user(call, name)
    return {"RequestId": call.request_id, "User": _user(user) | {"UpdateDate": user.updated, "LastLoginDate": ""}}


def delete_user(call: Call) -> dict[str, Any]:
    """DeleteUser: one that has neither keys nor policies any more."""
    name = read_name(call, "UserName")
    authorise(call, "DeleteUser", f"user/{name}")
    user = find_user(call, name)
    if user.access_keys:
        message = "The user CAN NOT has any access key while deleting the user."
        raise Refusal(409, "DeleteConflict.User.AccessKey", message)
    if user.policies:
        message = "The user CAN NOT has any attached policy while deleting the user."
        raise Refusal(409, "DeleteConflict.User.Policy", message)
    del call.account.users[name]
    return {"RequestId": call.request_id}


def list_users(call: Call) -> dict[str, Any]:
    """ListUsers, in order of name."""
    page, more = read_page(call, call.account.users)
    authorise(call, "ListUsers", "user/*")
    users = [_user(user) | {"UpdateDate": user.updated} for user in page]
    return {"RequestId": call.request_id, **more, "Users": {"User": users}}


def _user(user: User) -> dict[str, Any]:
    details = {name: user.details.get(name, "") for name in _DETAILS}
    return {"UserId": user.user_id, "UserName": user.name, **details, "CreateDate": user.created}


def _details(call: Call) -> dict[str, str]:
    details = {name: read_text(call, name, maximum) for name, maximum in _TEXTS.items()}
    for name, grammar in _FORMATS.items():
        details[name] = call.parameters.get(name, "")
        if details[name] and not grammar.fullmatch(details[name]):
            raise invalid(name, kind=".Format", message='The format of the parameter - "{}" is incorrect.')
    return details


ACTIONS = (
    ram_action("CreateUser", create_user),
    ram_action("GetUser", get_user),
    ram_action("DeleteUser", delete_user),
    ram_action("ListUsers", list_users),
)
