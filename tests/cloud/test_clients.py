"""What the vendor's own SDKs get from the local cloud when only their endpoint is changed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

import pytest
from alibabacloud_fc20230330 import models as models3
from alibabacloud_fc_open20210406 import models as models2
from alibabacloud_sts20150401.models import AssumeRoleRequest
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_util.models import RuntimeOptions
from darabonba.request import DaraRequest

from local.cloud import LocalCloud
from tests.cloud.acs3 import Keys
from tests.cloud.clients import (
    C_EXTERNAL_ID,
    C_READER,
    COMPANY_A,
    COMPANY_B,
    FC_ADMIN,
    account,
    assume,
    fc2,
    fc3,
    list_services_call,
    sts,
)


def test_assume_role_issues_a_session(cloud: LocalCloud, ops: Keys) -> None:
    """AssumeRole answers with who the session is, its keys, and when it ends."""
    request = AssumeRoleRequest(role_arn=FC_ADMIN, role_session_name="alice", duration_seconds=900)

    before = datetime.now(timezone.utc).replace(microsecond=0)
    body = sts(cloud, ops).assume_role(request).body

    role_id = account(cloud, COMPANY_A).roles["fc-admin"].role_id
    assert body.assumed_role_user.to_map() == {
        "Arn": f"acs:ram::{COMPANY_A}:role/fc-admin/alice",
        "AssumedRoleId": f"{role_id}:alice",
    }
    assert body.credentials.access_key_id.startswith("STS.")
    assert len(body.credentials.security_token) > 300
    expires = datetime.strptime(body.credentials.expiration, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert 900 <= (expires - before).total_seconds() <= 902


def test_get_caller_identity_knows_a_user(cloud: LocalCloud, ops: Keys) -> None:
    """A user's key belongs to a RAMUser."""
    body = sts(cloud, ops).get_caller_identity().body.to_map()

    user_id = account(cloud, COMPANY_B).users["ops"].user_id
    del body["RequestId"]
    assert body == {
        "AccountId": COMPANY_B,
        "Arn": f"acs:ram::{COMPANY_B}:user/ops",
        "IdentityType": "RAMUser",
        "PrincipalId": user_id,
        "UserId": user_id,
    }


def test_get_caller_identity_knows_a_session(cloud: LocalCloud, in_company_a: Keys) -> None:
    """A session's key belongs to an AssumedRoleUser, whose ARN is another one than AssumeRole's."""
    body = sts(cloud, in_company_a).get_caller_identity().body.to_map()

    role_id = account(cloud, COMPANY_A).roles["fc-admin"].role_id
    del body["RequestId"]
    assert body == {
        "AccountId": COMPANY_A,
        "Arn": f"acs:ram::{COMPANY_A}:assumed-role/fc-admin/alice",
        "IdentityType": "AssumedRoleUser",
        "PrincipalId": f"{role_id}:alice",
        "RoleId": role_id,
    }


def test_list_services_answers_with_the_services_of_the_role_s_account(cloud: LocalCloud, in_company_a: Keys) -> None:
    """The guide's example: company B's user sees company A's services."""
    body = fc2(cloud, in_company_a).list_services(models2.ListServicesRequest()).body

    assert [service.service_name for service in body.services] == ["billing", "images", "web"]
    assert body.next_token is None
    assert body.services[0].to_map()["logConfig"]["logBeginRule"] == "None"


def test_the_account_header_may_name_the_caller_s_account(cloud: LocalCloud, in_company_a: Keys) -> None:
    """`X-Fc-Account-Id` with the right account changes nothing."""
    headers = models2.ListServicesHeaders(x_fc_account_id=COMPANY_A)

    answer = fc2(cloud, in_company_a).list_services_with_options(
        models2.ListServicesRequest(limit=1), headers, RuntimeOptions()
    )

    assert [service.service_name for service in answer.body.services] == ["billing"]


