"""ROA signature 1.0 (`acs`) and Function Compute's own (`FC`): each refusal in Function Compute's words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from local.cloud import LocalCloud
from tests.cloud.acs3 import Keys
from tests.cloud.clients import A_HOST, COMPANY_C, assume
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import fc2, fc3
from tests.cloud.old_signatures import Roa, http_date, md5

PATHS = {
    "acs": "/2021-04-06/services/billing/functions",
    "FC": "/2016-08-15/services/billing/functions",
}
NOT_MATCHED = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your access key and signing method"
)

pytestmark = pytest.mark.parametrize("scheme", ["acs", "FC"])


def ask(scheme: str, keys: Keys, **query: str) -> Roa:
    """Return a ListFunctions of the service billing, as yet unsigned."""
    return Roa(scheme, keys, A_HOST, PATHS[scheme], query)


def read(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


@pytest.mark.parametrize("host", [A_HOST, "127.0.0.1:1", "127.0.0.1", "localhost"])
def test_sessions_and_all_hosts_are_served(cloud: LocalCloud, in_company_a: Keys, scheme: str, host: str) -> None:
    """With the real host, and by clients that changed their endpoint alone."""
    answer = ask(scheme, in_company_a, limit="1", prefix="cre").but(host=host).send(cloud.url)

    assert [function["functionName"] for function in answer.json()["functions"]] == ["create-invoice"]


@pytest.mark.parametrize("version", ["2016-08-15", "2021-04-06", "2023-03-30"])
def test_every_version_takes_both(cloud: LocalCloud, in_company_a: Keys, scheme: str, version: str) -> None:
    """That Function Compute ties no version of its API to a scheme is unverified."""
    path = f"/{version}/functions" if version == "2023-03-30" else f"/{version}/services"

    assert ask(scheme, in_company_a).but(path=path).send(cloud.url).status_code == 200


def test_a_wrong_secret_is_refused(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """In the envelope of the API's version."""
    wrong = Keys(in_company_a.access_key_id, "wrong", in_company_a.token)

    services = ask(scheme, wrong).send(cloud.url)
    functions = ask(scheme, wrong).but(path="/2023-03-30/functions").send(cloud.url)

    assert read(services) == (403, fc2("SignatureNotMatch", NOT_MATCHED))
    assert read(functions) == (403, fc3(functions, "SignatureNotMatch", NOT_MATCHED))


@pytest.mark.parametrize("what", ["path", "method", "date", "extra header", "key", "signature", "content type"])
def test_whatever_is_changed_after_signing_is_noticed(
    cloud: LocalCloud, in_company_a: Keys, scheme: str, what: str
) -> None:
    """Everything but what the scheme leaves out: host and, in Function Compute's own, the query."""
    raw = ask(scheme, in_company_a).signed()
    prefix = {"acs": "x-acs-", "FC": "x-fc-"}[scheme]
    changed = {
        "path": raw.but(target=raw.target.replace("billing", "images")),
        "method": raw.but(method="POST"),
        "date": raw.with_headers(date=http_date(1)),
        "extra header": raw.but(headers={**raw.headers, f"{prefix}trace-id": "1"}),
        "key": raw.with_headers(authorization=raw.headers["authorization"].replace(":", "x:")),
        "signature": raw.with_headers(authorization=raw.headers["authorization"].replace(":", ":A")),
        "content type": raw.with_headers(content_type="text/plain"),
    }[what]

    answer = changed.send(cloud.url)

    code = {"key": "InvalidAccessKeyID", "method": {"acs": "PathNotSupported"}.get(scheme, "SignatureNotMatch")}
    assert answer.json()["ErrorCode"] == code.get(what, "SignatureNotMatch")


