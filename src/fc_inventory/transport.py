"""The HTTP below the SDKs: no redirects, a detour to a local cloud, and a note of what the SDKs lose on the way."""

from __future__ import annotations

import contextlib
import io
import ssl
import threading
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from fc_inventory.budget import Budget
from fc_inventory.diagnosis import Transport

POOL_SIZE = 96  # connections a host: all threads of a scan, so that none is opened and thrown away
POOL_HOSTS = 256  # FC 2.0 has a host of its own for each account and region
CHUNK_BYTES = 64 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024  # a page of 100 functions, each with 4 KB of variables, is well below 1 MB


class Exchange(threading.local):
    """What really happened on the wire in this thread's current call; the SDK tells only a part of it."""

    endpoint: str | None = None
    status: int | None = None
    request_id: str | None = None
    date: str | None = None
    retry_after_seconds: float | None = None
    transport: Transport | None = None
    detail: str = ""
    body: bytes = b""
    budget: Budget | None = None

    def begin(self, endpoint: str | None, budget: Budget) -> None:
        """Forget the last call; the next one goes to *endpoint* where there is one, and ends with *budget*."""
        self.__dict__.clear()
        self.endpoint, self.budget = endpoint, budget

    def take(self) -> tuple[str | None, Budget | None]:
        """Return endpoint and budget, which serve this one call: the SDKs' sessions belong to the whole process."""
        taken = self.endpoint, self.budget
        self.__dict__.clear()
        return taken

    def summary(self) -> str:
        """Return what arrived instead of an answer, in a few words."""
        return f"status {self.status}: {self.detail}" if self.status else self.detail


exchange = Exchange()

_TRANSPORT_ERRORS: tuple[tuple[type[Exception], Transport], ...] = (
    (requests.exceptions.Timeout, "timed_out"),
    (urllib3.exceptions.TimeoutError, "timed_out"),
    (requests.exceptions.SSLError, "tls_failed"),
    (requests.exceptions.ConnectionError, "connection_failed"),
    (requests.exceptions.ChunkedEncodingError, "connection_failed"),
    (requests.exceptions.ContentDecodingError, "malformed_answer"),
    (urllib3.exceptions.DecodeError, "malformed_answer"),
)


class TlsAdapter(requests.adapters.HTTPAdapter):
    """Serves all hosts with one TLS context: its certificates are read once, not again for each connection."""

    def __init__(self) -> None:
        self._context = _tls_context()
        super().__init__(pool_connections=POOL_HOSTS, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*sizes, **options, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Return the pools of connections through *proxy*."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Verify, whatever is asked for; `requests` would read its certificates into the context once more."""
        conn.cert_reqs = "CERT_REQUIRED"


def _tls_context() -> ssl.SSLContext:
    """Return a context that trusts what `requests` does: a file of certificates, or in the artefact a directory."""
    try:
        return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    except IsADirectoryError:
        return ssl.create_default_context(capath=DEFAULT_CA_BUNDLE_PATH)


class Session(requests.Session):
    """A session without redirects and cookies that sends loopback calls to the local cloud, and notes what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # the SDK passes the proxies itself; .netrc must not add an Authorization
        self.mount("https://", TlsAdapter())
        self.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=POOL_SIZE))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send by the adapter alone; what happened stands in `exchange` afterwards.

        What `requests` does around it is left out: redirects, and cookies, which all accounts would share.
        """
        endpoint, budget = exchange.take()
        if endpoint is not None:
            request.url = _rerouted(str(request.url), endpoint)
            options["proxies"] = {}
        try:
            given = {name: options[name] for name in ("timeout", "verify", "cert", "proxies") if name in options}
            response = self.get_adapter(str(request.url)).send(request, **given, stream=True)
            _read_body(response, budget)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            exchange.transport = exchange.transport or _transport_of(error)
            exchange.detail = exchange.detail or type(error).__name__
            raise requests.RequestException(exchange.detail) from None
        _note(response)
        return response


def _read_body(response: requests.Response, budget: Budget | None) -> None:
    """Read the body as it comes, no more than the limit and no longer than the budget: an answer may never end."""
    body = io.BytesIO()
    with contextlib.closing(response.raw):
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            body.write(chunk)
            if body.tell() > MAX_BODY_BYTES:
                exchange.transport, exchange.detail = "malformed_answer", f"more than {MAX_BODY_BYTES} bytes"
                raise requests.exceptions.ContentDecodingError(exchange.detail)
            if budget is not None and not budget.remaining_seconds:
                raise requests.exceptions.ReadTimeout("the answer did not end in time")
    body.seek(0)
    response.raw = body


def _note(response: requests.Response) -> None:
    """Keep what the SDK will lose of *response*. Raises for a redirect, before the SDK takes it for an answer."""
    exchange.status, exchange.body = response.status_code, response.content
    exchange.request_id = response.headers.get("x-acs-request-id") or response.headers.get("x-fc-request-id")
    exchange.date = response.headers.get("date")
    exchange.retry_after_seconds = _seconds(response.headers.get("retry-after", ""))
    media_type = response.headers.get("content-type", "no content type")
    exchange.detail = f"{len(response.content)} bytes ({media_type}) that are not the API's JSON"
    if 300 <= response.status_code < 400:  # noqa: PLR2004 - the class of redirects
        exchange.transport = "redirected"
        exchange.detail = f"a redirect to {urlsplit(response.headers.get('location', '')).hostname}, not followed"
        raise requests.TooManyRedirects("redirects are not followed")


def _seconds(text: str) -> float | None:
    """Return the seconds that a Retry-After header names; None for none, and for a date."""
    return float(text) if text.isascii() and text.isdigit() else None


def _rerouted(url: str, endpoint: str) -> str:
    """Return *url* at *endpoint*; the Host header, which is signed, stays the real one."""
    there = urlsplit(endpoint)
    return urlunsplit(urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc))


def _transport_of(error: Exception) -> Transport:
    if "NameResolutionError" in repr(error):
        return "name_not_resolved"
    return next((transport for kind, transport in _TRANSPORT_ERRORS if isinstance(error, kind)), "connection_failed")
