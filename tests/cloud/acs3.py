"""A second, independent writing of ACS3-HMAC-SHA256, for requests that no SDK would send."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from http.client import HTTPConnection
from urllib.parse import quote

import httpx

VERSIONS = {"sts": "2015-04-01", "fc2": "2021-04-06", "fc3": "2023-03-30"}


@dataclass(frozen=True)
class Keys:
    """An access key, with the security token of a session."""

    access_key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Wire:
    """One request before it is signed. `headers` come on top of the usual ones; None takes one of those away."""

    keys: Keys | None
    host: str
    action: str
    version: str
    path: str = "/"
    query: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str | None] = field(default_factory=dict)

    def but(self, **changes: object) -> Wire:
        """Return the request with something else about it."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def signed_headers(self) -> dict[str, str]:
        """Return all headers, the signature among them."""
        usual: dict[str, str | None] = {
            "host": self.host,
            "x-acs-version": self.version,
            "x-acs-action": self.action,
            "x-acs-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(self.body).hexdigest(),
            "x-acs-security-token": self.keys.token if self.keys else None,
        }
        headers = {name: value for name, value in (usual | self.headers).items() if value is not None}
        if self.keys and "authorization" not in headers:
            headers["authorization"] = self.authorization(headers)
        return headers

    def authorization(self, headers: dict[str, str], names: list[str] | None = None) -> str:
        """Return the Authorization header over *headers*, over those of *names* if given, in their order."""
        names = names or sorted(headers)
        canonical = "\n".join(
            (
                self.method,
                quote(self.path, safe="/~"),
                "&".join(f"{encode(name)}={encode(self.query[name])}" for name in sorted(self.query)),
                *(f"{name}:{headers[name].strip()}" for name in names),
                "",
                ";".join(names),
                hashlib.sha256(self.body).hexdigest(),
            )
        )
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        assert self.keys is not None
        signature = hmac.new(self.keys.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        credential = f"ACS3-HMAC-SHA256 Credential={self.keys.access_key_id}"
        return f"{credential},SignedHeaders={';'.join(names)},Signature={signature}"

    def send(self, url: str) -> httpx.Response:
        """Sign, and send to the server at *url* whatever the host is."""
        return self.send_with(url, self.signed_headers())

    def send_with(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Send with *headers*, signed before or not at all; nothing is normalised, as httpx would."""
        query = "&".join(f"{encode(name)}={encode(value)}" for name, value in self.query.items())
        connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
        try:
            target = quote(self.path, safe="/%~") + (f"?{query}" if query else "")
            connection.putrequest(self.method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if self.body:
                connection.putheader("content-length", str(len(self.body)))
            connection.endheaders(self.body)
            answer = connection.getresponse()
            return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
        finally:
            connection.close()


def encode(text: str) -> str:
    """Percent-encode *text*; surrogates stand for bytes that are no UTF-8, as in os.fsdecode."""
    return quote(text.encode(errors="surrogateescape"), safe="~")
