"""From what an action answers, or why it doesn't, to the bytes that each dialect puts it in."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from local.cloud.errors import Dialect, Refusal
from local.cloud.http_request import HttpRequest
from local.cloud.parameters import system_parameters

_REQUEST_ID_HEADERS = {Dialect.POP: "x-acs-request-id", Dialect.OSS: "x-oss-request-id"}
_JSON = "application/json"
_NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Envelope:
    """How one request is answered. `product` is the gateway's name for what was called; `as_xml` is its Format."""

    dialect: Dialect
    request_id: str
    host: str
    product: str
    as_xml: bool

    def headers(self) -> dict[str, str]:
        """Return the headers of an answer whose body has a type of its own."""
        return {_REQUEST_ID_HEADERS.get(self.dialect, "x-fc-request-id"): self.request_id}

    def wrap(self, body: Mapping[str, Any], root: str) -> tuple[dict[str, str], bytes]:
        """Return headers and bytes of an answer; *root* names it where it is XML."""
        if self.as_xml:
            text = f"<?xml version='1.0' encoding='UTF-8'?>{_element(root, body)}"
            return {"content-type": "application/xml;charset=utf-8", **self.headers()}, text.encode()
        return {"content-type": _JSON, **self.headers()}, msgspec.json.encode(body)

    def refuse(self, refusal: Refusal) -> tuple[dict[str, str], bytes]:
        """Return headers and bytes that tell of *refusal*."""
        return self.wrap(self._refusal(refusal), "Error")

    def _refusal(self, refusal: Refusal) -> dict[str, Any]:
        code, message = refusal.code, refusal.message
        if self.dialect in (Dialect.FC_2016, Dialect.FC2):
            return {"ErrorCode": code, "ErrorMessage": message}
        if self.dialect is Dialect.OSS:
            return {"Code": code, "Message": message, "RequestId": self.request_id, "HostId": self.host}
        body: dict[str, Any] = {"RequestId": self.request_id, "Code": code, "Message": message}
        if self.dialect is Dialect.POP:
            query = f"q={code}&product={self.product}&requestId={self.request_id}"
            body |= {"HostId": self.host, "Recommend": f"https://api.aliyun.com/troubleshoot?{query}"}
        if refusal.denial is not None:
            body["AccessDeniedDetail"] = refusal.denial.detail()
        return body


def make_envelope(request: HttpRequest, dialect: Dialect, product: str) -> Envelope:
    """Return the envelope for the answer to *request*.

    OSS always answers in XML. So does the gateway to clients of RPC v1 that don't ask for JSON; to those that name the
    action in headers, it answers in JSON.
    """
    as_xml = dialect is Dialect.OSS
    if dialect is Dialect.POP and not request.header("authorization"):
        wanted = system_parameters(request)
        as_xml = "Signature" in wanted and wanted.get("Format", "XML").upper() != "JSON"
    return Envelope(dialect, _new_request_id(dialect), request.host, product, as_xml)


def _new_request_id(dialect: Dialect) -> str:
    if dialect is Dialect.FC3:
        return f"1-{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"
    if dialect is Dialect.OSS:
        return secrets.token_hex(12).upper()
    return str(uuid.uuid4()).upper() if dialect is Dialect.POP else str(uuid.uuid4())


def _element(name: str, value: object) -> str:
    """Return *value* as the element *name*; a list becomes as many elements of that name."""
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(inner, part) for inner, part in value.items())}</{name}>"
    if isinstance(value, (list, tuple)):
        return "".join(_element(name, part) for part in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(_NOT_IN_XML.sub(_REPLACEMENT, text))}</{name}>"
