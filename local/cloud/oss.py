"""Object Storage Service, as far as uploading code goes: put, get, head and delete objects of the upload bucket.

Source: https://www.alibabacloud.com/help/en/oss/developer-reference/putobject and its neighbours. Other buckets don't
exist here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import format_datetime
from typing import Any

from local.cloud.actions import Action
from local.cloud.authorization import find_denial
from local.cloud.calls import Call, Reply
from local.cloud.errors import Refusal
from local.cloud.object_address import ObjectAddress, find_object_address
from local.cloud.objects import TOTAL_LIMIT_BYTES, StoredObject, StoreFullError
from local.cloud.policy import Question
from local.cloud.regions import OSS_VERSION
from local.cloud.signatures.oss1 import SUB_RESOURCES
from local.cloud.upload import UPLOAD_ACCOUNT_ID, is_upload_bucket

_NAME_BYTES = 1023
_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})|bytes=-([0-9]{1,18})")
_NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented."
# Headers that make something else of a request; a client that sends one must not get the answer of a request without.
_OTHER_HEADERS = frozenset(
    {
        *("if-match", "if-modified-since", "if-none-match", "if-unmodified-since"),
        *("x-oss-callback", "x-oss-copy-source", "x-oss-forbid-overwrite", "x-oss-traffic-limit"),
    }
)


def put_object(call: Call) -> Reply:
    """PutObject: store the body, in place of what had the name."""
    address = _permitted(call, "PutObject")
    content = call.request.body
    _check_digest(call, content)
    content_type = call.request.header("content-type") or "application/octet-stream"
    stored = StoredObject(content, content_type, call.now.replace(microsecond=0))
    try:
        call.world.objects.put(address.bucket, address.name, stored)
    except StoreFullError as error:
        message = f"The local cloud keeps no more than {TOTAL_LIMIT_BYTES} bytes of objects."
        raise Refusal(400, "EntityTooLarge", message) from error
    return Reply(headers={"etag": f'"{stored.etag}"', "content-md5": _md5(content)})


def get_object(call: Call) -> Reply:
    """GetObject: the whole content, or the one range that a client asks for."""
    stored = _existing(call, _permitted(call, "GetObject"))
    found = _find_range(call, len(stored.content))
    if found is None:
        return Reply(headers=_metadata(stored), body=stored.content)
    told = {"content-range": f"bytes {found.start}-{found.stop - 1}/{len(stored.content)}"}
    return Reply(206, {**_metadata(stored), **told}, stored.content[found.start : found.stop])


def head_object(call: Call) -> Reply:
    """HeadObject: what GetObject would answer, without the content."""
    stored = _existing(call, _permitted(call, "GetObject"))
    return Reply(headers={**_metadata(stored), "content-length": str(len(stored.content))})


def delete_object(call: Call) -> Reply:
    """DeleteObject; an object that isn't there is no error."""
    address = _permitted(call, "DeleteObject")
    call.world.objects.delete(address.bucket, address.name)
    return Reply(status=204)


def _permitted(call: Call, action: str) -> ObjectAddress:
    """Return the object that *call* is about; raises Refusal unless the caller may do *action* with it."""
    address = find_object_address(call.request)
    for name, _ in call.request.query_pairs:
        if name.decode("latin-1") in SUB_RESOURCES:
            raise Refusal(501, "NotImplemented", _NOT_IMPLEMENTED)
    if any(name in _OTHER_HEADERS for name, _ in call.request.headers):
        raise Refusal(501, "NotImplemented", _NOT_IMPLEMENTED)
    if not is_upload_bucket(address.bucket):
        raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist.")
    if not 0 < len(address.name.encode(errors="surrogateescape")) <= _NAME_BYTES or address.name[0] in "/\\":
        raise Refusal(400, "InvalidObjectName", "The specified object is not valid.")
    owns = call.caller.account.account_id == UPLOAD_ACCOUNT_ID
    arn = f"acs:oss:*:{UPLOAD_ACCOUNT_ID}:{address.bucket}/{address.name}"
    if not owns or find_denial(call.caller, Question(f"oss:{action}", arn, call.context())):
        raise Refusal(403, "AccessDenied", "You have no right to access this object because of bucket acl.")
    return address


def _find_range(call: Call, size: int) -> range | None:
    """Return which bytes are asked for, None for all; raises Refusal.

    By default a range that isn't wholly within the object counts for nothing. With `x-oss-range-behavior: standard` its
    end may be too far, and a range that begins behind the object is refused.
    https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
    """
    asked = _RANGE.fullmatch(call.request.header("range"))
    if asked is None:
        return None
    start = size - int(asked[3]) if asked[3] else int(asked[1])
    stop = int(asked[2]) + 1 if asked[2] else max(size, start + 1)
    if 0 <= start < stop <= size:
        return range(start, stop)
    if start >= stop or call.request.header("x-oss-range-behavior") != "standard":
        return None
    if max(start, 0) >= size:
        raise Refusal(416, "InvalidRange", "The requested range cannot be satisfied.")
    return range(max(start, 0), min(stop, size))


def _existing(call: Call, address: ObjectAddress) -> StoredObject:
    stored = call.world.objects.find(address.bucket, address.name)
    if stored is None:
        raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
    return stored


def _check_digest(call: Call, content: bytes) -> None:
    """Raise Refusal where the client's `Content-MD5` isn't that of the content."""
    found = call.request.header("content-md5")
    if found and found != _md5(content):
        message = "The Content-MD5 you specified did not match what we received."
        raise Refusal(400, "InvalidDigest", message)


def _metadata(stored: StoredObject) -> dict[str, Any]:
    return {
        "accept-ranges": "bytes",
        "content-type": stored.content_type,
        "etag": f'"{stored.etag}"',
        "last-modified": format_datetime(stored.modified, usegmt=True),
    }


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


ACTIONS = (
    Action("PutObject", OSS_VERSION, ("PUT",), "/{object}", put_object, body_limit_bytes=TOTAL_LIMIT_BYTES),
    Action("GetObject", OSS_VERSION, ("GET",), "/{object}", get_object),
    Action("HeadObject", OSS_VERSION, ("HEAD",), "/{object}", head_object),
    Action("DeleteObject", OSS_VERSION, ("DELETE",), "/{object}", delete_object),
)
