"""Keeps keys, tokens and signatures out of everything that leaves the process: answers, errors and log lines.

Two nets, because each alone has holes: the exact values that this process holds (`protect`), and the shapes that a
secret has in the cloud's texts and the SDK's debug output, such as the string to sign that STS returns with
`SignatureDoesNotMatch`.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any
from urllib.parse import quote

import msgspec

MASK = "***"
KEPT_VALUES = 8192  # three a session: more sessions than one instance ever holds at once

_SHAPES = re.compile(
    r"(?P<key>\b(?:STS\.|LTAI)[A-Za-z0-9._-]{6,})"
    r"|(?P<name>(?:x-acs-security-token|x-fc-security-token|x-acs-accesskey-id|security-?_?token|accesskey-?_?secret|authorization|signature)"
    r"['\"]?\s*[:=]\s*['\"]?)(?P<value>[^\n'\"&,;]+)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

_protected: OrderedDict[str, None] = OrderedDict()


class Unprinted(msgspec.Struct, frozen=True, kw_only=True):
    """What has a secret among its fields: its repr, also that of `rich`, shows none of them."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


def protect(*secrets: str) -> None:
    """Remember *secrets*, as they are and percent-encoded, so that `redact` masks them wherever they turn up."""
    for secret in secrets:
        for form in {secret, quote(secret, safe="")}:
            if len(form) >= 6:  # noqa: PLR2004 - a shorter value would mask ordinary words
                _protected[form] = None
                _protected.move_to_end(form)
    while len(_protected) > KEPT_VALUES:
        _protected.popitem(last=False)


def redact(text: str) -> str:
    """Return *text* with every known secret and everything shaped like one replaced by `***`."""
    for secret in tuple(_protected):
        if secret in text:
            text = text.replace(secret, MASK)
    return _SHAPES.sub(lambda match: MASK if match["key"] else f"{match['name']}{MASK}", text)


def one_line(text: str, limit: int = 500) -> str:
    """Return foreign *text* redacted, without control and direction characters and halves of others, cut to *limit*."""
    flat = _CONTROL.sub(" ", redact(text)).strip()
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
