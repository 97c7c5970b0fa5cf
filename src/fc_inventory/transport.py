"""The HTTP below the SDKs: no redirects, a detour to a local cloud, and a note of what the SDKs lose on the way."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from fc_inventory.diagnosis import Transport

POOL_SIZE = 40  # connections a host


class Exchange(threading.local):
    """What really happened on the wire in this thread's current call; the SDK tells only a part of it."""

    endpoint: str | None = None
    status: int | None = None
    request_id: str | None = None
    transport: Transport | None = None
    detail: str = ""
    body: bytes = b""

    def begin(self, endpoint: str | None) -> None:
        """Forget the last call; the next goes to *endpoint* where there is one."""
        self.__dict__.clear()
        self.endpoint = endpoint

    def summary(self) -> str:
        """Return what arrived instead of an answer, in a few words."""
        return f"status {self.status}: {self.detail}" if self.status else self.detail


exchange = Exchange()

_TRANSPORT_ERRORS: tuple[tuple[type[Exception], Transport], ...] = (
    (requests.exceptions.Timeout, "timed_out"),
    (requests.exceptions.SSLError, "tls_failed"),
    (requests.exceptions.ConnectionError, "connection_failed"),
    (requests.exceptions.ChunkedEncodingError, "connection_failed"),
    (requests.exceptions.ContentDecodingError, "malformed_answer"),
)


class Session(requests.Session):
    """A session that follows no redirect, sends loopback calls to the local cloud, and notes what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # the SDK passes the proxies itself; .netrc must not add an Authorization
        self.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=POOL_SIZE))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send as `requests` does, but for redirects; what happened stands in `exchange` afterwards."""
        if exchange.endpoint is not None:
            request.url = _rerouted(str(request.url), exchange.endpoint)
            options["proxies"] = {}
        try:
            response = super().send(request, **{**options, "allow_redirects": False})
        except requests.RequestException as error:
            exchange.transport = _transport_of(error)
            exchange.detail = type(error).__name__
            raise
        _note(response)
        return response


def _note(response: requests.Response) -> None:
    """Keep what the SDK will lose of *response*. Raises for a redirect, before the SDK takes it for an answer."""
    exchange.status, exchange.body = response.status_code, response.content
    exchange.request_id = response.headers.get("x-acs-request-id") or response.headers.get("x-fc-request-id")
    media_type = response.headers.get("content-type", "no content type")
    exchange.detail = f"{len(response.content)} bytes ({media_type}) that are not the API's JSON"
    if 300 <= response.status_code < 400:  # noqa: PLR2004 - the class of redirects
        exchange.transport = "redirected"
        exchange.detail = f"a redirect to {urlsplit(response.headers.get('location', '')).hostname}, not followed"
        raise requests.TooManyRedirects("redirects are not followed")


def _rerouted(url: str, endpoint: str) -> str:
    """Return *url* at *endpoint*; the Host header, which is signed, stays the real one."""
    there = urlsplit(endpoint)
    return urlunsplit(urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc))


def _transport_of(error: requests.RequestException) -> Transport:
    if "NameResolutionError" in repr(error):
        return "name_not_resolved"
    return next((transport for kind, transport in _TRANSPORT_ERRORS if isinstance(error, kind)), "connection_failed")
