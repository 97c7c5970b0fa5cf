"""Functions are made, changed, read and deleted through API 2023-03-30, by the vendor's SDK."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from alibabacloud_fc20230330 import models

from local.cloud import LocalCloud, parse_policy
from local.cloud.clock import utc_now
from local.cloud.functions.archive import crc64
from local.cloud.inventory import Function, Inventory
from local.cloud.objects import StoredObject
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys, Wire
from tests.hosting.conftest import Clock
from tests.hosting.deploying import ACCOUNT, ECHO, ROLE, Deployer, body_of, refusal_of, user, zip_of

FC_HOST = f"{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com"


def names_of(deployer: Deployer, prefix: str) -> list[str]:
    request = models.ListFunctionsRequest(prefix=prefix, fc_version="v3")
    return [function.function_name for function in deployer.client.list_functions(request).body.functions]


def test_a_function_that_was_created_is_read_back_and_listed(deployer: Deployer) -> None:
    """What was given is there, what was not has its documented default."""
    code = zip_of({"index.py": ECHO})
    variables = {"STAGE": "test"}

    deployer.deploy("kept", code, role=ROLE, memorySize=1024, timeout=60, environmentVariables=variables)

    found = deployer.client.get_function("kept", models.GetFunctionRequest()).body
    assert (found.memory_size, found.timeout, found.cpu, found.disk_size) == (1024, 60, 0.7, 512)
    assert (found.role, found.environment_variables, found.runtime) == (ROLE, variables, "python3.10")
    assert (found.code_checksum, found.code_size) == (crc64(code), len(code))
    assert (found.state, found.last_update_status) == ("Active", "Successful")
    assert found.function_arn == f"acs:fc:cn-hangzhou:{ACCOUNT}:functions/kept"
    assert names_of(deployer, "kept") == ["kept"]


def test_an_update_changes_what_it_names(deployer: Deployer) -> None:
    """The rest stays, the code included."""
    before = deployer.deploy("changing", description="one", timeout=10)

    deployer.update("changing", description="two")

    after = deployer.client.get_function("changing", models.GetFunctionRequest()).body
    assert (after.description, after.timeout, after.function_id) == ("two", 10, before.function_id)
    assert after.code_checksum == before.code_checksum


def test_a_deleted_function_is_gone(deployer: Deployer) -> None:
    """It is neither read nor listed nor invoked."""
    deployer.deploy("short-lived")

    answer = deployer.client.delete_function("short-lived")

    gone = (404, "FunctionNotFound", "function 'short-lived' does not exist.")
    assert answer.status_code == 204
    assert refusal_of(lambda: deployer.client.delete_function("short-lived")) == gone
    assert refusal_of(lambda: deployer.invoke("short-lived")) == gone
    assert names_of(deployer, "short-lived") == []


def test_a_function_has_no_reasons_where_there_is_nothing_to_say(cloud: LocalCloud, deployer: Deployer) -> None:
    """Empty ones were changes to Serverless Devs where nothing changed."""
    deployer.deploy("reasonless")
    path = "/2023-03-30/functions/reasonless"

    answer = Wire(deployer.keys, FC_HOST, "GetFunction", "2023-03-30", path).send(cloud.url).json()

    told = {name: value for name, value in answer.items() if "state" in name.lower() or "status" in name.lower()}
    assert told == {"state": "Active", "lastUpdateStatus": "Successful"}


def test_a_name_is_taken_once(deployer: Deployer) -> None:
    """The second CreateFunction is a conflict."""
    deployer.deploy("only-one")

    refusal = refusal_of(lambda: deployer.deploy("only-one"))

    assert refusal == (409, "FunctionAlreadyExists", "function 'only-one' already exists")


def test_code_comes_from_object_storage_too(cloud: LocalCloud, deployer: Deployer) -> None:
    """As `s deploy` does it: the zip is an object, and CreateFunction names it."""
    content = zip_of({"index.py": "def handler(event, context):\n    return 'from OSS'\n"})
    cloud.world.objects.put("code-bucket", f"{ACCOUNT}/code.zip", StoredObject(content, "application/zip", utc_now()))
    code = {"ossBucketName": "code-bucket", "ossObjectName": "code.zip"}

    deployer.deploy("from-oss", b"", code=code)

    missing = {**code, "ossObjectName": "1234567890123456/code.zip"}
    refusal = refusal_of(lambda: deployer.deploy("from-nowhere", b"", code=missing))
    assert body_of(deployer.invoke("from-oss")) == b"from OSS"
    assert refusal == (
        400,
        "InvalidArgument",
        "code: object '1234567890123456/code.zip' does not exist in bucket 'code-bucket'",
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"functionName": "1st"}, "functionName must match"),
        ({"functionName": "../../etc/passwd"}, "functionName must match"),
        ({"functionName": "a" * 65}, "functionName must match ^[A-Za-z_][A-Za-z0-9_-]{0,63}$"),
        ({"runtime": "python3.11"}, "runtime 'python3.11' is not supported"),
        ({"runtime": "python2.7"}, "runtime 'python2.7' is not supported"),
        ({"runtime": "nodejs8"}, "runtime 'nodejs8' is not supported"),
        ({"runtime": "nodejs10"}, "runtime 'nodejs10' is not supported"),
        ({"runtime": "dotnetcore2.1"}, "runtime 'dotnetcore2.1' is not supported"),
        (
            {"layers": ["nope"]},
            "layer 'nope' is not of the form acs:fc:<region>:<account>:layers/<name>/versions/<version>",
        ),
        ({"logConfig": {"project": "p"}}, "logConfig has no logstore"),
        ({"logConfig": {"project": "", "logstore": "l"}}, "logConfig has no project"),
        ({"vpcConfig": {"vSwitchIds": ["vsw-1"], "securityGroupId": "sg-1"}}, "vpcConfig has no vpcId"),
        ({"vpcConfig": {"vpcId": "vpc-1"}}, "vpcConfig has no vSwitchIds and no securityGroupId"),
        ({"handler": "index"}, "handler 'index' is not of the form file.function"),
        ({"handler": ""}, "handler"),
        ({"memorySize": 64}, "memorySize"),
        ({"memorySize": 1000}, "memorySize"),
        ({"memorySize": 32832}, "memorySize"),
        ({"memorySize": 512, "cpu": 1}, "ratio"),
        ({"memorySize": 4096, "cpu": 0.5}, "ratio"),
        ({"cpu": 0.33}, "multiple of 0.05"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": 86401}, "timeout"),
        ({"diskSize": 1024}, "diskSize must be 512 or 10240"),
        ({"instanceConcurrency": 2}, "instanceConcurrency"),
        ({"environmentVariables": {"FC_X": "1"}}, "'FC_X' is reserved"),
        ({"environmentVariables": {"1X": "1"}}, "'1X' must start with a letter"),
        ({"environmentVariables": {"X": "y" * 4096}}, "exceed 4096 bytes"),
        ({"instanceLifecycleConfig": {"initializer": {"handler": "index.init", "timeout": 301}}}, "initializer"),
        ({"role": "fc-inventory"}, "is not of the form acs:ram::<account>:role/<name>"),
        ({"role": "acs:ram::1234567890123456:role/fc-admin"}, "belongs to another account"),
        ({"code": {}}, "code is required"),
        ({"code": {"zipFile": "%%%"}}, "code.zipFile is not base64"),
        ({"code": {"zipFile": base64.b64encode(b"no zip").decode()}}, "the code is not a zip file"),
    ],
    ids=str,
)
def test_settings_beyond_the_limits_are_refused(deployer: Deployer, settings: dict[str, Any], expected: str) -> None:
    """With InvalidArgument, and nothing is created."""
    given = {"functionName": "refused", **settings}

    status, code, message = refusal_of(lambda: deployer.deploy(given.pop("functionName"), **given))

    assert (status, code) == (400, "InvalidArgument")
    assert expected in message
    assert names_of(deployer, "refused") == []


def test_what_is_at_the_limit_is_taken(deployer: Deployer) -> None:
    """A name of 64 characters, whole configurations and empty ones, layers of one's own and official ones."""
    name = "n" * 64
    layers = [f"acs:fc:cn-hangzhou:{owner}:layers/Python3.10_x/versions/12" for owner in (ACCOUNT, "official")]
    vpc = {"vpcId": "vpc-1", "vSwitchIds": ["vsw-1"], "securityGroupId": "sg-1"}

    made = deployer.deploy(name, layers=layers, vpcConfig=vpc, logConfig={"project": "p", "logstore": "l"})
    changed = deployer.update(name, vpcConfig={"vpcId": "", "vSwitchIds": [], "securityGroupId": ""}, logConfig={})

    assert [layer.arn for layer in made.layers] == [layer.arn for layer in changed.layers] == layers
    assert (made.vpc_config.to_map(), made.log_config.logstore) == (vpc, "l")
    assert changed.vpc_config.vpc_id == ""


