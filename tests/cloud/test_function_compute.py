"""Function Compute's refusals: hosts, accounts, permissions, names, paging."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud import LocalCloud, parse_policy
from local.cloud.inventory import Service
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys, Wire
from tests.cloud.clients import (
    A_HOST,
    C_EXTERNAL_ID,
    C_READER,
    COMPANY_A,
    COMPANY_B,
    COMPANY_C,
    FC3_HOST,
    STS_HOST,
    account,
    assume,
    assume_role_call,
    list_functions_call,
    list_services_call,
)
from tests.cloud.envelopes import fc2, fc3, pop

NOT_YOURS = "The service or function doesn't belong to you."


def get(keys: Keys, action: str, path: str, host: str = A_HOST) -> Wire:
    """Return a GET of Function Compute, its version read from the path."""
    return Wire(keys, host, action, path.split("/")[1], path=path)


def not_authorized(action: str, resource: str) -> str:
    """Return the text of a denial in company A's account in cn-hangzhou."""
    arn = f"acs:fc:cn-hangzhou:{COMPANY_A}:{resource}"
    return f"the caller is not authorized to perform 'fc:{action}' on resource '{arn}'"


@pytest.mark.parametrize(
    "host",
    [
        A_HOST,
        f"{COMPANY_A}.cn-hangzhou-internal.fc.aliyuncs.com",
        "fc.cn-hangzhou.aliyuncs.com",
        "FC.CN-Hangzhou.aliyuncs.com",
    ],
)
def test_services_are_found_at_every_host_that_serves_them(cloud: LocalCloud, in_company_a: Keys, host: str) -> None:
    """API 2021-04-06 is served at the account's host and at the region's."""
    answer = list_services_call(in_company_a).but(host=host).send(cloud.url)

    assert [service["serviceName"] for service in answer.json()["services"]] == ["billing", "images", "web"]


@pytest.mark.parametrize("host", [A_HOST, FC3_HOST])
def test_functions_are_found_at_every_host_that_serves_them(cloud: LocalCloud, in_company_a: Keys, host: str) -> None:
    """API 2023-03-30 is served at the account's host and at `fcv3`."""
    assert len(list_functions_call(in_company_a).but(host=host).send(cloud.url).json()["functions"]) == 7


def test_the_host_chooses_the_region(cloud: LocalCloud, in_company_a: Keys) -> None:
    """An account has other functions in another region, and in most regions none."""

    def names(region: str) -> list[str]:
        answer = list_functions_call(in_company_a).but(host=f"fcv3.{region}.aliyuncs.com").send(cloud.url)
        return [function["functionName"] for function in answer.json()["functions"]]

    assert names("cn-shanghai") == ["reports$weekly", "reports$yearly", "translate"]
    assert names("eu-central-1") == []


@pytest.mark.parametrize(
    "host",
    [
        "account-id.cn-hangzhou.fc.aliyuncs.com",
        "fcv3.cn-hangzhu.aliyuncs.com",
        "fcv3.cn-hangzhou.aliyuncs.com.example.com",
        "fcv3.ap-southeast-5.aliyuncs.com\t",
        f"{COMPANY_A}.cn-moon.fc.aliyuncs.com",
        "example.com",
        "10.0.0.1",
    ],
)
def test_hosts_that_nobody_has_are_refused(cloud: LocalCloud, in_company_a: Keys, host: str) -> None:
    """Among them the placeholder and the host ending in a tab, which are in the SDKs' own tables."""
    answer = list_functions_call(in_company_a).but(host=host).send(cloud.url)

    message = "Cannot find product according to your specified domain."
    assert (answer.status_code, answer.json()) == (404, fc3(answer, "InvalidProduct.NotFound", message))


