"""Who isn't let in: every way in which a request can fail to prove its sender, in the words of each API."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from local.cloud import LocalCloud, load_world
from tests.cloud.acs3 import Keys, Wire
from tests.cloud.clients import (
    COMPANY_A,
    COMPANY_B,
    account,
    assume_role_call,
    list_functions_call,
    list_services_call,
)
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import fc2, fc3, pop

NOT_MATCHED = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your access key and signing method"
)
INCOMPLETE = "The request signature does not conform to Aliyun standards."


def in_minutes(minutes: float) -> str:
    """Return the wire's form of the time *minutes* from now."""
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_wrong_secret_is_refused_by_sts(cloud: LocalCloud, ops: Keys) -> None:
    """The gateway says SignatureDoesNotMatch, and what it would have signed."""
    call = assume_role_call(Keys(ops.access_key_id, "wrong")).but(headers={"x-acs-signature-nonce": "n1"})

    answer = call.send(cloud.url)

    assert answer.status_code == 400
    message = answer.json()["Message"]
    assert message.startswith("Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-")
    assert "x-acs-signature-nonce:n1\n" in message
    assert answer.json() == pop(answer, "SignatureDoesNotMatch", message)


def test_a_wrong_secret_is_refused_by_function_compute(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Function Compute says SignatureNotMatch, in the envelope of the API's version."""
    wrong = Keys(in_company_a.access_key_id, "wrong", in_company_a.token)

    services = list_services_call(wrong).send(cloud.url)
    functions = list_functions_call(wrong).send(cloud.url)

    assert (services.status_code, services.json()) == (403, fc2("SignatureNotMatch", NOT_MATCHED))
    assert (functions.status_code, functions.json()) == (403, fc3(functions, "SignatureNotMatch", NOT_MATCHED))


def change(call: Wire, headers: dict[str, str], what: str) -> tuple[Wire, dict[str, str]]:
    """Return the request and its headers as somebody left them who changed *what* after the signing."""
    authorization = headers["authorization"]
    last = "0" if authorization[-1] != "0" else "1"
    return {
        "query": (call.but(query={**call.query, "limit": "7"}), headers),
        "path": (call.but(path="/2021-04-06/services/billing/functions"), {**headers, "x-acs-action": "ListFunctions"}),
        "date": (call, {**headers, "x-acs-date": in_minutes(1)}),
        "body": (call.but(body=b"x"), headers),
        "body and its hash": (
            call.but(body=b"x"),
            {**headers, "x-acs-content-sha256": hashlib.sha256(b"x").hexdigest()},
        ),
        "host": (call, {**headers, "host": f"{COMPANY_A}.cn-shanghai.fc.aliyuncs.com"}),
        "one more x-acs header": (call, {**headers, "x-acs-extra": "unsigned"}),
        "signature": (call, {**headers, "authorization": authorization[:-1] + last}),
        "signed headers, one less": (call, {**headers, "authorization": authorization.replace("host;", "")}),
        "signed headers, one missing": (call, {**headers, "authorization": authorization.replace("host;", "host;i;")}),
        "signed headers, one twice": (call, {**headers, "authorization": authorization.replace("host;", "host;host;")}),
        "scheme": (call, {**headers, "authorization": "OSS key:signature"}),
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "query",
        "path",
        "date",
        "body",
        "body and its hash",
        "host",
        "one more x-acs header",
        "signature",
        "signed headers, one less",
        "signed headers, one missing",
        "signed headers, one twice",
        "scheme",
    ],
)
def test_whatever_is_changed_after_signing_is_noticed(cloud: LocalCloud, in_company_a: Keys, what: str) -> None:
    """The signature covers everything that gives a request its meaning, and what it covers can't be made less."""
    call = list_services_call(in_company_a, limit="2")
    changed, headers = change(call, call.signed_headers(), what)

    answer = changed.send_with(cloud.url, headers)

    assert (answer.status_code, answer.json()) == (403, fc2("SignatureNotMatch", NOT_MATCHED))