def test_a_function_keeps_a_runtime_that_no_new_one_gets(cloud: LocalCloud, deployer: Deployer) -> None:
    """It can be changed, and be given a newer one, and then there is no way back."""
    old = Function(name="aged", runtime="python2.7", handler="index.handler")
    cloud.world.accounts[ACCOUNT].inventories.setdefault("cn-hangzhou", Inventory()).add_function(old)

    described = deployer.update("aged", description="still there", runtime="python2.7")
    renewed = deployer.update("aged", runtime="python3.10")
    refusal = refusal_of(lambda: deployer.update("aged", runtime="python2.7"))

    assert (described.description, described.runtime, renewed.runtime) == ("still there", "python2.7", "python3.10")
    assert refusal == (400, "InvalidArgument", "runtime 'python2.7' is not supported")


def code_of(url: str) -> httpx.Response:
    """Return what is at *url*, as anybody gets it."""
    return httpx.get(url, trust_env=False)


def test_the_code_can_be_had_again(deployer: Deployer) -> None:
    """GetFunctionCode names a URL, which needs no signature of its own."""
    code = zip_of({"index.py": ECHO})
    deployer.deploy("handed-out", code)

    found = deployer.client.get_function_code("handed-out", models.GetFunctionCodeRequest()).body

    answer = code_of(found.url)
    assert (found.checksum, answer.status_code, answer.content) == (crc64(code), 200, code)
    assert answer.headers["content-type"] == "application/zip"


