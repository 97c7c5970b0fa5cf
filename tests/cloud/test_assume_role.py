"""AssumeRole: its parameters, the caller's own permission, the role's trust, and the power of what it issues."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from local.cloud import LocalCloud, parse_policy, parse_trust_policy
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys
from tests.cloud.clients import (
    C_EXTERNAL_ID,
    C_READER,
    COMPANY_A,
    COMPANY_B,
    COMPANY_C,
    FC_ADMIN,
    account,
    assume,
    assume_role_call,
    list_functions_call,
    list_services_call,
)
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import fc3, pop

NOT_AUTHORIZED = "You are not authorized to do this action. You should be authorized by RAM."


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document of *statements*."""
    return {"Version": "1", "Statement": list(statements)}


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(*names: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """Return a statement of a trust policy."""
    return {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"RAM": list(names)}, **more}


def denial(cloud: LocalCloud, policy_type: str, kind: str = "ImplicitDeny", user: str = "ops") -> dict[str, str]:
    """Return the AccessDeniedDetail for a user of company B."""
    return {
        "AuthAction": "sts:AssumeRole",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": COMPANY_B,
        "AuthPrincipalDisplayName": account(cloud, COMPANY_B).users[user].user_id,
        "NoPermissionType": kind,
        "PolicyType": policy_type,
    }


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"RoleArn": ""}, "MissingRoleArn", "RoleArn is mandatory for this action."),
        ({"RoleSessionName": ""}, "MissingRoleSessionName", "RoleSessionName is mandatory for this action."),
        *(
            ({"RoleArn": arn}, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.")
            for arn in ("fc-admin", "acs:ram::12345:role/x", "acs:ram:*:1234567890123456:role/x", f"{FC_ADMIN}/alice")
        ),
        *(
            (
                {"RoleSessionName": name},
                "InvalidParameter.RoleSessionName",
                "The parameter RoleSessionName is wrongly formed.",
            )
            for name in ("a", "a" * 65, "al ice", "alice:b", "älice")
        ),
        *(
            (
                {"DurationSeconds": text},
                "InvalidParameter.DurationSeconds",
                "The Min/Max value of DurationSeconds is 15min/1hr.",
            )
            for text in ("899", "3601", "43201", "-1", "an hour", "1e3", "9" * 30)
        ),
        *(
            ({"ExternalId": text}, "InvalidParameter.ExternalId", "The parameter ExternalId is wrongly formed.")
            for text in ("x", "a b", "x" * 1225)
        ),
        (
            {"Policy": "{" + " " * 2048 + "}"},
            "InvalidParameter.PolicySize",
            "The size of Policy must be smaller than 2048 bytes.",
        ),
        *(
            (
                {"Policy": text},
                "InvalidParameter.PolicyGrammar",
                "The parameter Policy has not passed grammar check.",
            )
            for text in (
                "{",
                "[]",
                "[" * 2000,
                "{}",
                '{"Version":"2","Statement":[]}',
                '{"Version":1,"Statement":[]}',
                '{"Version":"1","Statement":[{"Effect":"Allow","Action":"fc:*"}]}',
                '{"Version":"1","Statement":[{"Effect":"allow","Action":"fc:*","Resource":"*"}]}',
                '{"Version":"1","Statement":[{"Effect":"Allow","Action":"everything","Resource":"*"}]}',
            )
        ),
    ],
)
def test_malformed_parameters_are_refused(
    cloud: LocalCloud, ops: Keys, parameters: dict[str, str], code: str, message: str
) -> None:
    """Each parameter has its own code, with the published text."""
    answer = assume_role_call(ops, **parameters).send(cloud.url)

    assert (answer.status_code, answer.json()) == (400, pop(answer, code, message))


@pytest.mark.parametrize(
    "parameters",
    [
        {"RoleSessionName": "ab"},
        {"RoleSessionName": "A.b@c_d-" * 8},
        {"DurationSeconds": "900"},
        {"DurationSeconds": "3600"},
        {"ExternalId": "ab"},
        {"ExternalId": "w=+,.@:/-" * 136},
        {"Policy": json.dumps(document(allow("fc:*"))).ljust(2048)},
    ],
)
def test_parameters_at_their_limits_are_taken(cloud: LocalCloud, ops: Keys, parameters: dict[str, str]) -> None:
    """The limits themselves are inside."""
    assert assume_role_call(ops, **parameters).send(cloud.url).status_code == 200