@pytest.mark.parametrize(
    ("action", "path", "method", "host"),
    [
        ("ListServices", "/2021-04-06/services", "GET", FC3_HOST),
        ("ListFunctions", "/2023-03-30/functions", "GET", "fc.cn-hangzhou.aliyuncs.com"),
        ("ListServices", "/2021-04-06/services", "GET", f"{COMPANY_A}.cn-wulanchabu.fc.aliyuncs.com"),
        ("ListServices", "/2021-04-06/services", "POST", A_HOST),
        ("ListServices", "/2021-04-06/services", "DELETE", A_HOST),
        ("ListServices", "/2021-04-06/services/", "GET", A_HOST),
        ("ListServices", "/2021-04-06/service", "GET", A_HOST),
        ("ListInstances", "/2023-03-30/functions/webhook/instances", "GET", A_HOST),
        ("ListFunctions", "/2023-03-30/../2023-03-30/functions", "GET", A_HOST),
        ("ListFunctions", "/", "GET", A_HOST),
    ],
)
def test_paths_and_methods_that_don_t_exist_are_refused(
    cloud: LocalCloud, in_company_a: Keys, action: str, path: str, method: str, host: str
) -> None:
    """What isn't imitated isn't answered, and no path is walked."""
    call = Wire(in_company_a, host, action, path.split("/")[1], path=path, method=method)

    answer = call.send(cloud.url)

    refusal = ("PathNotSupported", f"'{method}' against '{path}' is not supported")
    expected = fc2(*refusal) if path.startswith("/2021-04-06/") else fc3(answer, *refusal)
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(("header", "expected"), [("x-acs-action", "ListServices"), ("x-acs-version", "2021-04-06")])
def test_headers_must_name_the_action_of_the_path(
    cloud: LocalCloud, in_company_a: Keys, header: str, expected: str
) -> None:
    """A request can't be authorised as one thing and carried out as another."""
    answer = list_services_call(in_company_a).but(headers={header: "Other"}).send(cloud.url)

    message = f"header {header} is 'Other', but the path asks for '{expected}'"
    assert (answer.status_code, answer.json()) == (400, fc2("InvalidArgument", message))


