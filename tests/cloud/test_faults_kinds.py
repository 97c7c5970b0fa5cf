"""The kinds of fault that have a measure of their own: rates, spread delays, slow bodies, skewed clocks, codes."""

from __future__ import annotations

import time
from datetime import timedelta

import msgspec
import pytest

from local.cloud import Fault, LocalCloud
from local.cloud.fault import describe_fault, read_fault
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, COMPANY_C, assume, assume_role_call, list_functions_call, list_services_call
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import fc2, fc3, pop


def test_a_rate_throttles_each_account_and_action_by_itself(cloud: LocalCloud, in_company_a: Keys) -> None:
    """A second's worth may come at once; then Function Compute says 429, and other actions go well."""
    cloud.faults.add(Fault(calls_per_second=2))
    frozen_while_calling = [list_services_call(in_company_a).send(cloud.url) for _ in range(3)]
    other = list_functions_call(in_company_a).send(cloud.url)

    throttled = frozen_while_calling[-1]
    assert [answer.status_code for answer in frozen_while_calling] == [200, 200, 429]
    assert throttled.json() == fc2("ResourceExhausted", "Too many requests: the rate limit of the account is exceeded.")
    assert other.status_code == 200


def test_a_rate_gives_way_with_time(cloud: LocalCloud, clock: Clock, in_company_a: Keys) -> None:
    """By the cloud's clock."""
    cloud.faults.add(Fault(action="ListServices", calls_per_second=0.01))

    first, second = (list_services_call(in_company_a).send(cloud.url).status_code for _ in range(2))
    clock.ahead = timedelta(seconds=101)
    third = list_services_call(in_company_a).send(cloud.url).status_code

    assert [first, second, third] == [200, 429, 200]


def test_sts_throttles_in_its_own_words(cloud: LocalCloud, ops: Keys) -> None:
    """Throttling.User of the gateway."""
    cloud.faults.add(Fault(action="AssumeRole", calls_per_second=1))

    good, throttled = (assume_role_call(ops).send(cloud.url) for _ in range(2))

    assert (good.status_code, throttled.status_code) == (200, 400)
    assert throttled.json() == pop(throttled, "Throttling.User", "Request was denied due to user flow control.")


def test_what_a_rate_lets_through_counts_neither_as_hit_nor_as_the_next_fault_s(
    cloud: LocalCloud, in_company_a: Keys
) -> None:
    """The next fault gets the calls within the rate, and `times` counts those beyond it."""
    cloud.faults.add(Fault(calls_per_second=1, times=1))
    cloud.faults.add(Fault(status=503, times=1))

    statuses = [list_services_call(in_company_a).send(cloud.url).status_code for _ in range(3)]

    assert statuses == [503, 429, 200]


def test_a_rate_can_have_another_answer(cloud: LocalCloud, in_company_a: Keys) -> None:
    """With a status, the calls beyond the rate get that one."""
    cloud.faults.add(Fault(calls_per_second=1, status=503, code="ResourceThrottled", message="machine quota"))

    good, throttled = (list_functions_call(in_company_a).send(cloud.url) for _ in range(2))

    assert (good.status_code, throttled.status_code) == (200, 503)
    assert throttled.json() == fc3(throttled, "ResourceThrottled", "machine quota")


def test_a_code_is_put_in_the_product_s_envelope(cloud: LocalCloud, ops: Keys) -> None:
    """5xx as JSON, in the form of the API that was called; the record has its code."""
    cloud.faults.add(Fault(status=500, code="InternalError", message="oops"))

    answer = assume_role_call(ops).send(cloud.url)

    assert (answer.status_code, answer.json()) == (500, pop(answer, "InternalError", "oops"))
    assert cloud.requests[-1].code == "InternalError"


