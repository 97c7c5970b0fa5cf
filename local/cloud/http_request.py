"""One HTTP request as it came, and what can be read from it without knowing any API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, unquote_to_bytes

FORM_TYPE = "application/x-www-form-urlencoded"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class HttpRequest:
    """A request with its body read.

    `path` and `query` are raw, still percent-encoded; header names are in lower case.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    client_ip: str

    @cached_property
    def _first_headers(self) -> dict[str, str]:
        return dict(reversed(self.headers))

    def header(self, name: str) -> str:
        """Return the first value of the header *name* (in lower case), "" where there is none."""
        return self._first_headers.get(name, "")

    @property
    def host(self) -> str:
        """The `Host` header, port included."""
        return self.header("host")

    @property
    def host_name(self) -> str:
        """The host's name without the port, in lower case."""
        return host_name(self.host)

    @property
    def is_for_loopback(self) -> bool:
        """Whether the client thinks that it talks to this machine, and not to Alibaba Cloud.

        The current SDKs put an endpoint that is given as a URL into `Host` as it is.
        """
        return host_name(self.host.removeprefix("http://")) in LOOPBACK_NAMES

    @cached_property
    def query_pairs(self) -> tuple[tuple[bytes, bytes], ...]:
        """The query's names and values, decoded; repeated names stay. Clients write a space as `+` or `%20`."""
        return read_pairs(self.query)

    @cached_property
    def form_pairs(self) -> tuple[tuple[bytes, bytes], ...]:
        """The names and values of a form in the body, decoded; none where the body is something else."""
        content_type = self.header("content-type").partition(";")[0].strip().lower()
        return read_pairs(self.body.decode("latin-1")) if content_type == FORM_TYPE else ()


def host_name(host: str) -> str:
    """Return the name in a `Host` header, in lower case, without the port; an IPv6 address keeps its brackets."""
    return re.sub(r":[0-9]*$", "", host.lower())


def read_pairs(encoded: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return names and values of an `application/x-www-form-urlencoded` text, in order.

    A broken escape stays as it is.
    """
    pairs = (part.partition("=") for part in encoded.split("&") if part)
    return tuple((_decode(name), _decode(value)) for name, _, value in pairs)


def first_values(pairs: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    """Return the first value of each name as text; raises UnicodeDecodeError."""
    return {name.decode(): value.decode() for name, value in reversed(pairs)}


def encode(value: bytes) -> str:
    """Return *value* percent-encoded as signatures want it: everything but letters, digits and `-_.~`."""
    return quote(value, safe="~")


def _decode(part: str) -> bytes:
    return unquote_to_bytes(part.replace("+", " "))
