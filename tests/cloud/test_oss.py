"""The upload of code: keys for one object, OSS's own signature, and its refusals in XML."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
import pytest

from local.cloud import LocalCloud, objects
from local.cloud.objects import ObjectStore, StoredObject, StoreFullError
from tests.cloud.acs3 import Keys
from tests.cloud.clients import A_HOST, COMPANY_A, user_keys
from tests.cloud.conftest import Clock
from tests.cloud.old_signatures import Raw, Roa, http_date, md5

BUCKET = "fc-local-code-cn-hangzhou"
HOST = f"{BUCKET}.oss-cn-hangzhou.aliyuncs.com"
NO_RIGHT = (403, "AccessDenied", "You have no right to access this object because of bucket acl.")
NO_KEY = (403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
BAD_TOKEN = (403, "InvalidSecurityToken", "The security token you provided is invalid.")
NOT_MATCHED = (403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")  # fmt: skip


class Upload:
    """What GetTempBucketToken gave, and requests that make use of it."""

    def __init__(self, cloud: LocalCloud, keys: Keys) -> None:
        self.answer = Roa("FC", keys, A_HOST, "/2016-08-15/tempBucketToken").send(cloud.url).json()
        found = self.answer["credentials"]
        self.keys = Keys(found["AccessKeyId"], found["AccessKeySecret"], found["SecurityToken"])
        self.name = f"{COMPANY_A}/{self.answer['objectName']}"

    def request(self, method: str = "PUT", body: bytes = b"", **headers: str | None) -> Roa:
        """Return a request about the object, as yet unsigned."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/{self.name}"
        return Roa("OSS", self.keys, HOST, path, method=method, body=body, headers=sent, resource=f"/{BUCKET}{path}")


@pytest.fixture
def upload(cloud: LocalCloud, in_company_a: Keys) -> Upload:
    """Return an upload that account A's role may make."""
    return Upload(cloud, in_company_a)


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    """Return status, code and message of OSS's refusal, whose ids must be there."""
    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    leaves = {leaf.tag: leaf.text for leaf in root}
    assert (root.tag, answer.headers["content-type"]) == ("Error", "application/xml;charset=utf-8")
    assert leaves["RequestId"] == answer.headers["x-oss-request-id"]
    assert set(leaves) == {"Code", "Message", "RequestId", "HostId"}
    return answer.status_code, str(leaves["Code"]), str(leaves["Message"])


def test_a_token_names_bucket_object_and_keys(upload: Upload) -> None:
    """As Serverless Devs reads it."""
    assert set(upload.answer) == {"credentials", "ossBucket", "objectName"}
    assert set(upload.answer["credentials"]) == {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}
    assert (upload.answer["ossBucket"], upload.keys.access_key_id[:4]) == (BUCKET, "STS.")


@pytest.mark.parametrize("host", [HOST, f"{BUCKET}.oss-accelerate.aliyuncs.com", f"{BUCKET}.oss-cn-hangzhou-internal.aliyuncs.com"])  # fmt: skip
def test_an_object_is_put_read_and_deleted(cloud: LocalCloud, upload: Upload, host: str) -> None:
    """Its entity tag is the MD5 of its content, and the world holds it for whoever makes a function of it."""
    content = b"PK" * 1000
    etag = f'"{hashlib.md5(content).hexdigest().upper()}"'  # noqa: S324 - OSS's own

    put = upload.request("PUT", content, content_md5=md5(content), content_type="application/zip").but(host=host)
    stored = put.send(cloud.url)
    kept = cloud.world.objects.read(BUCKET, upload.name)
    got, head = upload.request("GET").send(cloud.url), upload.request("HEAD").send(cloud.url)
    deleted = upload.request("DELETE").send(cloud.url)

    assert (stored.status_code, stored.content, stored.headers["etag"], kept) == (200, b"", etag, content)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, content, "application/zip")
    assert (head.status_code, head.content, head.headers["content-length"], head.headers["etag"]) == (
        200,
        b"",
        "2000",
        etag,
    )
    assert got.headers["last-modified"] == head.headers["last-modified"]
    assert (deleted.status_code, cloud.world.objects.read(BUCKET, upload.name)) == (204, None)
    assert refused(upload.request("GET").send(cloud.url)) == (404, "NoSuchKey", "The specified key does not exist.")
    assert upload.request("DELETE").send(cloud.url).status_code == 204


