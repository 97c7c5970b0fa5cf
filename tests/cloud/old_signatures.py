"""Second, independent writings of the older signature schemes, for requests that no SDK would send.

Each returns a request whose signature a test can then spoil: method, target, headers, body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.client import HTTPConnection
from urllib.parse import quote, unquote, urlencode

import httpx

from tests.cloud.acs3 import Keys


@dataclass(frozen=True)
class Raw:
    """A request as it goes out; nothing about it is changed any more."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    def but(self, **changes: object) -> Raw:
        """Return the request with something else about it."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def with_headers(self, **headers: str | None) -> Raw:
        """Return the request with other headers; `_` in their names stands for `-`, None takes one away."""
        merged = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={name: value for name, value in merged.items() if value is not None})

    def send(self, url: str) -> httpx.Response:
        """Send to the server at *url*, whatever the host is."""
        connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
        try:
            connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            if self.body:
                connection.putheader("content-length", str(len(self.body)))
            connection.endheaders(self.body)
            answer = connection.getresponse()
            return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Rpc:
    """A request of RPC signature 1.0. What `system` gives on top of the usual parameters counts; None takes one away."""

    keys: Keys
    action: str
    parameters: dict[str, str] = field(default_factory=dict)
    host: str = "sts.cn-hangzhou.aliyuncs.com"
    method: str = "GET"
    system: dict[str, str | None] = field(default_factory=dict)

    def signed(self) -> dict[str, str]:
        """Return all parameters, the signature among them."""
        usual: dict[str, str | None] = {
            "Action": self.action,
            "Version": "2015-04-01",
            "Format": "JSON",
            "Timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "AccessKeyId": self.keys.access_key_id,
            "SecurityToken": self.keys.token,
        }
        sent = {name: value for name, value in (usual | self.parameters | self.system).items() if value is not None}
        listed = "&".join(f"{quote(name, safe='~')}={quote(sent[name], safe='~')}" for name in sorted(sent))
        to_sign = f"{self.method}&%2F&{quote(listed, safe='~')}"
        return {"Signature": sha1(f"{self.keys.secret}&", to_sign), **sent}

    def in_query(self) -> Raw:
        """Return the request with everything in its query."""
        return self.split(set())

    def in_form(self) -> Raw:
        """Return the request with everything in its body."""
        return self.split(None)

    def split(self, in_body: set[str] | None) -> Raw:
        """Return the request with the parameters *in_body* in a form and the others in the query."""
        signed = self.signed()
        form = {name: value for name, value in signed.items() if in_body is None or name in in_body}
        query = {name: value for name, value in signed.items() if name not in form}
        headers = {"host": self.host} | ({"content-type": "application/x-www-form-urlencoded"} if form else {})
        return Raw(self.method, f"/?{urlencode(query)}", headers, urlencode(form).encode())


@dataclass(frozen=True)
class Roa:
    """A request with `Authorization: SCHEME KEY:SIGNATURE`, for the schemes acs, FC and OSS."""

    scheme: str
    keys: Keys
    host: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str | None] = field(default_factory=dict)
    resource: str = ""

    def but(self, **changes: object) -> Roa:
        """Return the request with something else about it."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def signed(self) -> Raw:
        """Return the request, signed."""
        prefix, token = {"acs": ("x-acs-", "x-acs-security-token"), "FC": ("x-fc-", "x-fc-security-token")}.get(
            self.scheme, ("x-oss-", "x-oss-security-token")
        )
        usual: dict[str, str | None] = {"host": self.host, "date": http_date(), token: self.keys.token}
        if self.scheme == "acs":
            usual |= {
                "accept": "application/json",
                "x-acs-signature-nonce": uuid.uuid4().hex,
                "x-acs-signature-method": "HMAC-SHA1",
                "x-acs-signature-version": "1.0",
                "x-acs-version": self.path.split("/")[1],
            }
        headers = {name: value for name, value in (usual | self.headers).items() if value is not None}
        listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith(prefix))
        first = ["accept"] * (self.scheme == "acs") + ["content-md5", "content-type", "date"]
        lines = [self.method, *(headers.get(name, "") for name in first), listed + self._resource()]
        make = sha256 if self.scheme == "FC" else sha1
        headers["authorization"] = (
            f"{self.scheme} {self.keys.access_key_id}:{make(self.keys.secret, chr(10).join(lines))}"
        )
        target = self.path + ("?" + urlencode(self.query) if self.query else "")
        return Raw(self.method, target, headers, self.body)

    def send(self, url: str) -> httpx.Response:
        """Sign, and send."""
        return self.signed().send(url)

    def _resource(self) -> str:
        if self.scheme == "acs" and self.query:
            return f"{self.path}?" + "&".join(f"{name}={self.query[name]}" for name in sorted(self.query))
        return self.resource or (unquote(self.path) if self.scheme == "FC" else self.path)


def sha1(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def sha256(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def md5(body: bytes) -> str:
    """Return the Content-MD5 of *body*."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def http_date(minutes: float = 0) -> str:
    """Return the time *minutes* from now, as the header `Date` has it."""
    return format_datetime(datetime.now(timezone.utc) + timedelta(minutes=minutes), usegmt=True)