def test_functions_of_one_service_are_listed_and_got(cloud: LocalCloud, in_company_a: Keys) -> None:
    """API 2021-04-06 knows functions by service and name."""
    client = fc2(cloud, in_company_a)

    listed = client.list_functions("billing", models2.ListFunctionsRequest()).body.functions
    got = client.get_function("billing", "send-reminder", models2.GetFunctionRequest()).body
    service = client.get_service("billing", models2.GetServiceRequest()).body

    assert [function.function_name for function in listed] == ["create-invoice", "send-reminder"]
    assert got.environment_variables["LOG_LEVEL"] == "info"
    assert service.description == "Monthly invoices"


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("v2", ["billing$create-invoice", "billing$send-reminder", "images$resize", "web$index", "web$login"]),
        ("v3", ["nightly-backup", "webhook"]),
        (
            None,
            [
                "billing$create-invoice",
                "billing$send-reminder",
                "images$resize",
                "nightly-backup",
                "web$index",
                "web$login",
                "webhook",
            ],
        ),
    ],
)
def test_list_functions_tells_the_generations_apart(
    cloud: LocalCloud, in_company_a: Keys, version: str | None, names: list[str]
) -> None:
    """`fcVersion` chooses FC 2.0, FC 3.0, or both where it is not given."""
    body = fc3(cloud, in_company_a).list_functions(models3.ListFunctionsRequest(fc_version=version)).body

    assert [function.function_name for function in body.functions] == names


def test_only_get_function_tells_the_state(cloud: LocalCloud, in_company_a: Keys) -> None:
    """A listing leaves the state out and, as the real one does, the values of environment variables in."""
    client = fc3(cloud, in_company_a)

    listed = client.list_functions(models3.ListFunctionsRequest(prefix="billing$send")).body.functions
    got = client.get_function("webhook", models3.GetFunctionRequest()).body

    assert [function.state for function in listed] == [None]
    assert listed[0].environment_variables["API_TOKEN"] == "not-a-real-token-7d1f"
    assert (got.state, got.function_arn) == ("Active", f"acs:fc:cn-hangzhou:{COMPANY_A}:functions/webhook")


def test_every_page_together_is_the_whole_listing(cloud: LocalCloud, function_keys: Keys) -> None:
    """Following `nextToken` meets every service exactly once, in order of name, 20 at a time unless told otherwise."""
    client = fc2(cloud, assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID))

    pages: list[list[str]] = []
    token = None
    while not pages or token:
        body = client.list_services(models2.ListServicesRequest(next_token=token)).body
        pages.append([service.service_name for service in body.services])
        token = body.next_token

    names = [name for page in pages for name in page]
    assert [len(page) for page in pages] == [20] * 11 + [10]
    assert names == sorted(set(names))
    assert len(names) == 230


def test_company_c_has_more_than_one_page_of_functions(cloud: LocalCloud, function_keys: Keys) -> None:
    """260 functions of FC 2.0 and 120 of FC 3.0."""
    client = fc3(cloud, assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID))

    sizes = {}
    for version in ("v2", "v3"):
        token, sizes[version] = None, 0
        while sizes[version] == 0 or token:
            body = client.list_functions(
                models3.ListFunctionsRequest(fc_version=version, limit=100, next_token=token)
            ).body
            token, sizes[version] = body.next_token, sizes[version] + len(body.functions)

    assert sizes == {"v2": 260, "v3": 120}


def test_prefix_and_start_key_narrow_a_listing(cloud: LocalCloud, function_keys: Keys) -> None:
    """`prefix` filters, `startKey` is where the listing begins, itself included."""
    client = fc2(cloud, assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID))

    body = client.list_services(models2.ListServicesRequest(prefix="store-", start_key="store-28")).body

    assert [service.service_name for service in body.services] == ["store-28", "store-29", "store-30"]


def test_our_own_signer_and_the_sdk_agree(ops: Keys) -> None:
    """Both writings of ACS3 sign one request, awkward characters included, in the same way."""
    call = list_services_call(ops, prefix="a b/~=+ü", nextToken="nt/+=")
    headers = call.signed_headers()
    ours = headers.pop("authorization")
    request = DaraRequest()
    request.method, request.pathname, request.headers, request.query = "GET", call.path, headers, call.query

    theirs = Utils.get_authorization(
        request, "ACS3-HMAC-SHA256", headers["x-acs-content-sha256"], ops.access_key_id, ops.secret
    )

    assert ours == theirs


@pytest.mark.parametrize("prefix", ["a b", "a+b", "ä%", "x=y&z", "~'()*"])
def test_awkward_parameters_keep_their_signature(cloud: LocalCloud, in_company_a: Keys, prefix: str) -> None:
    """However a client encodes a parameter, it is decoded before it is checked."""
    body = fc2(cloud, in_company_a).list_services(models2.ListServicesRequest(prefix=prefix)).body

    assert body.services == []


def test_the_asynchronous_sdk_is_understood(cloud: LocalCloud, in_company_a: Keys) -> None:
    """It sends an unsigned content type with GET, and quotes the query in its own way."""
    client = fc2(cloud, in_company_a)

    body = asyncio.run(client.list_services_async(models2.ListServicesRequest(prefix="b:/"))).body

    assert body.services == []