@pytest.mark.parametrize(
    ("asked", "standard", "status", "content", "told"),
    [
        ("bytes=1-2", False, 206, b"bc", "bytes 1-2/5"),
        ("bytes=3-", False, 206, b"de", "bytes 3-4/5"),
        ("bytes=-2", False, 206, b"de", "bytes 3-4/5"),
        ("bytes=0-0", False, 206, b"a", "bytes 0-0/5"),
        ("bytes=3-9", False, 200, b"abcde", None),
        ("bytes=5-", False, 200, b"abcde", None),
        ("bytes=-9", False, 200, b"abcde", None),
        ("bytes=-0", False, 200, b"abcde", None),
        ("bytes=2-1", True, 200, b"abcde", None),
        ("bytes=0-1,3-4", True, 200, b"abcde", None),
        ("lines=1-2", True, 200, b"abcde", None),
        ("bytes=3-9", True, 206, b"de", "bytes 3-4/5"),
        ("bytes=-9", True, 206, b"abcde", "bytes 0-4/5"),
        ("bytes=5-9", True, 416, None, None),
        ("bytes=-0", True, 416, None, None),
    ],
)
def test_a_range_is_answered_as_documented(  # noqa: PLR0913, PLR0917 - a table
    cloud: LocalCloud, upload: Upload, asked: str, standard: bool, status: int, content: bytes | None, told: str | None
) -> None:
    """One that isn't wholly within the object counts for nothing, unless the client asks for HTTP's own behaviour."""
    upload.request("PUT", b"abcde").send(cloud.url)
    more = {"x_oss_range_behavior": "standard"} if standard else {}

    answer = upload.request("GET", b"", range=asked, **more).send(cloud.url)

    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)
    if content is None:
        assert refused(answer) == (416, "InvalidRange", "The requested range cannot be satisfied.")
    else:
        assert (answer.content, answer.headers["content-length"]) == (content, str(len(content)))


@pytest.mark.parametrize(
    ("method", "header"), [("GET", "if_none_match"), ("GET", "if_modified_since"), ("PUT", "x_oss_copy_source"), ("PUT", "x_oss_forbid_overwrite")]
)  # fmt: skip
def test_a_header_that_would_change_the_answer_is_not_passed_over(
    cloud: LocalCloud, upload: Upload, method: str, header: str
) -> None:
    """It is refused, as a sub-resource is."""
    upload.request("PUT", b"abc").send(cloud.url)

    answer = upload.request(method, b"", **{header: "x"}).send(cloud.url)

    message = "A header you provided implies functionality that is not implemented."
    assert refused(answer) == (501, "NotImplemented", message)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "FETCH"])
@pytest.mark.parametrize("scheme", ["OSS", "OSS2", "OSS4-HMAC-SHA256", "signed URL 1", "signed URL 4"])
def test_who_signs_for_oss_is_answered_by_oss(cloud: LocalCloud, method: str, scheme: str) -> None:
    """In XML, whatever the scheme and the method, where only the endpoint was changed."""
    target, headers = f"/{BUCKET}/x", {"host": "127.0.0.1:1", "authorization": f"{scheme} x"}
    if scheme.startswith("signed"):
        sent = {"1": "OSSAccessKeyId=x&Signature=x&Expires=1", "4": "x-oss-signature-version=OSS4-HMAC-SHA256"}[
            scheme[-1]
        ]
        target, headers = f"{target}?{sent}", {"host": "127.0.0.1:1"}

    code = refused(Raw(method, target, headers, b"").send(cloud.url))[1]

    assert code == ("MethodNotAllowed" if method in ("PATCH", "FETCH") else code)
    assert code in ("MethodNotAllowed", "InvalidArgument", "AccessDenied")


def test_clients_that_changed_their_endpoint_alone_name_the_bucket_in_the_path(
    cloud: LocalCloud, upload: Upload
) -> None:
    """As OSS's SDKs do for an address without a name."""
    path = f"/{BUCKET}/{upload.name}"

    assert (
        upload.request("PUT", b"zip").but(host="127.0.0.1:1", path=path, resource=path).send(cloud.url).status_code
        == 200
    )
    assert cloud.world.objects.read(BUCKET, upload.name) == b"zip"


def test_a_service_s_name_may_stand_before_the_object_s(cloud: LocalCloud, upload: Upload) -> None:
    """As `@alicloud/fc2` puts it."""
    path = f"/{COMPANY_A}/shop/{upload.answer['objectName']}"

    assert upload.request("PUT", b"zip").but(path=path, resource=f"/{BUCKET}{path}").send(cloud.url).status_code == 200