def test_a_url_of_code_opens_nothing_else_and_not_for_ever(deployer: Deployer, clock: Clock) -> None:
    """Neither another function's code nor, after ten minutes, its own; nor that of a function that is gone."""
    for name in ("mine", "other"):
        deployer.deploy(f"code-of-{name}")
    url = deployer.client.get_function_code("code-of-mine", models.GetFunctionCodeRequest()).body.url

    other = code_of(url.replace("code-of-mine", "code-of-other"))
    later = code_of(re.sub(r"Expires=\d+", "Expires=9999999999", url))
    unsigned = code_of(url.partition("?")[0])
    deployer.client.delete_function("code-of-mine")
    gone = code_of(url)
    clock.ahead += timedelta(minutes=10, seconds=1)
    expired = code_of(url)
    clock.ahead -= timedelta(minutes=10, seconds=1)

    assert [(answer.status_code, answer.json()["message"]) for answer in (other, later, unsigned, gone, expired)] == [
        *[(403, "the URL is not one that GetFunctionCode gave")] * 3,
        (404, "function 'code-of-mine' has no code any more"),
        (403, "the URL has expired: ask GetFunctionCode for another one"),
    ]


def test_there_are_no_layers_and_aliases(deployer: Deployer) -> None:
    """An empty list of one's own, 404 for each by name; those that Alibaba Cloud offers are not known here."""
    deployer.deploy("layerless")
    client = deployer.client

    own = client.list_layers(models.ListLayersRequest(prefix="a")).body.layers
    refusals = [
        refusal_of(ask)
        for ask in (
            lambda: client.list_layers(models.ListLayersRequest(official="true")),
            lambda: client.list_layer_versions("x", models.ListLayerVersionsRequest()),
            lambda: client.get_layer_version("x", "1"),
            lambda: client.get_alias("layerless", "prod"),
            lambda: client.get_alias("none", "prod"),
        )
    ]

    assert own == []
    assert refusals == [
        (400, "InvalidArgument", "the local cloud does not imitate the parameter official"),
        (404, "LayerNotFound", "layer 'x' does not exist"),
        (404, "LayerVersionNotFound", "version '1' of layer 'x' does not exist"),
        (404, "AliasNotFound", "alias 'prod' of function 'layerless' does not exist"),
        (404, "FunctionNotFound", "function 'none' does not exist."),
    ]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"functionName": 7}', b"\xff", b""])
