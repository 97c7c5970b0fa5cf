"""The clients that existing programs use, unchanged but for their endpoint: each does its work and is told why not."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import fc2 as old_fc
import pytest
from alibabacloud_credentials.client import Client as CredentialsClient
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_fc20230330.client import Client as Fc3Client
from alibabacloud_fc20230330.models import ListFunctionsRequest
from alibabacloud_fc_open20210406.client import Client as Fc2Client
from alibabacloud_fc_open20210406.models import ListServicesRequest
from alibabacloud_sts20150401.client import Client as StsClient
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest
from aliyunsdksts.request.v20150401.GetCallerIdentityRequest import GetCallerIdentityRequest
from Tea.exceptions import TeaException

from local.cloud import LocalCloud
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, FC_ADMIN, account, config
from tests.tools import NPM, find_command, find_in_npm

NODE_PROGRAM = Path(__file__).parent / "node" / "old_clients.js"
A_INVENTORY = {
    "billing": ["create-invoice", "send-reminder"],
    "images": ["resize"],
    "web": ["index", "login"],
}


def do_action(cloud: LocalCloud, client: AcsClient, request: Any) -> dict[str, Any]:
    """Send *request* of aliyun-python-sdk-core to the cloud, and return the answer."""
    request.set_endpoint(cloud.url.removeprefix("http://"))
    request.set_protocol_type("http")
    answer: dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return answer


def assume_role_request() -> AssumeRoleRequest:
    """Return the request for company A's role."""
    request = AssumeRoleRequest()
    request.set_RoleArn(FC_ADMIN)
    request.set_RoleSessionName("alice")
    return request


def old_fc_client(cloud: LocalCloud, keys: Keys) -> old_fc.Client:
    """Return the client of aliyun-fc2."""
    token = {"securityToken": keys.token} if keys.token else {}
    return old_fc.Client(endpoint=cloud.url, accessKeyID=keys.access_key_id, accessKeySecret=keys.secret, **token)


def test_aliyun_python_sdk_sts_assumes_roles(cloud: LocalCloud, ops: Keys) -> None:
    """And acts with what it got."""
    client = AcsClient(ops.access_key_id, ops.secret, "cn-hangzhou")

    issued = do_action(cloud, client, assume_role_request())
    found = issued["Credentials"]
    session = StsTokenCredential(found["AccessKeyId"], found["AccessKeySecret"], found["SecurityToken"])
    identity = do_action(cloud, AcsClient(region_id="cn-hangzhou", credential=session), GetCallerIdentityRequest())

    assert issued["AssumedRoleUser"]["Arn"] == f"{FC_ADMIN}/alice"
    assert identity["Arn"] == f"acs:ram::{COMPANY_A}:assumed-role/fc-admin/alice"


def test_aliyun_python_sdk_core_tells_a_wrong_secret(cloud: LocalCloud, ops: Keys, intern: Keys) -> None:
    """It knows one by the string to sign that the gateway gives, so that must be, letter by letter, its own."""
    wrong = AcsClient(ops.access_key_id, "wrong", "cn-hangzhou")
    denied = AcsClient(intern.access_key_id, intern.secret, "cn-hangzhou")

    with pytest.raises(ServerException) as first:
        do_action(cloud, wrong, assume_role_request())
    with pytest.raises(ServerException) as second:
        do_action(cloud, denied, assume_role_request())

    assert (first.value.get_http_status(), first.value.get_error_code()) == (400, "InvalidAccessKeySecret")
    assert (second.value.get_http_status(), second.value.get_error_code()) == (403, "NoPermission")


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("/2023-03-30/functions", {"prefix": "bill", "limit": "1"}, "billing$create-invoice"),
        ("/2023-03-30/functions/billing$send-reminder", {"qualifier": "LATEST"}, "billing$send-reminder"),
        ("/2021-04-06/services", {"prefix": "we"}, "web"),
        ("/2016-08-15/services/images/functions", {}, "resize"),
    ],
)
def test_aliyun_python_sdk_core_asks_for_paths(
    cloud: LocalCloud, in_company_a: Keys, path: str, query: dict[str, str], found: str
) -> None:
    """Its `CommonRequest` with a `uri_pattern` is signed by ROA 1.0, without a nonce."""
    session = StsTokenCredential(in_company_a.access_key_id, in_company_a.secret, in_company_a.token)
    request = CommonRequest(version=path.split("/")[1], uri_pattern=path)
    request.set_method("GET")
    for name, value in query.items():
        request.add_query_param(name, value)

    answer = do_action(cloud, AcsClient(region_id="cn-hangzhou", credential=session), request)

    listed = answer.get("functions") or answer.get("services") or [answer]
    assert [one.get("functionName") or one["serviceName"] for one in listed] == [found]


def test_aliyun_python_sdk_core_is_refused_with_a_wrong_secret(cloud: LocalCloud, in_company_a: Keys) -> None:
    """That there is no nonce makes nothing else lax."""
    session = StsTokenCredential(in_company_a.access_key_id, "wrong", in_company_a.token)
    request = CommonRequest(version="2023-03-30", uri_pattern="/2023-03-30/functions")
    request.set_method("GET")

    with pytest.raises(ServerException) as caught:
        do_action(cloud, AcsClient(region_id="cn-hangzhou", credential=session), request)

    assert (caught.value.get_http_status(), caught.value.get_error_code()) == (403, "SignatureNotMatch")