def test_the_gateway_knows_only_its_own_actions(cloud: LocalCloud, ops: Keys) -> None:
    """Unknown actions, versions, paths and methods of STS."""
    call = assume_role_call(ops)
    answers = [
        call.but(action="AssumeRoleWithSAML").send(cloud.url),
        call.but(action="ListServices").send(cloud.url),
        call.but(path="/2021-04-06/services").send(cloud.url),
        call.but(version="2015-05-01").send(cloud.url),
        call.but(method="PUT").send(cloud.url),
    ]

    not_found = ("InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
    refusals = [
        *[not_found] * 3,
        ("InvalidVersion", "Specified parameter Version is not valid."),
        ("UnsupportedHTTPMethod", "This http method is not supported."),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 400, 400]
    assert [answer.json() for answer in answers] == [
        pop(answer, *refusal) for answer, refusal in zip(answers, refusals, strict=True)
    ]


@pytest.mark.parametrize("host", [STS_HOST, "sts.aliyuncs.com", "sts-vpc.cn-beijing.aliyuncs.com"])
def test_sts_has_many_hosts(cloud: LocalCloud, ops: Keys, host: str) -> None:
    """The global one, one for each region, and one inside each region's network."""
    assert assume_role_call(ops).but(host=host).send(cloud.url).status_code == 200


def test_a_key_of_one_account_doesn_t_open_another_s_host(cloud: LocalCloud, ops: Keys, in_company_a: Keys) -> None:
    """Neither company B's user on company A's host, nor company A's session on company C's."""
    ops_in_a = list_services_call(ops).send(cloud.url)
    a_in_c = list_functions_call(in_company_a).but(host=f"{COMPANY_C}.cn-hangzhou.fc.aliyuncs.com").send(cloud.url)
    a_nowhere = (
        list_functions_call(in_company_a).but(host="9999999999999999.cn-hangzhou.fc.aliyuncs.com").send(cloud.url)
    )

    assert (ops_in_a.status_code, ops_in_a.json()) == (403, fc2("AccessDenied", NOT_YOURS))
    assert (a_in_c.status_code, a_in_c.json()) == (403, fc3(a_in_c, "AccessDenied", NOT_YOURS))
    assert (a_nowhere.status_code, a_nowhere.json()) == (403, fc3(a_nowhere, "AccessDenied", NOT_YOURS))


def test_the_account_header_opens_no_other_account(cloud: LocalCloud, in_company_a: Keys) -> None:
    """`X-Fc-Account-Id` of somebody else is refused where the host names nobody."""
    call = list_functions_call(in_company_a).but(headers={"x-fc-account-id": COMPANY_C})

    answer = call.send(cloud.url)

    assert (answer.status_code, answer.json()) == (403, fc3(answer, "AccessDenied", NOT_YOURS))


def test_an_account_without_function_compute_is_told_so(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Function Compute has to be activated."""
    account(cloud, COMPANY_A).fc_enabled = False

    answer = list_functions_call(in_company_a).send(cloud.url)

    expected = fc3(answer, "AccessDenied", "FC service is not enabled for current user.")
    assert (answer.status_code, answer.json()) == (403, expected)


def test_an_account_s_own_key_may_do_everything_in_it(cloud: LocalCloud) -> None:
    """No policy applies to the account itself."""
    account(cloud, COMPANY_A).root_key = AccessKey("LTAIroot", "root-secret")

    assert list_services_call(Keys("LTAIroot", "root-secret")).send(cloud.url).status_code == 200


@pytest.mark.parametrize(
    ("action", "path", "resource"),
    [
        ("ListServices", "/2021-04-06/services", "services/*"),
        ("GetService", "/2021-04-06/services/billing", "services/billing"),
        ("ListFunctions", "/2021-04-06/services/billing/functions", "services/billing/functions/*"),
        ("GetFunction", "/2021-04-06/services/billing/functions/none", "services/billing/functions/none"),
        ("ListFunctions", "/2023-03-30/functions", "functions/*"),
        ("GetFunction", "/2023-03-30/functions/billing%24send-reminder", "functions/billing$send-reminder"),
    ],
)
def test_every_action_needs_permission_on_its_resource(
    cloud: LocalCloud, in_company_a: Keys, action: str, path: str, resource: str
) -> None:
    """Allowed on everything else, denied implicitly here; allowed expressly; denied expressly."""
    owner = account(cloud, COMPANY_A)
    arn = f"acs:fc:cn-hangzhou:{COMPANY_A}:{resource}"
    call = get(in_company_a, action, path.replace("%24", "$"))

    def ask(*statements: dict[str, Any]) -> Any:
        owner.add_policy("own", parse_policy({"Version": "1", "Statement": list(statements)}))
        owner.roles["fc-admin"].policies = ["own"]
        return call.send(cloud.url)

    implicit = ask({"Effect": "Allow", "Action": f"fc:{action}", "Resource": f"{arn}x"})
    allowed = ask({"Effect": "Allow", "Action": f"fc:{action}", "Resource": arn})
    explicit = ask(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "NotAction": "sts:*", "Resource": arn}
    )

    refusal = ("AccessDenied", not_authorized(action, resource))
    assert [implicit.status_code, allowed.status_code in (200, 404), explicit.status_code] == [403, True, 403]
    if path.startswith("/2021-04-06"):
        assert [implicit.json(), explicit.json()] == [fc2(*refusal)] * 2
    else:
        details = [
            {
                "AuthAction": f"fc:{action}",
                "AuthPrincipalType": "AssumedRoleUser",
                "AuthPrincipalOwnerId": COMPANY_A,
                "AuthPrincipalDisplayName": "fc-admin:alice",
                "NoPermissionType": kind,
                "PolicyType": "AccountLevelIdentityBasedPolicy",
            }
            for kind in ("ImplicitDeny", "ExplicitDeny")
        ]
        assert [implicit.json(), explicit.json()] == [
            fc3(answer, *refusal, detail) for answer, detail in zip((implicit, explicit), details, strict=True)
        ]


def test_a_user_without_policies_sees_nothing_of_its_own_account(cloud: LocalCloud, intern: Keys) -> None:
    """It says no by default, also at home."""
    answer = list_functions_call(intern).send(cloud.url)

    detail = answer.json()["AccessDeniedDetail"]
    assert answer.status_code == 403
    assert (detail["AuthPrincipalType"], detail["AuthPrincipalOwnerId"]) == ("SubUser", COMPANY_B)


def test_names_of_nothing_are_not_found(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Each API has its own words for it."""
    service = get(in_company_a, "GetService", "/2021-04-06/services/none").send(cloud.url)
    functions = get(in_company_a, "ListFunctions", "/2021-04-06/services/none/functions").send(cloud.url)
    function2 = get(in_company_a, "GetFunction", "/2021-04-06/services/billing/functions/none").send(cloud.url)
    function3 = get(in_company_a, "GetFunction", "/2023-03-30/functions/none").send(cloud.url)

    no_service = (404, fc2("ServiceNotFound", "service 'none' does not exist"))
    assert (service.status_code, service.json()) == no_service
    assert (functions.status_code, functions.json()) == no_service
    expected = fc2("FunctionNotFound", "function 'none' does not exist in service 'billing'")
    assert (function2.status_code, function2.json()) == (404, expected)
    expected = fc3(function3, "FunctionNotFound", "function 'none' does not exist.")
    assert (function3.status_code, function3.json()) == (404, expected)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.0", "1" * 50])
def test_a_limit_must_be_one_to_a_hundred(cloud: LocalCloud, in_company_a: Keys, limit: str) -> None:
    """In both versions of the API."""
    services = list_services_call(in_company_a, limit=limit).send(cloud.url)
    functions = list_functions_call(in_company_a, limit=limit).send(cloud.url)

    refusal = ("InvalidArgument", "limit must be an integer between 1 and 100")
    assert (services.status_code, services.json()) == (400, fc2(*refusal))
    assert (functions.status_code, functions.json()) == (400, fc3(functions, *refusal))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"fcVersion": "v4"}, "fcVersion must be v2 or v3"),
        ({"tags": "[]"}, "the local cloud does not imitate the parameter tags"),
        ({"runtime": "python3.10"}, "the local cloud does not imitate the parameter runtime"),
    ],
)
def test_filters_that_can_t_be_applied_are_refused(
    cloud: LocalCloud, in_company_a: Keys, parameters: dict[str, str], message: str
) -> None:
    """A filter that were ignored would give an answer that is too long."""
    answer = list_functions_call(in_company_a, **parameters).send(cloud.url)

    assert (answer.status_code, answer.json()) == (400, fc3(answer, "InvalidArgument", message))


