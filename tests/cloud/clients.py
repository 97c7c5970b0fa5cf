"""The vendor's own clients, pointed at a local cloud; the identities and hosts of the default world."""

from __future__ import annotations

from alibabacloud_fc20230330.client import Client as Fc3Client
from alibabacloud_fc_open20210406.client import Client as Fc2Client
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_sts20150401.models import AssumeRoleRequest
from alibabacloud_tea_openapi.models import Config

from local.cloud import LocalCloud
from local.cloud.world import Account
from tests.cloud.acs3 import Keys, Wire

COMPANY_A, COMPANY_B, COMPANY_C = "1234567890123456", "1345678901234567", "1456789012345678"
FC_ADMIN = f"acs:ram::{COMPANY_A}:role/fc-admin"
C_READER = f"acs:ram::{COMPANY_C}:role/fc-inventory-reader"
C_EXTERNAL_ID = "c-7f3a9b2e51d04c68"
EXECUTION_ROLE = f"acs:ram::{COMPANY_B}:role/fc-inventory"

STS_HOST = "sts.cn-hangzhou.aliyuncs.com"
A_HOST = f"{COMPANY_A}.cn-hangzhou.fc.aliyuncs.com"
FC3_HOST = "fcv3.cn-hangzhou.aliyuncs.com"


def user_keys(cloud: LocalCloud, name: str, account_id: str = COMPANY_B) -> Keys:
    """Return the keys of a RAM user, of company B unless another account is named."""
    key = account(cloud, account_id).users[name].access_keys[0]
    return Keys(key.access_key_id, key.secret)


def account(cloud: LocalCloud, account_id: str) -> Account:
    """Return an account of the running world."""
    return cloud.world.accounts[account_id]


def config(cloud: LocalCloud, keys: Keys) -> Config:
    """Return an SDK configuration which changes nothing but the endpoint."""
    return Config(
        protocol="http",
        endpoint=cloud.url.removeprefix("http://"),
        region_id="cn-hangzhou",
        access_key_id=keys.access_key_id,
        access_key_secret=keys.secret,
        security_token=keys.token,
    )


def sts(cloud: LocalCloud, keys: Keys) -> StsClient:
    """Return the client of STS."""
    return StsClient(config(cloud, keys))


def fc2(cloud: LocalCloud, keys: Keys) -> Fc2Client:
    """Return the client of Function Compute 2.0."""
    return Fc2Client(config(cloud, keys))


def fc3(cloud: LocalCloud, keys: Keys) -> Fc3Client:
    """Return the client of Function Compute 3.0."""
    return Fc3Client(config(cloud, keys))


def assume(cloud: LocalCloud, keys: Keys, role_arn: str = FC_ADMIN, **parameters: object) -> Keys:
    """Return the keys of a new session."""
    request = AssumeRoleRequest(role_arn=role_arn, role_session_name="alice", **parameters)
    issued = sts(cloud, keys).assume_role(request).body.credentials
    return Keys(issued.access_key_id, issued.access_key_secret, issued.security_token)


def assume_role_call(keys: Keys | None, **parameters: str) -> Wire:
    """Return an AssumeRole of company A's role, as yet unsigned; a parameter given as "" is left out."""
    query = {"RoleArn": FC_ADMIN, "RoleSessionName": "alice", **parameters}
    sent = {name: value for name, value in query.items() if value}
    return Wire(keys, STS_HOST, "AssumeRole", "2015-04-01", query=sent, method="POST")


def list_services_call(keys: Keys | None, **query: str) -> Wire:
    """Return a ListServices on company A's host, as yet unsigned."""
    return Wire(keys, A_HOST, "ListServices", "2021-04-06", path="/2021-04-06/services", query=query)


def list_functions_call(keys: Keys | None, **query: str) -> Wire:
    """Return a ListFunctions of API 2023-03-30, as yet unsigned."""
    return Wire(keys, FC3_HOST, "ListFunctions", "2023-03-30", path="/2023-03-30/functions", query=query)