def test_a_session_lasts_no_longer_than_its_role_allows(cloud: LocalCloud, ops: Keys) -> None:
    """MaxSessionDuration of the role is the limit, not one hour."""
    role = account(cloud, COMPANY_A).roles["fc-admin"]

    role.max_session_duration_seconds = 7200

    assert assume_role_call(ops, DurationSeconds="7200").send(cloud.url).status_code == 200
    assert assume_role_call(ops, DurationSeconds="7201").send(cloud.url).status_code == 400


def test_a_caller_without_permission_is_refused(cloud: LocalCloud, intern: Keys) -> None:
    """Trust isn't enough: the caller's own policies must allow it too."""
    answer = assume_role_call(intern).send(cloud.url)

    expected = pop(
        answer, "NoPermission", NOT_AUTHORIZED, denial(cloud, "AccountLevelIdentityBasedPolicy", user="intern")
    )
    assert (answer.status_code, answer.json()) == (403, expected)


def test_a_role_that_doesn_t_trust_the_caller_refuses(cloud: LocalCloud, ops: Keys) -> None:
    """Permission isn't enough: company E trusts somebody else."""
    answer = assume_role_call(ops, RoleArn="acs:ram::1678901234567890:role/fc-admin").send(cloud.url)

    expected = pop(answer, "NoPermission", NOT_AUTHORIZED, denial(cloud, "AssumeRolePolicy"))
    assert (answer.status_code, answer.json()) == (403, expected)


def test_trust_can_be_revoked_and_granted_while_the_cloud_runs(cloud: LocalCloud, ops: Keys) -> None:
    """The next AssumeRole sees it; a session that was issued before goes on."""
    role = account(cloud, COMPANY_A).roles["fc-admin"]
    granted, session = role.trust, assume(cloud, ops)

    role.trust = parse_trust_policy(document())
    revoked = assume_role_call(ops).send(cloud.url)
    still = list_functions_call(session).send(cloud.url)
    role.trust = granted
    again = assume_role_call(ops).send(cloud.url)

    assert [revoked.status_code, still.status_code, again.status_code] == [403, 200, 200]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([trust(f"acs:ram::{COMPANY_B}:root")], None),
        ([trust(f"acs:ram::{COMPANY_B}:user/ops")], None),
        ([trust(f"acs:ram::{COMPANY_C}:root", f"acs:ram::{COMPANY_B}:user/ops")], None),
        ([trust(f"acs:ram::{COMPANY_B}:user/intern")], "ImplicitDeny"),
        ([trust(f"acs:ram::{COMPANY_B}:role/fc-inventory")], "ImplicitDeny"),
        ([trust(f"acs:ram::{COMPANY_A}:root")], "ImplicitDeny"),
        ([{**trust(), "Principal": {"Service": "fc.aliyuncs.com"}}], "ImplicitDeny"),
        (
            [trust(f"acs:ram::{COMPANY_B}:root"), trust(f"acs:ram::{COMPANY_B}:user/ops", effect="Deny")],
            "ExplicitDeny",
        ),
        ([trust(f"acs:ram::{COMPANY_B}:root", Condition={"IpAddress": {"acs:SourceIp": "127.0.0.0/8"}})], None),
        (
            [trust(f"acs:ram::{COMPANY_B}:root", Condition={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}})],
            "ImplicitDeny",
        ),
        ([trust(f"acs:ram::{COMPANY_B}:root", Condition={"Bool": {"acs:SecureTransport": "true"}})], None),
        ([trust(f"acs:ram::{COMPANY_B}:root", Condition={"Bool": {"acs:MFAPresent": "true"}})], "ImplicitDeny"),
        (
            [
                trust(
                    f"acs:ram::{COMPANY_B}:root",
                    Condition={"DateLessThan": {"acs:CurrentTime": "2020-01-01T00:00:00Z"}},
                )
            ],
            "ImplicitDeny",
        ),
        (
            [
                trust(
                    f"acs:ram::{COMPANY_B}:root",
                    Condition={"DateGreaterThan": {"acs:CurrentTime": "2020-01-01T00:00:00Z"}},
                )
            ],
            None,
        ),
    ],
)
def test_the_trust_policy_decides_who_may(
    cloud: LocalCloud, ops: Keys, statements: list[dict[str, Any]], expected: str | None
) -> None:
    """An account's `:root` means all its users and roles, other names mean one; conditions must hold; a denial wins."""
    account(cloud, COMPANY_A).roles["fc-admin"].trust = parse_trust_policy(document(*statements))

    answer = assume_role_call(ops).send(cloud.url)

    if expected is None:
        assert answer.status_code == 200
    else:
        detail = denial(cloud, "AssumeRolePolicy", expected)
        assert (answer.status_code, answer.json()) == (403, pop(answer, "NoPermission", NOT_AUTHORIZED, detail))


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ([allow("sts:AssumeRole", f"acs:ram:*:{COMPANY_A}:role/fc-admin")], None),
        ([allow("sts:AssumeRole", f"acs:ram::{COMPANY_A}:role/fc-admin")], None),
        ([allow("STS:AssumeRole", "acs:ram:*:*:role/fc-*")], None),
        ([allow("sts:assumerole", "acs:ram:*:*:role/fc-?dmin")], None),
        ([allow("sts:*")], None),
        ([allow("sts:AssumeRole", f"acs:ram:*:{COMPANY_A}:role/fc-admi")], "ImplicitDeny"),
        ([allow("sts:AssumeRole", f"acs:ram:*:{COMPANY_C}:role/*")], "ImplicitDeny"),
        ([allow("fc:*")], "ImplicitDeny"),
        ([allow("sts:*"), {**allow("sts:AssumeRole"), "Effect": "Deny"}], "ExplicitDeny"),
    ],
)
def test_the_caller_s_own_policies_decide_what_it_may(
    cloud: LocalCloud, ops: Keys, statements: list[dict[str, Any]], kind: str | None
) -> None:
    """A role is named with `*` or nothing as its region; a denial wins."""
    owner = account(cloud, COMPANY_B)
    owner.add_policy("own", parse_policy(document(*statements)))
    owner.users["ops"].policies = ["own"]

    answer = assume_role_call(ops).send(cloud.url)

    if kind is None:
        assert answer.status_code == 200
    else:
        detail = denial(cloud, "AccountLevelIdentityBasedPolicy", kind)
        assert (answer.status_code, answer.json()) == (403, pop(answer, "NoPermission", NOT_AUTHORIZED, detail))