def test_a_delay_can_be_spread(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Somewhere between the two."""
    cloud.faults.add(Fault(delay_seconds=0.05, delay_seconds_max=0.1))

    begun = time.monotonic()
    answers = [list_services_call(in_company_a).send(cloud.url).status_code for _ in range(3)]
    took = time.monotonic() - begun

    assert (answers, took >= 0.15) == ([200] * 3, True)


def test_a_body_can_be_slow(cloud: LocalCloud, in_company_a: Keys) -> None:
    """It comes whole, at the rate that was ordered."""
    quick = list_services_call(in_company_a).send(cloud.url)
    cloud.faults.add(Fault(bytes_per_second=3 * len(quick.content)))

    begun = time.monotonic()
    slow = list_services_call(in_company_a).send(cloud.url)
    took = time.monotonic() - begun

    assert (slow.json(), took >= 0.3) == (quick.json(), True)


def test_a_slow_body_can_end_in_the_middle(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Effects can be combined."""
    cloud.faults.add(Fault(bytes_per_second=100_000, truncate=True))

    with pytest.raises(Exception, match="IncompleteRead"):
        list_services_call(in_company_a).send(cloud.url)


@pytest.mark.parametrize("skew_seconds", [-1000, 1000])
def test_a_skewed_clock_finds_signatures_stale(cloud: LocalCloud, ops: Keys, skew_seconds: float) -> None:
    """For the calls that are hit, more than 15 minutes either way."""
    cloud.faults.add(Fault(times=1, clock_skew_seconds=skew_seconds))

    stale, good = (assume_role_call(ops).send(cloud.url) for _ in range(2))

    message = "Specified time stamp or date value is expired."
    assert (stale.status_code, stale.json()) == (400, pop(stale, "InvalidTimeStamp.Expired", message))
    assert good.status_code == 200


def test_a_little_skew_is_seen_in_expirations_only(cloud: LocalCloud, ops: Keys) -> None:
    """The cloud's clock is another one for the whole call."""
    usual = assume_role_call(ops).send(cloud.url).json()["Credentials"]["Expiration"]
    cloud.faults.add(Fault(clock_skew_seconds=600))

    ahead = assume_role_call(ops).send(cloud.url).json()["Credentials"]["Expiration"]

    assert ahead > usual


def test_a_token_can_expire_after_some_calls_of_each_session(cloud: LocalCloud, ops: Keys) -> None:
    """Each new session has as many; other callers are not meant."""
    cloud.faults.add(Fault(expire_token_after_calls=2))

    statuses = []
    for _ in range(2):
        keys = assume(cloud, ops)
        statuses += [list_functions_call(keys).send(cloud.url).status_code for _ in range(4)]

    assert statuses == [200, 200, 403, 403] * 2


def test_a_fault_removed_by_its_id_hits_no_more(cloud: LocalCloud, in_company_a: Keys) -> None:
    """And the others stay."""
    first = cloud.faults.add(Fault(status=500))
    cloud.faults.add(Fault(status=502))

    cloud.faults.remove(first)

    assert list_services_call(in_company_a).send(cloud.url).status_code == 502
    with pytest.raises(KeyError):
        cloud.faults.remove(first)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"action": "ListServices"}, "at least one effect: "),
        ({"body": "x", "reset": True}, "a status beside body, headers, code and location"),
        ({"delay_seconds": 2, "delay_seconds_max": 1}, "delay_seconds_max not below delay_seconds"),
        ({"reset": True, "colour": "red"}, "Object contains unknown field `colour`"),
        ({"status": 99}, "Expected `int` >= 200 - at `$.status`"),
        ({"status": "503"}, "Expected `int | null`, got `str` - at `$.status`"),
        ({"reset": True, "times": -1}, "Expected `int` >= 0 - at `$.times`"),
        ({"reset": True, "account_id": "12"}, "at `$.account_id`"),
        ({"reset": True, "fc_version": "v4"}, "Invalid enum value 'v4' - at `$.fc_version`"),
        ({"calls_per_second": 0}, "Expected `float` > 0.0 - at `$.calls_per_second`"),
        ({"status": 302, "location": "a\r\nb: c"}, "at `$.location`"),
        ({"status": 200, "headers": {"a": "b\nc"}}, "at `$.headers"),
        ({"status": 200, "headers": {"a b": "c"}}, "at `key` in `$.headers`"),
        ({"status": 204, "body": "x"}, "no body with status 204 or 304"),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_a_fault_that_means_nothing_is_refused(wrong: object, message: str) -> None:
    """With what was expected, and where."""
    with pytest.raises(msgspec.ValidationError) as caught:
        read_fault(msgspec.json.encode(wrong))

    assert message in str(caught.value)


def test_a_fault_reads_as_it_is_described() -> None:
    """One shape, both ways."""
    fault = Fault(action="ListServices", account_id=COMPANY_C, after=1, status=200, body='{"ü'.encode(), truncate=True)

    described = describe_fault(fault)

    assert described == {
        "action": "ListServices",
        "account_id": COMPANY_C,
        "after": 1,
        "status": 200,
        "body": '{"ü',
        "truncate": True,
    }
    assert read_fault(msgspec.json.encode(described)) == fault


def test_faults_of_another_account_are_not_due(cloud: LocalCloud, in_company_a: Keys) -> None:
    """A rate for one account throttles no other."""
    cloud.faults.add(Fault(account_id=COMPANY_C, calls_per_second=0.001))
    cloud.faults.add(Fault(account_id=COMPANY_A, calls_per_second=1000))

    assert [list_services_call(in_company_a).send(cloud.url).status_code for _ in range(3)] == [200] * 3
