"""A function's code as CreateFunction and UpdateFunction bring it: in the body, or as an object in OSS."""

from __future__ import annotations

import base64

from local.cloud.calls import Call
from local.cloud.functions.archive import MAXIMUM_INLINE_BYTES, Archive, ArchiveError, check_archive
from local.cloud.functions.settings import invalid


def read_code(call: Call, code: object) -> bytes | None:
    """Return the zip that *code* brings or names, None where it brings none; raises Refusal."""
    if not isinstance(code, dict):
        if code is None:
            return None
        raise invalid("code is not an object")
    if code.get("zipFile"):
        return _decode(code["zipFile"])
    bucket, name = code.get("ossBucketName"), code.get("ossObjectName")
    if not (isinstance(bucket, str) and isinstance(name, str)):
        return None
    content = _read_object(call, bucket, name)
    if content is None:
        raise invalid(f"code: object '{name}' does not exist in bucket '{bucket}'")
    return content


def _read_object(call: Call, bucket: str, name: str) -> bytes | None:
    """Return an uploaded object, None where the account has none of that name.

    Uploads lie under the id of the account, which clients may leave out here; those of others are not there.
    """
    own = call.account.account_id
    owner = name.partition("/")[0]
    return call.world.objects.read(bucket, name if owner == own else f"{own}/{name}")


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise invalid("code.zipFile is not a string")
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise invalid("code.zipFile is not base64") from error
    if len(content) > MAXIMUM_INLINE_BYTES:
        raise invalid(f"code.zipFile exceeds {MAXIMUM_INLINE_BYTES} bytes")
    return content


async def check_code(call: Call, content: bytes | None) -> Archive | None:
    """Return *content* as an archive, None where there is none; raises Refusal."""
    if content is None:
        return None
    try:
        return await call.platform.run(lambda: check_archive(content))
    except ArchiveError as error:
        raise invalid(str(error)) from error