def test_a_client_can_t_choose_its_address(cloud: LocalCloud, ops: Keys) -> None:
    """`acs:SourceIp` is where the connection comes from, whatever a header says."""
    statement = trust(f"acs:ram::{COMPANY_B}:root", Condition={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}})
    account(cloud, COMPANY_A).roles["fc-admin"].trust = parse_trust_policy(document(statement))

    answer = assume_role_call(ops).but(headers={"x-forwarded-for": "10.1.2.3"}).send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (403, "NoPermission")


def test_an_explicit_denial_is_reported_before_an_implicit_one(cloud: LocalCloud, intern: Keys) -> None:
    """The intern lacks permission, and the role denies it expressly."""
    statement = trust(f"acs:ram::{COMPANY_B}:root", effect="Deny")
    account(cloud, COMPANY_A).roles["fc-admin"].trust = parse_trust_policy(document(statement))

    answer = assume_role_call(intern).send(cloud.url)

    detail = denial(cloud, "AssumeRolePolicy", "ExplicitDeny", user="intern")
    assert answer.json() == pop(answer, "NoPermission", NOT_AUTHORIZED, detail)


def test_the_external_id_must_be_the_agreed_one(cloud: LocalCloud, function_keys: Keys) -> None:
    """Without it, or with another one, company C's role is closed; a difference in case counts."""
    call = assume_role_call(function_keys, RoleArn=C_READER)

    good = call.but(query={**call.query, "ExternalId": C_EXTERNAL_ID}).send(cloud.url)
    bad = [
        call.but(query={**call.query, **more}).send(cloud.url)
        for more in ({}, {"ExternalId": "c-wrong"}, {"ExternalId": C_EXTERNAL_ID.upper()})
    ]

    detail = {
        "AuthAction": "sts:AssumeRole",
        "AuthPrincipalType": "AssumedRoleUser",
        "AuthPrincipalOwnerId": COMPANY_B,
        "AuthPrincipalDisplayName": "fc-inventory:fc-session",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AssumeRolePolicy",
    }
    assert good.status_code == 200
    assert [answer.status_code for answer in bad] == [403] * 3
    assert [answer.json() for answer in bad] == [pop(answer, "NoPermission", NOT_AUTHORIZED, detail) for answer in bad]


