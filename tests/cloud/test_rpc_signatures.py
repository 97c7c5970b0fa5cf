"""RPC signature 1.0: parameters in query and form, every refusal in the gateway's words, JSON or XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import httpx
import pytest

from local.cloud import LocalCloud
from local.cloud.world import AccessKey
from tests.cloud.acs3 import Keys
from tests.cloud.clients import COMPANY_A, FC_ADMIN, account, assume
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import pop
from tests.cloud.old_signatures import Rpc

ROLE = {"RoleArn": FC_ADMIN, "RoleSessionName": "alice"}
ASSUMED = f"{FC_ADMIN}/alice"


def in_minutes(minutes: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_xml(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """Return the name of an XML answer's root and its leaves."""
    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    return root.tag, {leaf.tag: leaf.text or "" for leaf in root.iter() if not len(leaf)}


@pytest.mark.parametrize("host", ["sts.aliyuncs.com", "sts.cn-hangzhou.aliyuncs.com", "127.0.0.1:1", "127.0.0.1", "localhost"])  # fmt: skip
def test_parameters_are_taken_wherever_they_are(cloud: LocalCloud, ops: Keys, host: str) -> None:
    """All in the query, all in a form, or split between the two; the signature covers them together."""
    get = Rpc(ops, "AssumeRole", ROLE, host)
    post = Rpc(ops, "AssumeRole", ROLE, host, "POST")

    answers = [
        get.in_query().send(cloud.url),
        post.in_query().send(cloud.url),
        post.in_form().send(cloud.url),
        post.split({"RoleArn", "Signature"}).send(cloud.url),
        post.split({"Action", "Version", "AccessKeyId"}).send(cloud.url),
    ]

    assert [answer.json()["AssumedRoleUser"]["Arn"] for answer in answers] == [ASSUMED] * 5


def test_a_session_signs_with_its_token(cloud: LocalCloud, in_company_a: Keys) -> None:
    """SecurityToken is a parameter like the others."""
    answer = Rpc(in_company_a, "GetCallerIdentity", method="POST").in_form().send(cloud.url)

    assert answer.json()["Arn"] == f"acs:ram::{COMPANY_A}:assumed-role/fc-admin/alice"


@pytest.mark.parametrize("value", ["a b+c*d~e'f(g)!h", "ü/=&?", ""])
def test_any_text_can_be_signed(cloud: LocalCloud, ops: Keys, value: str) -> None:
    """A space, signs that encoders disagree about, letters beyond ASCII."""
    sent = Rpc(ops, "GetCallerIdentity", {"Extra": value}, method="POST")

    assert [sent.in_query().send(cloud.url).status_code, sent.in_form().send(cloud.url).status_code] == [200, 200]


def test_a_wrong_secret_is_refused(cloud: LocalCloud, ops: Keys) -> None:
    """The text ends with the string that the gateway would have signed: clients tell a wrong secret by it."""
    call = Rpc(Keys(ops.access_key_id, "wrong"), "GetCallerIdentity")
    signed = call.in_query()

    answer = signed.send(cloud.url)

    message = answer.json()["Message"]
    assert (answer.status_code, answer.json()) == (400, pop(answer, "SignatureDoesNotMatch", message))
    begin = "Specified signature is not matched with our calculation. server string to sign is:"
    assert message.startswith(f"{begin}GET&%2F&AccessKeyId%3D{ops.access_key_id}%26Action%3DGetCallerIdentity%26Format")
    assert " " not in message.removeprefix(begin)


@pytest.mark.parametrize("what", ["value", "one more", "one less", "method", "moved to another action", "signature"])
def test_whatever_is_changed_after_signing_is_noticed(cloud: LocalCloud, ops: Keys, what: str) -> None:
    """The signature covers the method and every parameter."""
    raw = Rpc(ops, "AssumeRole", ROLE).in_query()
    target = raw.target
    changed = {
        "value": raw.but(target=target.replace("alice", "mallory")),
        "one more": raw.but(target=f"{target}&DurationSeconds=43200"),
        "one less": raw.but(target=target.replace("&RoleSessionName=alice", "")),
        "method": raw.but(method="POST"),
        "moved to another action": raw.but(target=target.replace("Action=AssumeRole", "Action=GetCallerIdentity")),
        "signature": raw.but(target=target.replace("Signature=", "Signature=A", 1)),
    }[what]

    answer = changed.send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (400, "SignatureDoesNotMatch")