def test_the_query_is_signed_by_roa_alone(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """As the SDKs of `FC` sign it."""
    raw = ask(scheme, in_company_a, limit="1").signed()

    answer = raw.but(target=raw.target.replace("limit=1", "limit=2")).send(cloud.url)

    assert answer.status_code == {"acs": 403, "FC": 200}[scheme]


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_stale_clock_is_refused(cloud: LocalCloud, in_company_a: Keys, scheme: str, minutes: float) -> None:
    """More than 15 minutes off, by the header Date."""
    answer = ask(scheme, in_company_a).but(headers={"date": http_date(minutes)}).send(cloud.url)

    name = {"acs": "Date", "FC": "date"}[scheme]
    assert read(answer) == (403, fc2("AccessDenied", f"the date in header {name} is more than 15 minutes off"))


def test_a_date_must_be_there_and_be_one(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """In HTTP's form."""
    missing = ask(scheme, in_company_a).but(headers={"date": None}).send(cloud.url)
    malformed = ask(scheme, in_company_a).but(headers={"date": "2026-11-24T11:01:20Z"}).send(cloud.url)

    name = {"acs": "Date", "FC": "date"}[scheme]
    assert read(missing) == (400, fc2("MissingRequiredHeader", "required HTTP header date was not specified"))
    assert read(malformed) == (403, fc2("AccessDenied", f"the date in header {name} is not well formatted"))


def test_a_replay_is_refused_where_there_is_a_nonce(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """Function Compute's own scheme has none."""
    raw = ask(scheme, in_company_a).signed()

    first, again = raw.send(cloud.url), raw.send(cloud.url)

    used = (403, fc2("SignatureNonceUsed", "Specified signature nonce was used already."))
    assert first.status_code == 200
    assert read(again) == {"acs": used, "FC": (200, first.json())}[scheme]


def test_a_session_needs_its_own_token(cloud: LocalCloud, ops: Keys, scheme: str) -> None:
    """Missing, malformed, or that of another session."""
    session, other = assume(cloud, ops), assume(cloud, ops)

    answers = [
        read(ask(scheme, Keys(session.access_key_id, session.secret, token)).send(cloud.url))
        for token in (None, "CAISx", other.token)
    ]

    header = {"acs": "x-acs-security-token", "FC": "x-fc-security-token"}[scheme]
    mismatch = "Specified SecurityToken mismatch with the AccessKey."
    assert answers == [
        (400, fc2("MissingRequiredHeader", f"required HTTP header {header} was not specified")),
        (403, fc2("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")),
        (403, fc2("InvalidSecurityToken.MismatchWithAccessKey", mismatch)),
    ]


def test_a_token_expires_with_its_session(cloud: LocalCloud, in_company_a: Keys, clock: Clock, scheme: str) -> None:
    """To the second."""
    clock.ahead = timedelta(hours=1, seconds=1)
    date = format_datetime(datetime.now(timezone.utc) + clock.ahead, usegmt=True)

    answer = ask(scheme, in_company_a).but(headers={"date": date}).send(cloud.url)

    assert read(answer) == (403, fc2("InvalidSecurityToken.Expired", "Specified SecurityToken is expired."))


def test_unknown_keys_and_missing_signatures_are_refused(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """Nobody is let in by default."""
    nobody = ask(scheme, Keys("LTAInobody", "s")).send(cloud.url)
    unsigned = ask(scheme, in_company_a).signed().with_headers(authorization=None).send(cloud.url)
    broken = ask(scheme, in_company_a).signed().with_headers(authorization=f"{scheme} nonsense").send(cloud.url)

    assert read(nobody) == (403, fc2("InvalidAccessKeyID", "invalid access key ID 'LTAInobody'"))
    assert read(unsigned) == (
        400,
        fc2("MissingRequiredHeader", "required HTTP header Authorization was not specified"),
    )
    assert read(broken) == (403, fc2("SignatureNotMatch", NOT_MATCHED))


def test_another_account_s_host_is_refused(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """Whether the host names it, or the header that the old SDKs send."""
    refused = (403, fc2("AccessDenied", "The service or function doesn't belong to you."))
    by_host = ask(scheme, in_company_a).but(host=f"{COMPANY_C}.cn-hangzhou.fc.aliyuncs.com").send(cloud.url)
    by_header = ask(scheme, in_company_a).but(headers={"x-fc-account-id": COMPANY_C}).send(cloud.url)

    assert [read(by_host), read(by_header)] == [refused, refused]


def test_a_body_is_signed_by_its_digest(cloud: LocalCloud, in_company_a: Keys, scheme: str) -> None:
    """A `Content-MD5` that isn't the body's is no proof of it."""
    body = b'{"serviceName": "shop"}'
    call = ask(scheme, in_company_a).but(path="/2016-08-15/services", method="POST", body=body)
    call = call.but(headers={"content-type": "application/json", "content-md5": md5(body)})
    raw = call.signed()

    good, changed = raw.send(cloud.url), raw.but(body=body.replace(b"shop", b"chop")).send(cloud.url)

    assert good.json()["ErrorCode"] == "AccessDenied"
    assert read(changed) == (403, fc2("SignatureNotMatch", NOT_MATCHED))