def test_aliyun_fc2_lists(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Services and their functions, with the keys of a session."""
    client = old_fc_client(cloud, in_company_a)

    services = [service["serviceName"] for service in client.list_services(limit=100).data["services"]]
    found = {
        name: [function["functionName"] for function in client.list_functions(name).data["functions"]]
        for name in services
    }

    assert found == A_INVENTORY


def test_aliyun_fc2_reads_the_latest_alone(cloud: LocalCloud, in_company_a: Keys) -> None:
    """It writes a qualifier behind the service's name."""
    client = old_fc_client(cloud, in_company_a)

    service = client.get_service("billing", qualifier="LATEST").data["serviceName"]
    functions = client.list_functions("billing", qualifier="LATEST").data["functions"]
    function = client.get_function("billing", "send-reminder", qualifier="LATEST").data["functionName"]
    codes = []
    for name, qualifier in (("billing", "prod"), ("billing", "3"), ("none", "prod")):
        with pytest.raises(old_fc.fc_exceptions.FcError) as caught:
            client.list_functions(name, qualifier=qualifier)
        codes.append((caught.value.err_code, caught.value.message))

    assert (service, len(functions), function) == ("billing", 2, "send-reminder")
    assert [code for code, _ in codes] == ["AliasNotFound", "VersionNotFound", "ServiceNotFound"]
    assert "alias 'prod' of service 'billing' does not exist" in codes[0][1]


def test_aliyun_fc2_creates_changes_and_deletes(cloud: LocalCloud, tmp_path: Path) -> None:
    """A service and a function."""
    account(cloud, COMPANY_A).root_key = AccessKey("LTAIroot", "root")
    client = old_fc_client(cloud, Keys("LTAIroot", "root"))
    (tmp_path / "index.py").write_text("def handler(event, context): ...\n")

    client.create_service("shop", description="A")
    client.create_function("shop", "sell", "python3.10", "index.handler", codeDir=str(tmp_path))
    client.update_function("shop", "sell", description="B", codeDir=str(tmp_path))

    assert client.get_function("shop", "sell").data["description"] == "B"
    with pytest.raises(old_fc.fc_exceptions.FcError) as error:
        client.create_service("shop")
    assert error.value.err_code == "ServiceAlreadyExists"
    client.delete_function("shop", "sell")
    client.delete_service("shop")
    assert [service["serviceName"] for service in client.list_services().data["services"]] == list(A_INVENTORY)


def test_current_sdks_may_sign_the_old_way(cloud: LocalCloud, ops: Keys, in_company_a: Keys) -> None:
    """`signature_algorithm='v2'`: RPC 1.0 for STS, ROA 1.0 for both versions of Function Compute."""
    caller, session = config(cloud, ops), config(cloud, in_company_a)
    caller.signature_algorithm = session.signature_algorithm = "v2"

    identity = StsClient(caller).get_caller_identity().body
    services = Fc2Client(session).list_services(ListServicesRequest(limit=2, prefix="bill")).body.services
    functions = (
        Fc3Client(session).list_functions(ListFunctionsRequest(fc_version="v2", prefix="billing$")).body.functions
    )

    assert identity.identity_type == "RAMUser"
    assert [service.service_name for service in services] == ["billing"]
    assert [function.function_name for function in functions] == ["billing$create-invoice", "billing$send-reminder"]


def test_current_sdks_take_an_endpoint_as_url(cloud: LocalCloud, ops: Keys) -> None:
    """Then they send the URL as their host."""
    configured = config(cloud, ops)
    configured.endpoint = cloud.url

    assert StsClient(configured).get_caller_identity().body.identity_type == "RAMUser"


def test_current_sdks_are_told_of_a_wrong_secret_in_the_old_way(cloud: LocalCloud, ops: Keys) -> None:
    """By the gateway's code."""
    wrong = config(cloud, Keys(ops.access_key_id, "wrong"))
    wrong.signature_algorithm = "v2"

    with pytest.raises(TeaException) as error:
        StsClient(wrong).get_caller_identity()

    assert error.value.code == "SignatureDoesNotMatch"


def test_alibabacloud_credentials_assumes_roles(cloud: LocalCloud, ops: Keys) -> None:
    """With RPC 1.0 of its own."""
    wanted = CredentialsConfig(
        type="ram_role_arn",
        access_key_id=ops.access_key_id,
        access_key_secret=ops.secret,
        role_arn=FC_ADMIN,
        role_session_name="alice",
        sts_endpoint=cloud.url,
    )

    found = CredentialsClient(wanted).get_credential()

    assert found.access_key_id in cloud.world.sessions


def test_a_node_program_of_old_works(cloud: LocalCloud, ops: Keys) -> None:
    """`@alicloud/pop-core`, `@alicloud/fc2` and its `ali-oss`: RPC 1.0, ROA 1.0, Function Compute's and OSS's own."""
    node = find_command("node", "Debian: apt install nodejs")
    find_in_npm("@alicloud/fc2")

    ended = subprocess.run(
        [node, str(NODE_PROGRAM), cloud.url, ops.access_key_id, ops.secret],
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(NPM)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == {
        "arns": [f"{FC_ADMIN}/alice"] * 2,
        "inventory": A_INVENTORY,
        "service": "billing",
        "byRoa": "billing",
        "upload": {
            "status": 200,
            "content": "zip",
            "part": "ip",
            "size": "3",
            "elsewhere": "AccessDenied",
            "deleted": 204,
            "gone": "NoSuchKey",
        },
        "refusals": {
            "wrong secret, STS": "SignatureDoesNotMatch",
            "wrong secret, FC": "SignatureNotMatch",
            "other token, FC": "InvalidSecurityToken.MismatchWithAccessKey",
            "other account, FC": "AccessDenied",
            "not permitted, FC": "AccessDenied",
            "no such service, FC": "ServiceNotFound",
        },
    }
