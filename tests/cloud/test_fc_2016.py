"""API 2016-08-15: what the old SDKs list and change, and where code is uploaded to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys
from tests.cloud.clients import A_HOST, COMPANY_A, account
from tests.cloud.envelopes import fc2
from tests.cloud.old_signatures import Roa, http_date, md5

CODE = {"zipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}
SELL: dict[str, Any] = {"functionName": "sell", "runtime": "python3.10", "handler": "index.handler", "code": CODE}


@pytest.fixture
def owner(cloud: LocalCloud) -> Keys:
    """Return the key of account A itself, which may do everything."""
    account(cloud, COMPANY_A).root_key = AccessKey("LTAIroot", "root")
    return Keys("LTAIroot", "root")


def ask(cloud: LocalCloud, keys: Keys, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Send a request of API 2016-08-15, and return status and body of the answer."""
    sent = b"" if body is None else json.dumps(body).encode()
    headers: dict[str, str | None] = {"content-type": "application/json", "content-md5": md5(sent)} if sent else {}
    answer = Roa("FC", keys, A_HOST, f"/2016-08-15{path}", method=method, body=sent, headers=headers).send(cloud.url)
    assert answer.headers["x-fc-request-id"]
    return answer.status_code, answer.json() if answer.content else None


def test_both_old_and_new_api_list_the_same(cloud: LocalCloud, owner: Keys) -> None:
    """Services and functions, one by one and all."""
    paths = [
        "/services",
        "/services/billing",
        "/services/billing/functions",
        "/services/billing/functions/create-invoice",
    ]

    old = [Roa("FC", owner, A_HOST, f"/2016-08-15{path}").send(cloud.url).json() for path in paths]
    new = [Roa("acs", owner, A_HOST, f"/2021-04-06{path}").send(cloud.url).json() for path in paths]

    assert old == new
    assert old[0]["services"][0]["serviceName"] == "billing"


def test_pages_lead_to_each_other(cloud: LocalCloud, owner: Keys) -> None:
    """By nextToken."""
    first = Roa("FC", owner, A_HOST, "/2016-08-15/services", {"limit": "2"}).send(cloud.url).json()
    query = {"limit": "2", "nextToken": first["nextToken"]}
    second = Roa("FC", owner, A_HOST, "/2016-08-15/services", query).send(cloud.url).json()

    assert [service["serviceName"] for page in (first, second) for service in page["services"]] == [
        "billing",
        "images",
        "web",
    ]
    assert "nextToken" not in second


@pytest.mark.parametrize("version", ["2016-08-15", "2021-04-06"])
@pytest.mark.parametrize("path", ["", "/functions", "/functions/create-invoice"])
@pytest.mark.parametrize(("qualifier", "kind"), [("nope", "alias"), ("1", "version")])
def test_there_is_nothing_but_the_latest(
    cloud: LocalCloud, owner: Keys, version: str, path: str, qualifier: str, kind: str
) -> None:
    """A qualifier names an alias or a version of a service, which this cloud has none of; the service comes first."""
    call = Roa("acs", owner, A_HOST, f"/{version}/services/billing{path}", {"qualifier": qualifier})
    of_none = call.but(path=f"/{version}/services/none{path}")

    latest = call.but(query={"qualifier": "LATEST"}).send(cloud.url)
    answers = [found.send(cloud.url) for found in (call, of_none)]

    message = f"{kind} '{qualifier}' of service 'billing' does not exist"
    assert latest.json() == call.but(query={}).send(cloud.url).json()
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (404, fc2(f"{kind.title()}NotFound", message)),
        (404, fc2("ServiceNotFound", "service 'none' does not exist")),
    ]