def test_more_than_other_requests_may_have_is_taken(cloud: LocalCloud, upload: Upload) -> None:
    """Code is larger than what APIs take."""
    content = bytes(11 * 1024 * 1024)

    assert upload.request("PUT", content).send(cloud.url).status_code == 200
    assert cloud.world.objects.read(BUCKET, upload.name) == content


def test_no_more_is_kept_than_memory_has(cloud: LocalCloud, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is replaced or deleted makes room."""
    monkeypatch.setattr(objects, "TOTAL_LIMIT_BYTES", 10)

    assert upload.request("PUT", b"x" * 10).send(cloud.url).status_code == 200
    assert upload.request("PUT", b"y" * 10).send(cloud.url).status_code == 200
    answer = upload.request("PUT", b"z" * 11).send(cloud.url)
    assert refused(answer)[:2] == (400, "EntityTooLarge")
    assert cloud.world.objects.read(BUCKET, upload.name) == b"y" * 10


def test_the_store_counts_all_its_objects() -> None:
    """Together they may not be larger than the limit."""
    store, now = ObjectStore(), datetime(2026, 1, 1, tzinfo=timezone.utc)
    half = StoredObject(bytes(objects.TOTAL_LIMIT_BYTES // 2), "", now)

    store.put("b", "1", half)
    store.put("b", "2", half)

    with pytest.raises(StoreFullError):
        store.put("b", "3", StoredObject(b"x", "", now))
    store.delete("b", "1")
    store.put("b", "3", StoredObject(b"x", "", now))
    assert store.read("b", "3") == b"x"


@pytest.mark.parametrize(
    "name",
    [f"{COMPANY_A}/other.zip", "other.zip", "1345678901234567/{0}", "../{0}", f"{COMPANY_A}/../1345678901234567/x.zip"],
)
def test_the_keys_are_good_for_their_object_alone(cloud: LocalCloud, upload: Upload, name: str) -> None:
    """Nobody can put code in somebody else's place."""
    path = "/" + name.format(upload.answer["objectName"])

    answer = upload.request("PUT", b"x").but(path=path, resource=f"/{BUCKET}{path}").send(cloud.url)

    assert refused(answer) == NO_RIGHT


def test_nobody_else_s_keys_open_the_bucket(cloud: LocalCloud, upload: Upload, in_company_a: Keys) -> None:
    """Neither those that asked for the upload nor those of another account."""
    keys = [in_company_a, user_keys(cloud, "ops")]

    answers = [upload.request("PUT", b"x").but(keys=others).send(cloud.url) for others in keys]

    assert [refused(answer) for answer in answers] == [NO_RIGHT, NO_RIGHT]


def test_the_upload_s_keys_open_nothing_else(cloud: LocalCloud, upload: Upload) -> None:
    """They are of another account, which has no functions."""
    answer = Roa("FC", upload.keys, A_HOST, "/2016-08-15/services").send(cloud.url)

    assert (answer.status_code, answer.json()["ErrorCode"]) == (403, "AccessDenied")


@pytest.mark.parametrize("what", ["name", "type", "token", "date", "one more header", "method", "signature", "bucket"])
def test_whatever_is_changed_after_signing_is_noticed(cloud: LocalCloud, upload: Upload, what: str) -> None:
    """The signature covers bucket, name, method, type, date and OSS's own headers."""
    raw = upload.request("PUT", b"x", content_type="application/zip").signed()
    changed = {
        "name": raw.but(target=f"{raw.target}x"),
        "type": raw.with_headers(content_type="text/plain"),
        "token": raw.with_headers(x_oss_security_token=f" {upload.keys.token},x"),
        "date": raw.with_headers(date=http_date(1)),
        "one more header": raw.with_headers(x_oss_object_acl="public-read"),
        "method": raw.but(method="DELETE"),
        "signature": raw.with_headers(authorization=raw.headers["authorization"].replace(":", ":A")),
        "bucket": raw.with_headers(host=f"fc-local-code-cn-shanghai{HOST.removeprefix(BUCKET)}"),
    }[what]

    answer = changed.send(cloud.url)

    assert refused(answer) == (BAD_TOKEN if what == "token" else NOT_MATCHED)


def test_a_content_md5_must_be_the_body_s(cloud: LocalCloud, upload: Upload) -> None:
    """Whether it was signed or not."""
    answer = upload.request("PUT", b"x", content_md5=md5(b"y")).send(cloud.url)

    assert refused(answer) == (400, "InvalidDigest", "The Content-MD5 you specified did not match what we received.")
    assert cloud.world.objects.read(BUCKET, upload.name) is None


@pytest.mark.parametrize("header", ["date", "x_oss_date"])
@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_stale_clock_is_refused(cloud: LocalCloud, upload: Upload, header: str, minutes: float) -> None:
    """More than 15 minutes off; `x-oss-date` stands in for `Date` where a client can't set that."""
    request = upload.request("PUT", b"x", **{header: http_date(minutes)})
    if header == "x_oss_date":
        request = request.but(headers={**request.headers, "date": http_date(minutes)})

    message = "The difference between the request time and the current time is too large."
    assert refused(request.send(cloud.url)) == (403, "RequestTimeTooSkewed", message)


def test_a_date_must_be_there_and_be_one(cloud: LocalCloud, upload: Upload) -> None:
    """In HTTP's form."""
    expected = (403, "AccessDenied", "OSS authentication requires a valid Date.")

    assert refused(upload.request("PUT", b"x", date=None).send(cloud.url)) == expected
    assert refused(upload.request("PUT", b"x", date="today").send(cloud.url)) == expected


def test_a_wrong_secret_or_key_or_token_is_refused(cloud: LocalCloud, upload: Upload, in_company_a: Keys) -> None:
    """A session's key is unknown to OSS without its token."""
    key, secret = upload.keys.access_key_id, upload.keys.secret

    answers = [
        refused(upload.request("PUT", b"x").but(keys=keys).send(cloud.url))
        for keys in (
            Keys(key, "wrong", upload.keys.token),
            Keys("LTAInobody", secret),
            Keys(key, secret),
            Keys(key, secret, "CAISx"),
            Keys(key, secret, in_company_a.token),
        )
    ]

    assert answers == [NOT_MATCHED, NO_KEY, NO_KEY, BAD_TOKEN, BAD_TOKEN]


def test_a_token_expires(cloud: LocalCloud, upload: Upload, clock: Clock) -> None:
    """After an hour."""
    clock.ahead = timedelta(hours=1, seconds=1)
    date = format_datetime(datetime.now(timezone.utc) + clock.ahead, usegmt=True)

    answer = upload.request("PUT", b"x", date=date).send(cloud.url)

    assert refused(answer) == (403, "SecurityTokenExpired", "The security token you provided has expired.")


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, (403, "AccessDenied", "OSS authentication requires a valid Authorization.")),
        ("OSS nonsense", (400, "InvalidArgument", "Authorization header is invalid.")),
        ("OSS4-HMAC-SHA256 Credential=x", (400, "InvalidArgument", "Unsupported authorization type.")),
    ],
)
def test_a_request_must_be_signed(
    cloud: LocalCloud, upload: Upload, authorization: str | None, expected: tuple[int, str, str]
) -> None:
    """In version 1 of OSS's scheme."""
    raw = upload.request("PUT", b"x").signed().with_headers(authorization=authorization)

    assert refused(raw.send(cloud.url)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"host": "another-bucket.oss-cn-hangzhou.aliyuncs.com", "resource": "/another-bucket/x", "path": "/x"}, (404, "NoSuchBucket", "The specified bucket does not exist.")),
        ({"path": "/", "resource": f"/{BUCKET}/"}, (400, "InvalidObjectName", "The specified object is not valid.")),
        ({"path": "//x", "resource": f"/{BUCKET}//x"}, (400, "InvalidObjectName", "The specified object is not valid.")),
        ({"path": f"/{'x' * 1024}", "resource": f"/{BUCKET}/{'x' * 1024}"}, (400, "InvalidObjectName", "The specified object is not valid.")),
        ({"query": {"acl": ""}, "path": "/x", "resource": f"/{BUCKET}/x?acl"}, (501, "NotImplemented", "A header you provided implies functionality that is not implemented.")),
        ({"method": "POST"}, (405, "MethodNotAllowed", "The specified method is not allowed against this resource.")),
    ],
)  # fmt: skip
def test_what_isn_t_there_is_refused(
    cloud: LocalCloud, upload: Upload, change: dict[str, object], expected: tuple[int, str, str]
) -> None:
    """Other buckets, odd names, other operations."""
    assert refused(upload.request("PUT", b"x").but(**change).send(cloud.url)) == expected