def test_a_page_token_is_good_for_its_own_listing_only(cloud: LocalCloud, function_keys: Keys, ops: Keys) -> None:
    """Not for another version, prefix, region or account, nor made up or changed."""
    in_c = assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID)
    in_a = assume(cloud, ops)
    token = list_functions_call(in_c, fcVersion="v2").send(cloud.url).json()["nextToken"]

    good = list_functions_call(in_c, fcVersion="v2", nextToken=token, limit="1").send(cloud.url)
    bad = [
        list_functions_call(in_c, fcVersion="v3", nextToken=token).send(cloud.url),
        list_functions_call(in_c, nextToken=token).send(cloud.url),
        list_functions_call(in_c, fcVersion="v2", prefix="s", nextToken=token).send(cloud.url),
        list_functions_call(in_a, fcVersion="v2", nextToken=token).send(cloud.url),
        list_functions_call(in_c, fcVersion="v2", nextToken=token)
        .but(host="fcv3.cn-shanghai.aliyuncs.com")
        .send(cloud.url),
        list_functions_call(in_c, fcVersion="v2", nextToken="made-up").send(cloud.url),
        list_functions_call(in_c, fcVersion="v2", nextToken="ü").send(cloud.url),
        list_functions_call(in_c, fcVersion="v2", nextToken=token[:-4] + "AAAA").send(cloud.url),
    ]

    assert [function["functionName"] for function in good.json()["functions"]] == ["shop-021$order"]
    assert [answer.status_code for answer in bad] == [400] * 8
    assert [answer.json() for answer in bad] == [
        fc3(answer, "InvalidArgument", "nextToken is invalid") for answer in bad
    ]


def test_a_listing_goes_on_where_it_was_when_the_account_changes(cloud: LocalCloud, function_keys: Keys) -> None:
    """What is added behind the last name of a page is met, and removing that name loses nothing."""
    in_c = assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID)
    host = f"{COMPANY_C}.cn-hangzhou.fc.aliyuncs.com"
    first = list_services_call(in_c, limit="2").but(host=host).send(cloud.url).json()
    services = account(cloud, COMPANY_C).inventories["cn-hangzhou"].services

    services.remove("shop-002")
    services.add("shop-0025", Service("shop-0025"))
    more = list_services_call(in_c, limit="2", nextToken=first["nextToken"]).but(host=host).send(cloud.url).json()

    assert [service["serviceName"] for service in more["services"]] == ["shop-0025", "shop-003"]


def test_request_ids_have_the_form_of_their_api(cloud: LocalCloud, in_company_a: Keys) -> None:
    """They are in a header of every answer, and differ."""
    services = list_services_call(in_company_a).send(cloud.url)
    functions = [list_functions_call(in_company_a).send(cloud.url) for _ in range(2)]

    assert len(services.headers["x-fc-request-id"]) == 36
    ids = {answer.headers["x-fc-request-id"] for answer in functions}
    assert len(ids) == 2
    assert {tuple(map(len, request_id.split("-"))) for request_id in ids} == {(1, 8, 8, 12)}


def test_clients_that_change_only_their_endpoint_are_served(cloud: LocalCloud, ops: Keys, in_company_a: Keys) -> None:
    """With a loopback `Host`, version and path name the product, the key the account, and the world the region."""
    host = cloud.url.removeprefix("http://")

    answers = [
        assume_role_call(ops).but(host=host).send(cloud.url),
        list_services_call(in_company_a).but(host=host).send(cloud.url),
        list_functions_call(in_company_a).but(host="localhost").send(cloud.url),
        assume_role_call(ops).but(host=host, version="2014-08-15").send(cloud.url),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 400]
