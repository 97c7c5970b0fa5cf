"""RAM's users, their access keys, and the account's alias."""

from __future__ import annotations

import pytest
from alibabacloud_ram20150501 import models

from local.cloud import LocalCloud
from local.cloud.world import User
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, account, sts
from tests.cloud.ram_requests import content, ram, ram_call, refusal, said

DETAILS = {"DisplayName": "Alice", "MobilePhone": "86-18600008888", "Email": "a@example.com", "Comments": "engineer"}


def create_alice(cloud: LocalCloud, keys: Keys) -> models.CreateUserResponse:
    """Create the user alice of company A, with everything that can be said of her."""
    request = models.CreateUserRequest(
        user_name="alice",
        display_name="Alice",
        mobile_phone="86-18600008888",
        email="a@example.com",
        comments="engineer",
    )
    return ram(cloud, keys).create_user(request)


def create_key(cloud: LocalCloud, keys: Keys, user_name: str | None = None) -> Keys:
    """Create an access key of a user of company A."""
    request = models.CreateAccessKeyRequest(user_name=user_name)
    key = ram(cloud, keys).create_access_key(request).body.access_key
    return Keys(key.access_key_id, key.access_key_secret)


def test_a_user_is_read_as_it_was_written(cloud: LocalCloud, admin_a: Keys) -> None:
    """With all details; nobody ever logs on."""
    created = content(create_alice(cloud, admin_a))
    read = content(ram(cloud, admin_a).get_user(models.GetUserRequest(user_name="alice")))

    user_id = account(cloud, COMPANY_A).users["alice"].user_id
    expected = {"UserId": user_id, "UserName": "alice", **DETAILS, "CreateDate": "now"}
    assert len(user_id) == 18
    assert created == {"User": expected}
    assert read == {"User": expected | {"UpdateDate": "now", "LastLoginDate": ""}}


def test_users_are_listed(cloud: LocalCloud, admin_a: Keys) -> None:
    """In order of name."""
    create_alice(cloud, admin_a)

    listed = content(ram(cloud, admin_a).list_users(models.ListUsersRequest()))

    users = account(cloud, COMPANY_A).users
    nothing = dict.fromkeys(DETAILS, "")
    assert listed == {
        "IsTruncated": False,
        "Users": {
            "User": [
                {"UserId": users["admin"].user_id, "UserName": "admin", **nothing}
                | {"CreateDate": "beginning", "UpdateDate": "beginning"},
                {"UserId": users["alice"].user_id, "UserName": "alice", **DETAILS}
                | {"CreateDate": "now", "UpdateDate": "now"},
            ]
        },
    }


def test_a_user_can_be_deleted_once_it_has_nothing(cloud: LocalCloud, admin_a: Keys) -> None:
    """Neither keys nor policies."""
    client = ram(cloud, admin_a)
    create_alice(cloud, admin_a)
    key = create_key(cloud, admin_a, "alice")
    policy = {"policy_name": "AliyunFCReadOnlyAccess", "policy_type": "System", "user_name": "alice"}
    client.attach_policy_to_user(models.AttachPolicyToUserRequest(**policy))
    delete = ram_call(admin_a, "DeleteUser", UserName="alice")

    with_key = delete.send(cloud.url)
    client.delete_access_key(models.DeleteAccessKeyRequest(user_name="alice", user_access_key_id=key.access_key_id))
    with_policy = delete.send(cloud.url)
    client.detach_policy_from_user(models.DetachPolicyFromUserRequest(**policy))
    deleted = content(client.delete_user(models.DeleteUserRequest(user_name="alice")))
    gone = ram_call(admin_a, "GetUser", UserName="alice").send(cloud.url)

    no_key = "The user CAN NOT has any access key while deleting the user."
    no_policy = "The user CAN NOT has any attached policy while deleting the user."
    assert said(with_key) == refusal(with_key, "DeleteConflict.User.AccessKey", no_key)
    assert said(with_policy) == refusal(with_policy, "DeleteConflict.User.Policy", no_policy)
    assert deleted == {}
    assert (gone.status_code, said(gone)) == (404, refusal(gone, "EntityNotExist.User", "The user does not exist."))