def test_a_form_can_t_be_changed_after_signing(cloud: LocalCloud, ops: Keys) -> None:
    """Nor can a parameter hide in the query behind one of the same name in the form."""
    raw = Rpc(ops, "AssumeRole", ROLE, method="POST").in_form()

    changed = raw.but(body=raw.body.replace(b"alice", b"mallo")).send(cloud.url)
    shadowed = raw.but(target="/?RoleSessionName=mallory").send(cloud.url)
    untyped = raw.with_headers(content_type=None).send(cloud.url)

    assert [changed.json()["Code"], shadowed.json()["Code"]] == ["SignatureDoesNotMatch"] * 2
    assert untyped.json()["Code"] == "InvalidVersion"


def test_a_replayed_nonce_is_refused(cloud: LocalCloud, ops: Keys) -> None:
    """The same request twice, and another one with the nonce."""
    raw = Rpc(ops, "GetCallerIdentity", system={"SignatureNonce": "n1"}).in_query()
    other = Rpc(ops, "GetCallerIdentity", method="POST", system={"SignatureNonce": "n1"}).in_form()

    first, again, third = raw.send(cloud.url), raw.send(cloud.url), other.send(cloud.url)

    assert first.status_code == 200
    expected = ("SignatureNonceUsed", "Specified signature nonce was used already.")
    assert (again.status_code, again.json()) == (400, pop(again, *expected))
    assert (third.status_code, third.json()) == (400, pop(third, *expected))