@pytest.mark.parametrize("unusual", ["unsorted", "without host", "without x-acs-date", "a header that isn't sent"])
def test_a_signature_must_cover_the_request_in_good_order(cloud: LocalCloud, ops: Keys, unusual: str) -> None:
    """Also where it is right over what it covers."""
    call = assume_role_call(ops)
    headers = call.signed_headers()
    del headers["authorization"]
    names = {
        "unsorted": sorted(headers, reverse=True),
        "without host": sorted(headers.keys() - {"host"}),
        "without x-acs-date": sorted(headers.keys() - {"x-acs-date"}),
        "a header that isn't sent": sorted(headers.keys() | {"x-other"}),
    }[unusual]

    authorization = call.authorization({"x-other": "", **headers}, names)
    answer = call.send_with(cloud.url, {**headers, "authorization": authorization})

    assert (answer.status_code, answer.json()) == (400, pop(answer, "IncompleteSignature", INCOMPLETE))


@pytest.mark.parametrize(
    ("header", "parameter"),
    [("x-acs-date", "Timestamp"), ("x-acs-signature-nonce", "SignatureNonce")],
)
def test_missing_headers_are_named(cloud: LocalCloud, ops: Keys, header: str, parameter: str) -> None:
    """Each API has its own name for what is missing."""
    sts = assume_role_call(ops).but(headers={header: None}).send(cloud.url)
    fc = list_services_call(ops).but(headers={header: None}).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        400,
        pop(sts, f"Missing{parameter}", f"{parameter} is mandatory for this action."),
    )
    expected = fc2("MissingRequiredHeader", f"required HTTP header {header} was not specified")
    assert (fc.status_code, fc.json()) == (400, expected)


def test_unsigned_requests_are_refused(cloud: LocalCloud) -> None:
    """Nothing at all is answered without a signature."""
    sts, fc = assume_role_call(None).send(cloud.url), list_functions_call(None).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        400,
        pop(sts, "MissingAccessKeyId", "AccessKeyId is mandatory for this action."),
    )
    expected = fc3(fc, "MissingRequiredHeader", "required HTTP header Authorization was not specified")
    assert (fc.status_code, fc.json()) == (400, expected)


@pytest.mark.parametrize(
    ("authorization", "code", "message"),
    [
        ("ACS3-HMAC-SHA256 nonsense", "IncompleteSignature", INCOMPLETE),
        ("ACS4-HMAC-SHA256 nonsense", "InvalidSignatureMethod", "Specified signature method is not valid."),
    ],
)
def test_malformed_signatures_are_refused_by_sts(
    cloud: LocalCloud, ops: Keys, authorization: str, code: str, message: str
) -> None:
    """The gateway tells a malformed signature from an unknown method."""
    answer = assume_role_call(ops).but(headers={"authorization": authorization}).send(cloud.url)

    assert (answer.status_code, answer.json()) == (400, pop(answer, code, message))


def test_unknown_keys_are_refused(cloud: LocalCloud) -> None:
    """A key that nobody has: 404 at STS, 403 at Function Compute."""
    unknown = Keys("LTAInobody", "secret")
    sts, fc = assume_role_call(unknown).send(cloud.url), list_functions_call(unknown).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        404,
        pop(sts, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    )
    expected = fc3(fc, "InvalidAccessKeyID", "invalid access key ID 'LTAInobody'")
    assert (fc.status_code, fc.json()) == (403, expected)


def test_disabled_keys_are_refused(cloud: LocalCloud, ops: Keys) -> None:
    """A disabled key is not an unknown one, at least for STS."""
    account(cloud, COMPANY_B).users["ops"].access_keys[0].active = False

    sts, fc = assume_role_call(ops).send(cloud.url), list_functions_call(ops).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        400,
        pop(sts, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
    )
    expected = fc3(fc, "InvalidAccessKeyID", f"invalid access key ID '{ops.access_key_id}'")
    assert (fc.status_code, fc.json()) == (403, expected)


