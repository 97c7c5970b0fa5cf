"""Faults on demand: each does to the wire what it says, to the calls that it names and no others."""

from __future__ import annotations

import time
from http.client import IncompleteRead
from itertools import product

import pytest

from local.cloud import Fault, LocalCloud
from tests.cloud.acs3 import Keys
from tests.cloud.clients import (
    C_EXTERNAL_ID,
    C_READER,
    COMPANY_A,
    COMPANY_C,
    FC_ADMIN,
    assume,
    assume_role_call,
    list_functions_call,
    list_services_call,
)
from tests.cloud.envelopes import fc3


def statuses(cloud: LocalCloud, keys: Keys, calls: int) -> list[int]:
    """Return the statuses of several ListServices."""
    return [list_services_call(keys).send(cloud.url).status_code for _ in range(calls)]


def test_a_canned_answer_replaces_the_real_one(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Status, headers and body are those of the fault; the call isn't carried out."""
    fault = Fault(action="ListServices", times=1, status=503, body=b"<html>", headers={"content-type": "text/html"})
    cloud.faults.add(fault)

    answer = list_services_call(in_company_a).send(cloud.url)

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (503, b"<html>", "text/html")
    assert statuses(cloud, in_company_a, 1) == [200]


@pytest.mark.parametrize("body", [b"", b"null", b"{", b"[]", b'{"services":[1]}', "ü".encode()])
def test_a_body_of_any_kind_can_be_sent_with_success(cloud: LocalCloud, in_company_a: Keys, body: bytes) -> None:
    """Malformed 200s."""
    cloud.faults.add(Fault(status=200, body=body, headers={"content-type": "application/json"}))

    answer = list_services_call(in_company_a).send(cloud.url)

    assert (answer.status_code, answer.content) == (200, body)


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_names_another_place(cloud: LocalCloud, in_company_a: Keys, status: int) -> None:
    """With the fault's location."""
    cloud.faults.add(Fault(status=status, location="http://127.0.0.1:9/elsewhere"))

    answer = list_services_call(in_company_a).send(cloud.url)

    assert (answer.status_code, answer.headers["location"]) == (status, "http://127.0.0.1:9/elsewhere")


def test_after_and_times_count_matching_calls(cloud: LocalCloud, in_company_a: Keys) -> None:
    """The first `after` are spared, `times` are hit, and calls that don't match aren't counted."""
    cloud.faults.add(Fault(action="ListServices", after=1, times=2, status=500))

    list_functions_call(in_company_a).send(cloud.url)

    assert statuses(cloud, in_company_a, 5) == [200, 500, 500, 200, 200]


def test_without_times_a_fault_stays_until_it_is_cleared(cloud: LocalCloud, in_company_a: Keys) -> None:
    """For ever, or until the test says otherwise."""
    cloud.faults.add(Fault(status=500))

    before = statuses(cloud, in_company_a, 3)
    cloud.faults.clear()

    assert (before, statuses(cloud, in_company_a, 1)) == ([500] * 3, [200])


def test_the_first_fault_with_times_left_hits(cloud: LocalCloud, in_company_a: Keys) -> None:
    """One fault at most hits a call; the next one takes over when the first is used up."""
    cloud.faults.add(Fault(times=2, status=500))
    cloud.faults.add(Fault(times=1, status=429))

    assert statuses(cloud, in_company_a, 4) == [500, 500, 429, 200]


def test_a_fault_hits_only_its_scope(cloud: LocalCloud, function_keys: Keys, ops: Keys) -> None:
    """By account: of the host, the session, or the role to be assumed. By `fcVersion`."""
    in_a, in_c = assume(cloud, ops), assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID)
    cloud.faults.add(Fault(action="ListFunctions", account_id=COMPANY_C, fc_version="v3", status=500))
    cloud.faults.add(Fault(action="AssumeRole", account_id=COMPANY_A, status=429))

    listed = {
        (name, version): list_functions_call(keys, fcVersion=version).send(cloud.url).status_code
        for (name, keys), version in product([("a", in_a), ("c", in_c)], ["v2", "v3"])
    }
    assumed = [assume_role_call(ops, RoleArn=arn).send(cloud.url).status_code for arn in (FC_ADMIN, C_READER)]

    assert listed == {("a", "v2"): 200, ("a", "v3"): 200, ("c", "v2"): 200, ("c", "v3"): 500}
    assert assumed == [429, 403]


def test_a_fault_never_lets_anybody_in(cloud: LocalCloud) -> None:
    """A canned success is only for callers who signed correctly, and others don't use it up."""
    cloud.faults.add(Fault(times=1, status=200, body=b"{}"))

    answer = list_services_call(Keys("LTAInobody", "secret")).send(cloud.url)

    assert answer.json()["ErrorCode"] == "InvalidAccessKeyID"


def test_a_reset_drops_the_connection(cloud: LocalCloud, in_company_a: Keys) -> None:
    """The client sees a reset, not an orderly end; the cloud goes on, and remembers that it gave no answer."""
    cloud.faults.add(Fault(times=1, reset=True))

    with pytest.raises(ConnectionResetError):
        list_services_call(in_company_a).send(cloud.url)

    assert statuses(cloud, in_company_a, 1) == [200]
    assert [request.status for request in cloud.requests][-2:] == [None, 200]


def test_a_delay_comes_before_the_answer(cloud: LocalCloud, in_company_a: Keys) -> None:
    """And holds nobody else up."""
    cloud.faults.add(Fault(action="ListServices", delay_seconds=0.2))

    begun = time.monotonic()
    list_functions_call(in_company_a).send(cloud.url)
    others = time.monotonic() - begun
    answer = list_services_call(in_company_a).send(cloud.url)
    took = time.monotonic() - begun - others

    assert (answer.status_code, others < 0.15, took >= 0.2) == (200, True, True)


def test_a_truncated_body_ends_too_early(cloud: LocalCloud, in_company_a: Keys) -> None:
    """`content-length` promises twice what is sent."""
    cloud.faults.add(Fault(times=1, truncate=True))

    with pytest.raises(IncompleteRead) as caught:
        list_services_call(in_company_a).send(cloud.url)

    assert caught.value.expected in (len(caught.value.partial), len(caught.value.partial) + 1)
    assert caught.value.partial.startswith(b'{"services":[')


def test_a_next_token_can_repeat(cloud: LocalCloud, function_keys: Keys) -> None:
    """The listing never ends: the page's token is the one that the call came with."""
    keys = assume(cloud, function_keys, C_READER, external_id=C_EXTERNAL_ID)
    cloud.faults.add(Fault(action="ListFunctions", repeat_next_token=True))

    first = list_functions_call(keys).send(cloud.url).json()
    second = list_functions_call(keys, nextToken=first["nextToken"]).send(cloud.url).json()

    assert second["nextToken"] == first["nextToken"]
    assert second["functions"][0] != first["functions"][0]


def test_a_session_can_end_in_the_middle(cloud: LocalCloud, in_company_a: Keys, ops: Keys) -> None:
    """The call is refused, the session stays ended, and a new one is good."""
    cloud.faults.add(Fault(action="ListFunctions", after=1, times=1, expire_token=True))

    first, second, third = (list_functions_call(in_company_a).send(cloud.url) for _ in range(3))
    renewed = list_functions_call(assume(cloud, ops)).send(cloud.url)

    refusal = ("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    assert [answer.status_code for answer in (first, second, third, renewed)] == [200, 403, 403, 200]
    assert [second.json(), third.json()] == [fc3(second, *refusal), fc3(third, *refusal)]
