"""The role of the flow, flow/role/, by what it may do in a cloud that checks rights."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from local.cloud import LocalCloud, parse_policy, parse_trust_policy
from local.cloud.world import Role
from tests.cloud.acs3 import Keys
from tests.hosting.deploying import ACCOUNT, REGION, Deployer, body_of, refusal_of

DOCUMENTS = Path(__file__).parents[2] / "flow" / "role"


def document(name: str) -> str:
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    return text.replace("<region>", REGION).replace("<account B>", ACCOUNT)


@pytest.fixture
def flow(cloud: LocalCloud) -> Deployer:
    """CloudFlow, acting as the flow's role."""
    account = cloud.world.accounts[ACCOUNT]
    account.add_policy("flow", parse_policy(json.loads(document("flow-policy.json"))))
    trust = parse_trust_policy(json.loads(document("flow-trust.json")))
    account.roles["fc-inventory-flow"] = Role("fc-inventory-flow", "300000000000000099", trust, ["flow"])
    ask = {"role_arn": account.role_arn("fc-inventory-flow"), "service": "fnf.aliyuncs.com", "session_name": "flow"}
    session = httpx.post(f"{cloud.url}/_local/service-sessions", json=ask).raise_for_status().json()
    return Deployer(cloud, Keys(session["access_key_id"], session["access_key_secret"], session["security_token"]))


def test_the_flow_may_invoke_the_function_and_do_nothing_else(deployer: Deployer, flow: Deployer) -> None:
    """Not another function, and nothing but invoke."""
    deployer.deploy("fc-inventory")
    deployer.deploy("fc-inventory-other")

    answered = body_of(flow.invoke("fc-inventory", b"event"))

    assert answered == b"event"
    assert refusal_of(lambda: flow.invoke("fc-inventory-other"))[:2] == (403, "AccessDenied")
    assert refusal_of(lambda: flow.update("fc-inventory", timeout=1))[:2] == (403, "AccessDenied")
    assert refusal_of(lambda: flow.client.delete_function("fc-inventory"))[:2] == (403, "AccessDenied")


@pytest.mark.usefixtures("flow")
def test_only_cloudflow_may_take_the_role(cloud: LocalCloud) -> None:
    """Function Compute, for one, may not."""
    ask = {"role_arn": f"acs:ram::{ACCOUNT}:role/fc-inventory-flow", "service": "fc.aliyuncs.com", "session_name": "fc"}

    assert httpx.post(f"{cloud.url}/_local/service-sessions", json=ask).status_code == 403
