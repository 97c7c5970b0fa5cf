"""What the cloud remembers of requests."""

from __future__ import annotations

from local.cloud import LocalCloud, RecordedRequest
from tests.cloud.acs3 import Keys
from tests.cloud.clients import A_HOST, COMPANY_A, STS_HOST, assume_role_call, list_services_call
from tests.cloud.conftest import Clock


def test_a_request_is_recorded_whole(cloud: LocalCloud, in_company_a: Keys, clock: Clock) -> None:
    """Everything that a test may want to know of it."""
    cloud.requests.clear()
    before = clock()

    list_services_call(in_company_a, limit="2", prefix="b i").send(cloud.url)

    (recorded,) = cloud.requests
    assert before <= recorded.time <= clock()
    assert recorded == RecordedRequest(
        time=recorded.time,
        host=A_HOST,
        method="GET",
        path="/2021-04-06/services",
        query={"limit": "2", "prefix": "b i"},
        action="ListServices",
        version="2021-04-06",
        access_key_id=in_company_a.access_key_id,
        account_id=COMPANY_A,
        status=200,
        code="",
    )


def test_a_refused_request_is_recorded_as_far_as_it_came(cloud: LocalCloud, ops: Keys) -> None:
    """With the code of the refusal."""
    assume_role_call(Keys(ops.access_key_id, "wrong")).send(cloud.url)
    assume_role_call(ops).but(host="example.com").send(cloud.url)

    wrong, nowhere = cloud.requests
    assert (wrong.host, wrong.action, wrong.access_key_id, wrong.account_id) == (
        STS_HOST,
        "AssumeRole",
        ops.access_key_id,
        "",
    )
    assert (wrong.status, wrong.code) == (400, "SignatureDoesNotMatch")
    assert (nowhere.host, nowhere.action, nowhere.status, nowhere.code) == (
        "example.com",
        "",
        404,
        "InvalidProduct.NotFound",
    )


def test_no_secret_is_recorded(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Neither keys nor tokens nor signatures, wherever they were sent."""
    call = list_services_call(in_company_a, SecurityToken="a-token", Signature="a-signature")
    signature = call.signed_headers()["authorization"].rpartition("=")[2]

    call.send(cloud.url)

    text = repr(cloud.requests)
    assert in_company_a.token is not None
    assert not [
        secret
        for secret in (in_company_a.secret, in_company_a.token, signature, "a-token", "a-signature")
        if secret in text
    ]
