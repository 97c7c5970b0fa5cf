"""ListTriggers of both APIs, for functions that the world file describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.cloud.world_file import WorldError, load_world
from tests.cloud.acs3 import Keys, Wire
from tests.cloud.clients import A_HOST, C_EXTERNAL_ID, C_READER, COMPANY_C, FC3_HOST, assume

SITE = "/2021-04-06/services/web/functions/index/triggers"
NIGHTLY = "/2023-03-30/functions/nightly-backup/triggers"

HTTP = "type: http, config: {authType: function, methods: [GET]}"
WORLD = """\
accounts:
  - id: "1234567890123456"
    regions:
      - id: cn-hangzhou
        services:
          - name: web
            functions: [{name: index, %s}]
"""


def triggers_call(keys: Keys, path: str, host: str = A_HOST, **query: str) -> Wire:
    return Wire(keys, host, "ListTriggers", path.split("/")[1], path=path, query=query)


def test_triggers_of_a_function_of_fc2_are_listed(cloud: LocalCloud, in_company_a: Keys) -> None:
    """The configuration of an HTTP trigger is JSON in a string; the addresses stand beside it."""
    answer = triggers_call(in_company_a, SITE).send(cloud.url)

    (trigger,) = answer.json()["triggers"]
    assert trigger.pop("triggerId")
    assert trigger == {
        "triggerName": "site",
        "triggerType": "http",
        "triggerConfig": '{"authType": "anonymous", "methods": ["GET", "HEAD"]}',
        "description": "",
        "qualifier": "LATEST",
        "invocationRole": "",
        "sourceArn": "",
        "domainName": "",
        "urlInternet": "https://web-index.cn-hangzhou.fcapp.run",
        "urlIntranet": "https://web-index.cn-hangzhou-vpc.fcapp.run",
        "createdTime": "2024-03-01T08:00:00Z",
        "lastModifiedTime": "2024-03-01T08:00:00Z",
    }


@pytest.mark.parametrize("host", [A_HOST, FC3_HOST])
def test_triggers_of_a_function_of_fc3_are_listed(cloud: LocalCloud, in_company_a: Keys, host: str) -> None:
    """So is one that was not deployed but described."""
    answer = triggers_call(in_company_a, NIGHTLY, host).send(cloud.url)

    assert [(each["triggerName"], each["triggerType"]) for each in answer.json()["triggers"]] == [("nightly", "timer")]


def test_listing_triggers_changes_nothing(cloud: LocalCloud, in_company_a: Keys) -> None:
    """A function that was only looked at is listed as before."""
    functions = Wire(in_company_a, A_HOST, "ListFunctions", "2023-03-30", path="/2023-03-30/functions")
    before = functions.send(cloud.url).json()

    triggers_call(in_company_a, NIGHTLY).send(cloud.url)

    assert functions.send(cloud.url).json() == before


def test_role_and_network_are_listed(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Those of a function of FC 3.0 are its own."""
    functions = Wire(in_company_a, A_HOST, "ListFunctions", "2023-03-30", path="/2023-03-30/functions")

    listed: dict[str, Any] = {each["functionName"]: each for each in functions.send(cloud.url).json()["functions"]}

    backup, webhook = listed["nightly-backup"], listed["webhook"]
    assert (backup["role"], backup["internetAccess"], backup["vpcConfig"]["vpcId"]) == (
        "acs:ram::1234567890123456:role/backup",
        True,
        "vpc-bp1backup",
    )
    assert (webhook["role"], webhook["vpcConfig"]["vpcId"]) == ("", "")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/2021-04-06/services/nothing/functions/index/triggers", "ServiceNotFound"),
        ("/2021-04-06/services/web/functions/nothing/triggers", "FunctionNotFound"),
        ("/2023-03-30/functions/nothing/triggers", "FunctionNotFound"),
    ],
)
def test_triggers_of_nothing_are_not_found(cloud: LocalCloud, in_company_a: Keys, path: str, code: str) -> None:
    """A name that is not there is not one without triggers."""
    answer = triggers_call(in_company_a, path).send(cloud.url)

    told = answer.json()
    assert (answer.status_code, told.get("ErrorCode") or told.get("Code")) == (404, code)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/2021-04-06/services/shop-001/functions/order/triggers", "services/shop-001/functions/order/triggers/*"),
        ("/2023-03-30/functions/job-001/triggers", "functions/job-001/triggers/*"),
    ],
)
def test_who_may_list_functions_may_not_list_triggers(
    cloud: LocalCloud, function_keys: Keys, path: str, resource: str
) -> None:
    """They are an action of their own."""
    keys = assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID)

    answer = triggers_call(keys, path, f"{COMPANY_C}.cn-hangzhou.fc.aliyuncs.com").send(cloud.url)

    arn = f"acs:fc:cn-hangzhou:{COMPANY_C}:{resource}"
    message = f"the caller is not authorized to perform 'fc:ListTriggers' on resource '{arn}'"
    told = answer.json()
    assert (answer.status_code, told.get("ErrorMessage") or told.get("Message")) == (403, message)


@pytest.mark.parametrize(
    "triggers",
    [
        "triggers: [{name: a, type: http, config: {authType: nobody, methods: [GET]}}]",
        "triggers: [{name: a, type: http, config: {authType: function}}]",
        "triggers: [{name: a, type: telegraph}]",
        "triggers: [{name: a, type: timer, config: {cronExpression: often}}]",
        "triggers: [{name: a, type: oss}, {name: a, type: oss}]",
        f"triggers: [{{name: a, {HTTP}}}, {{name: b, {HTTP}}}]",
        "role_arn: acs:ram::1234567890123456:role/r",
        "vpc_id: vpc-1",
        "internet_access: false",
    ],
)
def test_a_world_file_can_not_say_what_there_can_not_be(tmp_path: Path, triggers: str) -> None:
    """What CreateTrigger refuses, and a role or network of a function whose service has them."""
    file = tmp_path / "world.yaml"
    file.write_text(WORLD % triggers, encoding="utf-8")

    with pytest.raises(WorldError, match=r"world\.yaml:\d+: .*, expected (a trigger|a name|them at the service)"):
        load_world(file)
