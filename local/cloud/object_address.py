"""Which object of OSS a request means: the bucket is in the host, or on loopback in the path."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from local.cloud.http_request import HttpRequest
from local.cloud.regions import find_endpoint


@dataclass(frozen=True)
class ObjectAddress:
    """A bucket and an object's name in it; either is "" where the request names none."""

    bucket: str
    name: str


def find_object_address(request: HttpRequest) -> ObjectAddress:
    """Return what *request* is about: `BUCKET.oss-….aliyuncs.com/NAME`, or `/BUCKET/NAME` on another host."""
    endpoint = find_endpoint(request.host_name)
    path = unquote(request.path.removeprefix("/"))
    if endpoint is not None and endpoint.bucket:
        return ObjectAddress(endpoint.bucket, path)
    bucket, _, name = path.partition("/")
    return ObjectAddress(bucket, name)