def test_a_body_that_isn_t_a_function_is_refused(cloud: LocalCloud, deployer: Deployer, body: bytes) -> None:
    """Malformed JSON ends as an invalid argument."""
    headers: dict[str, str | None] = {"content-type": "application/json"} if body else {}
    call = Wire(deployer.keys, FC_HOST, "CreateFunction", "2023-03-30", path="/2023-03-30/functions", method="POST")

    answer = call.but(body=body, headers=headers).send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "/functions", "CreateFunction"),
        ("PUT", "/functions/guarded", "UpdateFunction"),
        ("DELETE", "/functions/guarded", "DeleteFunction"),
        ("POST", "/functions/guarded/invocations", "InvokeFunction"),
        ("POST", "/functions/guarded/triggers", "CreateTrigger"),
        ("GET", "/functions/guarded/triggers", "ListTriggers"),
        ("PUT", "/functions/guarded/async-invoke-config", "PutAsyncInvokeConfig"),
        ("GET", "/functions/guarded/vpc-bindings", "ListVpcBindings"),
    ],
)
def test_who_has_no_policy_may_do_nothing(
    cloud: LocalCloud, deployer: Deployer, method: str, path: str, action: str
) -> None:
    """Each action asks RAM, and the denial names action and resource."""
    nobody = user(cloud, "nobody")
    if "guarded" not in names_of(deployer, "guarded"):
        deployer.deploy("guarded")
    call = Wire(nobody, FC_HOST, action, "2023-03-30", path=f"/2023-03-30{path}", method=method)

    answer = call.but(body=b'{"functionName": "guarded", "triggerName": "guarded"}').send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (403, "AccessDenied")
    assert answer.json()["Message"].startswith(f"the caller is not authorized to perform 'fc:{action}' on resource")
    assert answer.json()["AccessDeniedDetail"]["NoPermissionType"] == "ImplicitDeny"


def test_a_role_is_handed_over_only_by_who_may_pass_it(cloud: LocalCloud) -> None:
    """CreateFunction with a role needs ram:PassRole beside fc:CreateFunction; without one it doesn't."""
    statement = {"Effect": "Allow", "Action": "fc:*", "Resource": "*"}
    policy = parse_policy({"Version": "1", "Statement": [statement]})
    cloud.world.accounts[ACCOUNT].add_policy("functions-only", policy)
    half = Deployer(cloud, user(cloud, "half", "functions-only"))

    half.deploy("without-role")

    refusal = refusal_of(lambda: half.deploy("with-role", role=ROLE))
    message = f"the caller is not authorized to perform 'ram:PassRole' on resource '{ROLE}'"
    assert refusal == (403, "AccessDenied", message)
    assert refusal_of(lambda: half.update("without-role", role=ROLE)) == refusal


def test_a_function_of_the_world_file_has_no_code(cloud: LocalCloud) -> None:
    """It can be described and changed; to be invoked, it must be given code first."""
    key = AccessKey("LTAI-root", "secret-of-root")
    cloud.world.accounts["1567890123456789"].root_key = key
    owner = Deployer(cloud, Keys(key.access_key_id, key.secret))

    refusal = refusal_of(lambda: owner.invoke("chat"))
    owner.update("chat", code={"zipFile": base64.b64encode(zip_of({"index.py": ECHO})).decode()})

    assert refusal == (400, "InvalidArgument", "function 'chat' of the world file has no code: deploy some first")
    assert body_of(owner.invoke("chat", b"now")) == b"now"