def test_a_nonce_is_good_for_one_request(cloud: LocalCloud, ops: Keys, intern: Keys) -> None:
    """A replayed request is refused; another key may use the same nonce."""
    headers: dict[str, str | None] = {"x-acs-signature-nonce": "the-same"}
    call = assume_role_call(ops).but(headers=headers)

    first, second = call.send(cloud.url), call.send(cloud.url)
    other = assume_role_call(intern).but(headers=headers).send(cloud.url)

    assert first.status_code == 200
    assert (second.status_code, second.json()) == (
        400,
        pop(second, "SignatureNonceUsed", "Specified signature nonce was used already."),
    )
    assert other.json()["Code"] == "NoPermission"


def test_a_nonce_is_forgotten_after_half_an_hour(cloud: LocalCloud, clock: Clock, ops: Keys) -> None:
    """By then a replay is stopped by its date."""
    headers: dict[str, str | None] = {"x-acs-signature-nonce": "the-same"}
    assume_role_call(ops).but(headers=headers).send(cloud.url)

    clock.ahead = timedelta(minutes=31)
    again = assume_role_call(ops).but(headers={**headers, "x-acs-date": in_minutes(31)}).send(cloud.url)

    assert again.status_code == 200


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_off_is_refused(cloud: LocalCloud, ops: Keys, minutes: float) -> None:
    """More than 15 minutes early or late."""
    headers: dict[str, str | None] = {"x-acs-date": in_minutes(minutes)}
    sts = assume_role_call(ops).but(headers=headers).send(cloud.url)
    fc = list_services_call(ops).but(headers=headers).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        400,
        pop(sts, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    )
    expected = fc2("AccessDenied", "the date in header x-acs-date is more than 15 minutes off")
    assert (fc.status_code, fc.json()) == (403, expected)


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_off_is_good_enough(cloud: LocalCloud, ops: Keys, minutes: float) -> None:
    """Up to 15 minutes are tolerated."""
    answer = assume_role_call(ops).but(headers={"x-acs-date": in_minutes(minutes)}).send(cloud.url)

    assert answer.status_code == 200