def test_a_service_and_its_function_live_and_end(cloud: LocalCloud, owner: Keys) -> None:
    """Created, changed, listed by both generations of the API, deleted."""
    created = ask(cloud, owner, "POST", "/services", {"serviceName": "shop", "description": "A", "unknown": 1})
    function = ask(cloud, owner, "POST", "/services/shop/functions", SELL | {"memorySize": 256, "timeout": 30})
    updated = ask(cloud, owner, "PUT", "/services/shop", {"description": "B", "internetAccess": False})
    changed = ask(cloud, owner, "PUT", "/services/shop/functions/sell", {"environmentVariables": {"A": "b"}})
    listed = Roa("acs", owner, A_HOST, "/2023-03-30/functions", {"fcVersion": "v2", "prefix": "shop"}).send(cloud.url)
    not_empty = ask(cloud, owner, "DELETE", "/services/shop")
    deleted = ask(cloud, owner, "DELETE", "/services/shop/functions/sell")
    gone = ask(cloud, owner, "DELETE", "/services/shop")

    assert (created[0], created[1]["description"]) == (200, "A")
    assert (function[0], function[1]["memorySize"], function[1]["timeout"]) == (200, 256, 30)
    assert updated[1] == created[1] | {
        "description": "B",
        "internetAccess": False,
        "lastModifiedTime": updated[1]["lastModifiedTime"],
    }
    assert changed[1]["environmentVariables"] == {"A": "b"}
    assert [found["functionName"] for found in listed.json()["functions"]] == ["shop$sell"]
    assert not_empty == (412, fc2("PreconditionFailed", "service 'shop' still has functions"))
    assert [deleted, gone] == [(204, None), (204, None)]
    assert ask(cloud, owner, "GET", "/services/shop") == (404, fc2("ServiceNotFound", "service 'shop' does not exist"))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "message"),
    [
        ("POST", "/services", {"serviceName": "billing"}, 409, "ServiceAlreadyExists", "service 'billing' already exists"),
        ("POST", "/services", {"serviceName": "../x"}, 400, "InvalidArgument", "serviceName must match ^[A-Za-z_][A-Za-z0-9_-]{0,127}$"),
        ("POST", "/services", {}, 400, "InvalidArgument", "serviceName must match ^[A-Za-z_][A-Za-z0-9_-]{0,127}$"),
        ("POST", "/services", {"serviceName": 1}, 400, "InvalidArgument", "Expected `str | null`, got `int` - at `$.serviceName`"),
        ("POST", "/services", [], 400, "InvalidArgument", "the request body is not a JSON object"),
        ("PUT", "/services/none", {}, 404, "ServiceNotFound", "service 'none' does not exist"),
        ("DELETE", "/services/none", None, 404, "ServiceNotFound", "service 'none' does not exist"),
        ("POST", "/services/none/functions", SELL, 404, "ServiceNotFound", "service 'none' does not exist"),
        ("POST", "/services/billing/functions", SELL | {"functionName": "create-invoice"}, 409, "FunctionAlreadyExists", "function 'create-invoice' already exists in service 'billing'"),
        ("POST", "/services/billing/functions", SELL | {"code": None}, 400, "InvalidArgument", "code is required but not provided"),
        ("POST", "/services/billing/functions", SELL | {"memorySize": 100}, 400, "InvalidArgument", "memorySize must be a multiple of 64 between 128 and 32768"),
        ("POST", "/services/billing/functions", SELL | {"timeout": 0}, 400, "InvalidArgument", "timeout must be between 1 and 86400"),
        ("POST", "/services/billing/functions", SELL | {"functionName": "a" * 65}, 400, "InvalidArgument", "functionName must match ^[A-Za-z_][A-Za-z0-9_-]{0,63}$"),
        ("POST", "/services/billing/functions", SELL | {"runtime": "python3.11"}, 400, "InvalidArgument", "runtime 'python3.11' is not supported"),
        ("POST", "/services/billing/functions", SELL | {"environmentVariables": {"FC_X": "1"}}, 400, "InvalidArgument", "environment variable 'FC_X' is reserved"),
        ("PUT", "/services/billing/functions/create-invoice", {"runtime": "cobol"}, 400, "InvalidArgument", "runtime 'cobol' is not supported"),
        ("PUT", "/services/billing/functions/create-invoice", {"environmentVariables": {"1X": "1"}}, 400, "InvalidArgument", "environment variable '1X' must start with a letter and have letters, digits and _ only"),
        ("PUT", "/services/billing/functions/none", {}, 404, "FunctionNotFound", "function 'none' does not exist in service 'billing'"),
        ("DELETE", "/services/billing/functions/none", None, 404, "FunctionNotFound", "function 'none' does not exist in service 'billing'"),
        ("PATCH", "/services", {}, 400, "PathNotSupported", "'PATCH' against '/2016-08-15/services' is not supported"),
        ("GET", "/custom-domains", None, 400, "PathNotSupported", "'GET' against '/2016-08-15/custom-domains' is not supported"),
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused(  # noqa: PLR0913, PLR0917 - a table
    cloud: LocalCloud, owner: Keys, method: str, path: str, body: object, status: int, code: str, message: str
) -> None:
    """With the service's own codes."""
    assert ask(cloud, owner, method, path, body) == (status, fc2(code, message))


def test_a_body_that_is_no_json_is_refused(cloud: LocalCloud, owner: Keys) -> None:
    """As an argument that isn't one."""
    answer = Roa("FC", owner, A_HOST, "/2016-08-15/services", method="POST", body=b"{").send(cloud.url)

    assert (answer.status_code, answer.json()) == (400, fc2("InvalidArgument", "the request body is not a valid JSON"))


def test_filters_by_tags_are_refused(cloud: LocalCloud, owner: Keys) -> None:
    """To ignore one would be to answer with too much."""
    answer = Roa("FC", owner, A_HOST, "/2016-08-15/services", {"tag_team": "a"}).send(cloud.url)

    message = "the local cloud does not imitate filters by tags"
    assert (answer.status_code, answer.json()) == (400, fc2("InvalidArgument", message))


@pytest.mark.parametrize(
    ("method", "path", "action", "resource"),
    [
        ("POST", "/services", "CreateService", "services/*"),
        ("PUT", "/services/billing", "UpdateService", "services/billing"),
        ("DELETE", "/services/billing", "DeleteService", "services/billing"),
        ("POST", "/services/billing/functions", "CreateFunction", "services/billing/functions/*"),
        ("PUT", "/services/billing/functions/x", "UpdateFunction", "services/billing/functions/x"),
        ("DELETE", "/services/billing/functions/x", "DeleteFunction", "services/billing/functions/x"),
    ],
)
def test_who_may_read_may_not_write(
    cloud: LocalCloud, in_company_a: Keys, method: str, path: str, action: str, resource: str
) -> None:
    """Each action asks for its own permission, before it looks at anything."""
    arn = f"acs:fc:cn-hangzhou:{COMPANY_A}:{resource}"
    message = f"the caller is not authorized to perform 'fc:{action}' on resource '{arn}'"

    assert ask(cloud, in_company_a, method, path) == (403, fc2("AccessDenied", message))


def test_account_settings_name_zones(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Of the host's region."""
    zones = ["cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou-c"]

    assert ask(cloud, in_company_a, "GET", "/account-settings") == (200, {"availableAZs": zones, "defaultRole": ""})


def test_an_account_without_function_compute_may_not_upload(cloud: LocalCloud, owner: Keys) -> None:
    """Nor do anything else there."""
    account(cloud, COMPANY_A).fc_enabled = False
    refused = (403, fc2("AccessDenied", "FC service is not enabled for current user."))

    assert [ask(cloud, owner, "GET", path) for path in ("/tempBucketToken", "/account-settings", "/services")] == [
        refused
    ] * 3


def test_the_query_of_a_call_to_a_function_is_signed(cloud: LocalCloud, owner: Keys) -> None:
    """Under /proxy/, which isn't imitated: that is said only to those who signed it so."""
    path = "/2016-08-15/proxy/billing/create-invoice/"
    call = Roa("FC", owner, A_HOST, path, {"b": "2", "a": "1"}, headers={"date": http_date()})

    answer = call.but(resource=f"{path}\na=1\nb=2").send(cloud.url)

    assert answer.json()["ErrorCode"] == "PathNotSupported"