def test_an_access_key_works_while_it_is_active(cloud: LocalCloud, admin_a: Keys) -> None:
    """From the next call on it doesn't, when it is made inactive or deleted; its secret is told once."""
    client = ram(cloud, admin_a)
    create_alice(cloud, admin_a)
    answer = content(client.create_access_key(models.CreateAccessKeyRequest(user_name="alice")))
    key = Keys(answer["AccessKey"]["AccessKeyId"], answer["AccessKey"].pop("AccessKeySecret"))
    known = {"user_name": "alice", "user_access_key_id": key.access_key_id}
    call = ram_call(key, "GetUser", UserName="alice")

    who = sts(cloud, key).get_caller_identity().body.arn
    listed = content(client.list_access_keys(models.ListAccessKeysRequest(user_name="alice")))
    client.update_access_key(models.UpdateAccessKeyRequest(status="Inactive", **known))
    inactive = call.send(cloud.url)
    relisted = content(client.list_access_keys(models.ListAccessKeysRequest(user_name="alice")))
    client.delete_access_key(models.DeleteAccessKeyRequest(**known))
    deleted = call.send(cloud.url)

    entry = {"AccessKeyId": key.access_key_id, "Status": "Active", "CreateDate": "now"}
    assert answer == {"AccessKey": entry}
    assert who == f"acs:ram::{COMPANY_A}:user/alice"
    assert listed == {"AccessKeys": {"AccessKey": [entry]}}
    assert relisted == {"AccessKeys": {"AccessKey": [entry | {"Status": "Inactive"}]}}
    assert said(inactive) == refusal(inactive, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    assert said(deleted) == refusal(deleted, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def test_a_user_has_at_most_two_access_keys(cloud: LocalCloud, admin_a: Keys) -> None:
    """Without a user's name they are the caller's own; no two are alike."""
    second = create_key(cloud, admin_a)

    third = ram_call(admin_a, "CreateAccessKey").send(cloud.url)

    message = "The access key count of the user access keys beyond the current limits."
    assert (third.status_code, said(third)) == (409, refusal(third, "LimitExceeded.User.AccessKey", message))
    assert second != admin_a
    assert sts(cloud, second).get_caller_identity().body.arn == f"acs:ram::{COMPANY_A}:user/admin"


def test_a_user_s_name_is_taken_once(cloud: LocalCloud, admin_a: Keys) -> None:
    """The second one conflicts."""
    answer = ram_call(admin_a, "CreateUser", UserName="admin").send(cloud.url)

    expected = refusal(answer, "EntityAlreadyExists.User", "The user does already EXIST.")
    assert (answer.status_code, said(answer)) == (409, expected)


def test_an_account_has_at_most_a_thousand_users(cloud: LocalCloud, admin_a: Keys) -> None:
    """The next one is refused."""
    users = account(cloud, COMPANY_A).users
    users |= {f"u{number}": User(f"u{number}", "2") for number in range(1000 - len(users))}

    answer = ram_call(admin_a, "CreateUser", UserName="one-more").send(cloud.url)

    expected = refusal(answer, "LimitExceeded.User", "The count of users beyond the current limits.")
    assert (answer.status_code, said(answer)) == (409, expected)


@pytest.mark.parametrize(
    ("action", "parameters", "code", "message"),
    [
        ("CreateUser", {"UserName": ""}, "MissingUserName", "UserName is mandatory for this action."),
        ("CreateUser", {"UserName": "u" * 65}, "InvalidParameter.UserName.Length", 'The parameter - "UserName" beyond the length limit.'),
        *(
            ("CreateUser", {"UserName": name}, "InvalidParameter.UserName.InvalidChars", 'The parameter - "UserName" contains invalid chars.')
            for name in ("a@b", "a b", "a/b", "ä")
        ),
        *(
            ("CreateUser", {name: "x" * 129}, f"InvalidParameter.{name}.Length", f'The parameter - "{name}" beyond the length limit.')
            for name in ("DisplayName", "Comments")
        ),
        *(
            ("CreateUser", {name: "x"}, f"InvalidParameter.{name}.Format", f'The format of the parameter - "{name}" is incorrect.')
            for name in ("MobilePhone", "Email")
        ),
        ("UpdateAccessKey", {"Status": "Off"}, "InvalidParameter.Status", 'The parameter - "Status" is incorrect.'),
        ("UpdateAccessKey", {"UserAccessKeyId": ""}, "MissingUserAccessKeyId", "UserAccessKeyId is mandatory for this action."),
        ("SetAccountAlias", {}, "MissingAccountAlias", "AccountAlias is mandatory for this action."),
        *(
            ("SetAccountAlias", {"AccountAlias": alias}, "InvalidParameter.AccountAlias.Length", 'The parameter - "AccountAlias" MUST be in the range of 3 and 63.')
            for alias in ("ab", "a" * 64)
        ),
        *(
            ("SetAccountAlias", {"AccountAlias": alias}, "InvalidParameter.AccountAlias.Format", 'The format of parameter - "AccountAlias" is incorrect.')
            for alias in ("-abc", "abc-", "a--b", "ABC", "a_b")
        ),
        ("DecodeDiagnosticMessage", {}, "MissingEncodedDiagnosticMessage", "EncodedDiagnosticMessage is mandatory for this action."),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused(
    cloud: LocalCloud, admin_a: Keys, action: str, parameters: dict[str, str], code: str, message: str
) -> None:
    """Each with its own code."""
    good = {"UserName": "alice", "UserAccessKeyId": "LTAIxxxxxxxx", "Status": "Active"}

    answer = ram_call(admin_a, action, **(good | parameters)).send(cloud.url)

    assert (answer.status_code, said(answer)) == (400, refusal(answer, code, message))


@pytest.mark.parametrize(
    "action", ["GetUser", "DeleteUser", "CreateAccessKey", "ListAccessKeys", "ListPoliciesForUser"]
)
def test_a_user_that_isn_t_there_is_not_found(cloud: LocalCloud, admin_a: Keys, action: str) -> None:
    """That of another account isn't there either."""
    answers = [ram_call(admin_a, action, UserName=name).send(cloud.url) for name in ("nobody", "ops")]

    for answer in answers:
        expected = refusal(answer, "EntityNotExist.User", "The user does not exist.")
        assert (answer.status_code, said(answer)) == (404, expected)


@pytest.mark.parametrize("action", ["UpdateAccessKey", "DeleteAccessKey"])
def test_a_key_that_isn_t_the_user_s_is_not_found(cloud: LocalCloud, admin_a: Keys, ops: Keys, action: str) -> None:
    """Whosever it is."""
    answer = ram_call(admin_a, action, UserAccessKeyId=ops.access_key_id, Status="Inactive").send(cloud.url)

    expected = refusal(answer, "EntityNotExist.User.AccessKey", "The user access key does not exist.")
    assert (answer.status_code, said(answer)) == (404, expected)


def test_an_alias_is_set_read_and_cleared(cloud: LocalCloud, admin_a: Keys) -> None:
    """One for an account, and one account for an alias."""
    client = ram(cloud, admin_a)

    before = content(client.get_account_alias())
    taken = ram_call(admin_a, "SetAccountAlias", AccountAlias="company-b").send(cloud.url)
    client.set_account_alias(models.SetAccountAliasRequest(account_alias="company-a-2"))
    after = content(client.get_account_alias())
    client.clear_account_alias()
    cleared = content(client.get_account_alias())

    message = "The account alias does already exist."
    assert (taken.status_code, said(taken)) == (409, refusal(taken, "EntityAlreadyExists.AccountAlias", message))
    assert [each["AccountAlias"] for each in (before, after, cleared)] == ["company-a", "company-a-2", ""]