@pytest.mark.parametrize("text", ["2026-11-24 11:01:20", "Tue, 24 Nov 2026 11:01:20 GMT", "now"])
def test_a_malformed_date_is_refused(cloud: LocalCloud, ops: Keys, text: str) -> None:
    """Only the one form of ISO 8601 is a date."""
    headers: dict[str, str | None] = {"x-acs-date": text}
    sts = assume_role_call(ops).but(headers=headers).send(cloud.url)
    fc = list_services_call(ops).but(headers=headers).send(cloud.url)

    assert (sts.status_code, sts.json()) == (
        400,
        pop(sts, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."),
    )
    expected = fc2("AccessDenied", "the date in header x-acs-date is not well formatted")
    assert (fc.status_code, fc.json()) == (403, expected)


MALFORMED = "Specified SecurityToken is malformed."
MISMATCH = "Specified SecurityToken mismatch with the AccessKey."


@pytest.mark.parametrize(
    ("token", "sts_refusal", "fc_refusal"),
    [
        (
            None,
            (400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
            (400, "MissingRequiredHeader", "required HTTP header x-acs-security-token was not specified"),
        ),
        (
            "nonsense",
            (400, "InvalidSecurityToken.Malformed", MALFORMED),
            (403, "InvalidSecurityToken.Malformed", MALFORMED),
        ),
        (
            "CAIS" + "a" * 300,
            (400, "InvalidSecurityToken.MismatchWithAccessKey", MISMATCH),
            (403, "InvalidSecurityToken.MismatchWithAccessKey", MISMATCH),
        ),
    ],
    ids=["missing", "malformed", "another session's"],
)
def test_a_temporary_key_needs_its_own_token(
    cloud: LocalCloud, in_company_a: Keys, token: str | None, sts_refusal: Any, fc_refusal: Any
) -> None:
    """The guide's Python sample forgets the token: that is refused, as is any token but the key's own."""
    keys = Keys(in_company_a.access_key_id, in_company_a.secret, token)

    sts, fc = assume_role_call(keys).send(cloud.url), list_functions_call(keys).send(cloud.url)

    assert (sts.status_code, sts.json()) == (sts_refusal[0], pop(sts, *sts_refusal[1:]))
    assert (fc.status_code, fc.json()) == (fc_refusal[0], fc3(fc, *fc_refusal[1:]))


def test_a_long_lived_key_takes_no_token(cloud: LocalCloud, ops: Keys, in_company_a: Keys) -> None:
    """A token makes nothing better that isn't its own key's."""
    answer = assume_role_call(Keys(ops.access_key_id, ops.secret, in_company_a.token)).send(cloud.url)

    expected = pop(answer, "InvalidSecurityToken.MismatchWithAccessKey", MISMATCH)
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_session_ends_at_its_expiration(cloud: LocalCloud, clock: Clock, in_company_a: Keys) -> None:
    """A session of an hour is good for 59 minutes, and refused after 61."""

    def ask(minutes: float) -> list[httpx.Response]:
        clock.ahead = timedelta(minutes=minutes)
        headers: dict[str, str | None] = {"x-acs-date": in_minutes(minutes)}
        calls = assume_role_call(in_company_a), list_services_call(in_company_a), list_functions_call(in_company_a)
        return [call.but(headers=headers).send(cloud.url) for call in calls]

    before, after = ask(59), ask(61)

    message = "Specified SecurityToken is expired."
    assert [answer.status_code for answer in before] == [403, 200, 200]
    assert [answer.status_code for answer in after] == [400, 403, 403]
    assert [answer.json() for answer in after] == [
        pop(after[0], "InvalidSecurityToken.Expired", message),
        fc2("InvalidSecurityToken.Expired", message),
        fc3(after[2], "InvalidSecurityToken.Expired", message),
    ]


def test_the_second_of_the_expiration_is_too_late() -> None:
    """A session is good until then, not at it."""
    moment = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)
    with LocalCloud(load_world(), clock=lambda: moment) as cloud:
        role = account(cloud, COMPANY_A).roles["fc-admin"]

        def ask(expires: datetime) -> int:
            session = cloud.world.issue_session(account(cloud, COMPANY_A), role, "alice", expires=expires)
            keys = Keys(session.access_key_id, session.secret, session.token)
            headers: dict[str, str | None] = {"x-acs-date": "2026-11-24T12:00:00Z"}
            return list_functions_call(keys).but(headers=headers).send(cloud.url).status_code

        assert [ask(moment), ask(moment + timedelta(seconds=1))] == [403, 200]


def test_a_session_dies_with_its_role(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Also where a new role has taken the name."""
    roles = account(cloud, COMPANY_A).roles
    removed = roles.pop("fc-admin")

    gone = list_functions_call(in_company_a).send(cloud.url)
    roles["fc-admin"] = type(removed)("fc-admin", "300000000000000001", removed.trust, removed.policies)
    replaced = list_functions_call(in_company_a).send(cloud.url)

    message = f"invalid access key ID '{in_company_a.access_key_id}'"
    assert (gone.status_code, gone.json()) == (403, fc3(gone, "InvalidAccessKeyID", message))
    assert (replaced.status_code, replaced.json()) == (403, fc3(replaced, "InvalidAccessKeyID", message))


def test_a_form_body_is_signed_and_read(cloud: LocalCloud, ops: Keys) -> None:
    """STS takes its parameters from a form as well; its content type must be signed."""
    call = assume_role_call(ops, RoleArn="", RoleSessionName="").but(
        body=b"RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Ffc-admin&RoleSessionName=al+ice@b",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    good = call.but(body=call.body.replace(b"+", b"."))
    headers = good.signed_headers()
    unsigned = good.but(headers={"content-type": None})

    assert good.send_with(cloud.url, headers).json()["AssumedRoleUser"]["Arn"].endswith("/al.ice@b")
    assert call.send(cloud.url).json()["Code"] == "InvalidParameter.RoleSessionName"
    sent = unsigned.send_with(cloud.url, {**unsigned.signed_headers(), "content-type": "application/json"})
    assert (sent.status_code, sent.json()) == (400, pop(sent, "IncompleteSignature", INCOMPLETE))