def test_company_c_trusts_the_function_and_not_the_users(cloud: LocalCloud, ops: Keys) -> None:
    """Its trust policy names company B's execution role, so even `ops` with the external ID stays outside."""
    answer = assume_role_call(ops, RoleArn=C_READER, ExternalId=C_EXTERNAL_ID).send(cloud.url)

    expected = pop(answer, "NoPermission", NOT_AUTHORIZED, denial(cloud, "AssumeRolePolicy"))
    assert (answer.status_code, answer.json()) == (403, expected)


@pytest.mark.parametrize("arn", [f"acs:ram::{COMPANY_A}:role/nobody", f"acs:ram::{COMPANY_A}:user/nobody"])
def test_a_role_that_isn_t_there_is_not_found(cloud: LocalCloud, ops: Keys, arn: str) -> None:
    """Only for those who may assume it."""
    answer = assume_role_call(ops, RoleArn=arn).send(cloud.url)

    expected = pop(answer, "EntityNotExist.Role", "The specified Role not exists .")
    assert (answer.status_code, answer.json()) == (404, expected)


def test_whoever_may_not_assume_learns_nothing_of_a_role(cloud: LocalCloud, intern: Keys) -> None:
    """A caller without permission gets the same answer whether the role exists or not."""
    answer = assume_role_call(intern, RoleArn=f"acs:ram::{COMPANY_A}:role/nobody").send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (403, "NoPermission")


def test_an_account_s_own_key_assumes_no_role(cloud: LocalCloud) -> None:
    """Not even a role that trusts the account."""
    account(cloud, COMPANY_B).root_key = AccessKey("LTAIroot", "root-secret")

    answer = assume_role_call(Keys("LTAIroot", "root-secret")).send(cloud.url)

    expected = pop(answer, "NoPermission", "Roles may not be assumed by root accounts.")
    assert (answer.status_code, answer.json()) == (403, expected)


def test_a_session_policy_limits_its_session(cloud: LocalCloud, ops: Keys) -> None:
    """The role may list services; this session of it may not."""
    policy = json.dumps(document(allow("fc:ListFunctions")))
    keys = assume(cloud, ops, policy=policy)

    functions, services = list_functions_call(keys).send(cloud.url), list_services_call(keys).send(cloud.url)

    assert [functions.status_code, services.status_code] == [200, 403]


def test_a_session_policy_gives_nothing_that_the_role_lacks(cloud: LocalCloud, ops: Keys) -> None:
    """The session's power is what both allow."""
    account(cloud, COMPANY_A).roles["fc-admin"].policies = []
    keys = assume(cloud, ops, policy=json.dumps(document(allow("fc:*"))))

    answer = list_functions_call(keys).send(cloud.url)

    resource = f"acs:fc:cn-hangzhou:{COMPANY_A}:functions/*"
    message = f"the caller is not authorized to perform 'fc:ListFunctions' on resource '{resource}'"
    detail = {
        "AuthAction": "fc:ListFunctions",
        "AuthPrincipalType": "AssumedRoleUser",
        "AuthPrincipalOwnerId": COMPANY_A,
        "AuthPrincipalDisplayName": "fc-admin:alice",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    assert (answer.status_code, answer.json()) == (403, fc3(answer, "AccessDenied", message, detail))


def test_a_session_policy_limits_a_chained_assume_role(cloud: LocalCloud, clock: Clock) -> None:
    """A session that may list, but not assume, assumes nothing, whatever its role may."""
    owner = account(cloud, COMPANY_B)
    role = owner.roles["fc-inventory"]
    session = cloud.world.issue_session(
        owner, role, "limited", expires=clock() + timedelta(hours=1), policy=parse_policy(document(allow("fc:*")))
    )

    answer = assume_role_call(Keys(session.access_key_id, session.secret, session.token)).send(cloud.url)

    detail = {
        "AuthAction": "sts:AssumeRole",
        "AuthPrincipalType": "AssumedRoleUser",
        "AuthPrincipalOwnerId": COMPANY_B,
        "AuthPrincipalDisplayName": "fc-inventory:limited",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "SessionPolicy",
    }
    assert (answer.status_code, answer.json()) == (403, pop(answer, "NoPermission", NOT_AUTHORIZED, detail))