@pytest.mark.parametrize(
    ("changes", "status", "code", "message"),
    [
        (
            {"Timestamp": in_minutes(-16)},
            400,
            "InvalidTimeStamp.Expired",
            "Specified time stamp or date value is expired.",
        ),
        (
            {"Timestamp": in_minutes(30)},
            400,
            "InvalidTimeStamp.Expired",
            "Specified time stamp or date value is expired.",
        ),
        (
            {"Timestamp": "yesterday"},
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        ),
        ({"Timestamp": None}, 400, "MissingTimestamp", "Timestamp is mandatory for this action."),
        ({"SignatureNonce": None}, 400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action."),
        ({"AccessKeyId": None}, 400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action."),
        ({"Signature": ""}, 400, "MissingSignature", "Signature is mandatory for this action."),
        ({"SignatureMethod": None}, 400, "MissingSignatureMethod", "SignatureMethod is mandatory for this action."),
        ({"SignatureMethod": "HMAC-MD5"}, 400, "InvalidSignatureMethod", "Specified signature method is not valid."),
        (
            {"SignatureVersion": "2.0"},
            400,
            "InvalidSignatureVersion",
            "Specified parameter SignatureVersion is not valid.",
        ),
        ({"AccessKeyId": "LTAInobody"}, 404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
        (
            {"Action": "ListUsers"},
            404,
            "InvalidAction.NotFound",
            "Specified api is not found, please check your url and method.",
        ),
        ({"Version": "2015-05-01"}, 400, "InvalidVersion", "Specified parameter Version is not valid."),
        ({"Version": None}, 400, "InvalidVersion", "Specified parameter Version is not valid."),
    ],
)
def test_what_is_not_right_is_named(
    cloud: LocalCloud, ops: Keys, changes: dict[str, str | None], status: int, code: str, message: str
) -> None:
    """Clock, key, method, and what is missing."""
    answer = Rpc(ops, "GetCallerIdentity", system=changes).in_query().send(cloud.url)

    assert (answer.status_code, answer.json()) == (status, pop(answer, code, message))


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_may_be_a_little_off(cloud: LocalCloud, ops: Keys, minutes: float) -> None:
    """Less than 15 minutes either way."""
    sent = Rpc(ops, "GetCallerIdentity", system={"Timestamp": in_minutes(minutes)})

    assert sent.in_query().send(cloud.url).status_code == 200


@pytest.mark.parametrize(
    ("token", "code", "message"),
    [
        (None, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
        ("CAISx", "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."),
        ("other", "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey."),
    ],
)
def test_a_session_needs_its_own_token(
    cloud: LocalCloud, ops: Keys, token: str | None, code: str, message: str
) -> None:
    """Missing, malformed, or that of another session."""
    session, other = assume(cloud, ops), assume(cloud, ops)
    keys = Keys(session.access_key_id, session.secret, other.token if token == "other" else token)

    answer = Rpc(keys, "GetCallerIdentity").in_query().send(cloud.url)

    assert (answer.status_code, answer.json()) == (400, pop(answer, code, message))


def test_a_token_expires_with_its_session(cloud: LocalCloud, in_company_a: Keys, clock: Clock) -> None:
    """To the second."""
    clock.ahead = timedelta(hours=1, seconds=1)
    sent = Rpc(in_company_a, "GetCallerIdentity", system={"Timestamp": in_minutes(60)})

    answer = sent.in_query().send(cloud.url)

    expected = pop(answer, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_disabled_key_is_refused(cloud: LocalCloud, ops: Keys) -> None:
    """At once."""
    found = cloud.world.find_key(ops.access_key_id)
    assert found is not None
    found[0].active = False

    answer = Rpc(ops, "GetCallerIdentity").in_query().send(cloud.url)

    expected = pop(answer, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize("chosen", ["XML", "xml", None])
def test_who_doesn_t_ask_for_json_gets_xml(cloud: LocalCloud, ops: Keys, chosen: str | None) -> None:
    """The gateway's default, for answers and for refusals."""
    good = Rpc(ops, "AssumeRole", ROLE, system={"Format": chosen}).in_query().send(cloud.url)
    bad = Rpc(ops, "AssumeRole", system={"Format": chosen}, method="POST").in_form().send(cloud.url)

    assert [answer.headers["content-type"] for answer in (good, bad)] == ["application/xml;charset=utf-8"] * 2
    root, leaves = read_xml(good)
    assert (root, leaves["Arn"], leaves["RequestId"]) == (
        "AssumeRoleResponse",
        ASSUMED,
        good.headers["x-acs-request-id"],
    )
    assert leaves["SecurityToken"].startswith("CAIS")
    assert read_xml(bad) == ("Error", pop(bad, "MissingRoleArn", "RoleArn is mandatory for this action."))


def test_xml_carries_any_text(cloud: LocalCloud, ops: Keys) -> None:
    """Signs that mean something in XML are escaped."""
    keys = Keys(ops.access_key_id, "wrong")

    answer = Rpc(keys, "GetCallerIdentity", {"A": "<&>"}, system={"Format": "XML"}).in_query().send(cloud.url)

    root, leaves = read_xml(answer)
    assert (root, leaves["Code"]) == ("Error", "SignatureDoesNotMatch")
    assert quote(quote("<&>")) in leaves["Message"]


def test_the_record_keeps_no_secrets(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Neither signature nor token."""
    Rpc(in_company_a, "GetCallerIdentity", method="POST").in_form().send(cloud.url)

    kept = cloud.requests[-1]
    assert (kept.action, kept.access_key_id, kept.status) == ("GetCallerIdentity", in_company_a.access_key_id, 200)
    assert {"Signature", "SecurityToken"}.isdisjoint(kept.query)
    assert str(in_company_a.token) not in repr(kept)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", None])
def test_a_body_that_is_no_form_adds_nothing(cloud: LocalCloud, ops: Keys, content_type: str | None) -> None:
    """The signature doesn't cover it."""
    raw = Rpc(ops, "AssumeRole", {"RoleArn": FC_ADMIN}, method="POST").in_query()

    answer = raw.but(body=b'{"RoleSessionName": "mallory"}').with_headers(content_type=content_type).send(cloud.url)

    assert (answer.status_code, answer.json()["Code"]) == (400, "MissingRoleSessionName")


def test_xml_has_no_letters_that_it_can_t_have(cloud: LocalCloud) -> None:
    """They are replaced, so that the answer stays XML."""
    account(cloud, COMPANY_A).root_key = AccessKey("LTAIroot", "root")
    root = Keys("LTAIroot", "root")
    parameters = {"UserName": "u", "Comments": "a\x00\x1fb\ufffe\U0001f600"}
    create = Rpc(root, "CreateUser", parameters, "ram.aliyuncs.com", system={"Version": "2015-05-01", "Format": "XML"})

    answer = create.in_query().send(cloud.url)

    assert (answer.status_code, read_xml(answer)[1].get("Comments")) == (200, "a\ufffd\ufffdb\ufffd\U0001f600")
