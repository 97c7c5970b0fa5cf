"""Keeps keys, tokens and signatures out of everything that leaves the process: answers, errors and log lines.

Two nets, because each alone has holes: the exact values that this process holds (`protect`), and the shapes that a
secret has in the cloud's texts and the SDK's debug output, such as the string to sign that STS returns with
`SignatureDoesNotMatch`.
"""

from __future__ import annotations

import re
import threading
from typing import Any
from urllib.parse import quote

import msgspec

MASK = "***"
KEPT_VALUES = 32_768  # at least: up to five a session, more sessions than one instance ever holds at once
LEAST_LENGTH = 6  # of what is masked: a shorter value would mask ordinary words

_SHAPES = re.compile(
    r"(?P<key>\b(?:STS\.|LTAI)[A-Za-z0-9._-]{6,})"
    r"|(?P<name>(?:x-acs-security-token|x-fc-security-token|x-acs-accesskey-id|security-?_?token|accesskey-?_?secret|authorization|signature)"
    r"['\"]?\s*[:=]\s*['\"]?)(?P<value>[^\n'\"&,;]+)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class _Secrets:
    """What to mask, by its middle, so that thousands cost a text no more than its own length.

    The middle tells a secret from others: how it begins and ends, a kind of key has in common.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: dict[str, set[str]] = {}
        self._older: dict[str, set[str]] = {}
        self._recent_count = 0

    def add(self, secret: str) -> None:
        """Remember *secret*, at least until so many others have come after it."""
        with self._lock:
            alike = self._recent.setdefault(_middle(secret), set())
            if secret in alike:
                return
            alike.add(secret)
            self._recent_count += 1
            if self._recent_count == KEPT_VALUES:
                self._recent, self._older, self._recent_count = {}, self._recent, 0

    def found_in(self, text: str) -> list[str]:
        """Return those that *text* has, the longest first: one may be a part of another."""
        with self._lock:
            known = (self._recent, self._older)
            if sum(map(len, known)) > len(text):
                pieces = {text[at : at + LEAST_LENGTH] for at in range(len(text) - LEAST_LENGTH + 1)}
                groups = [secrets[piece] for secrets in known for piece in pieces if piece in secrets]
            else:
                groups = [group for secrets in known for group in secrets.values()]
            return sorted({secret for group in groups for secret in group if secret in text}, key=len, reverse=True)


def _middle(secret: str) -> str:
    at = (len(secret) - LEAST_LENGTH) // 2
    return secret[at : at + LEAST_LENGTH]


_secrets = _Secrets()


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
            if len(form) >= LEAST_LENGTH:
                _secrets.add(form)


def redact(text: str) -> str:
    """Return *text* with every known secret and everything shaped like one replaced by `***`."""
    for secret in _secrets.found_in(text):
        text = text.replace(secret, MASK)
    return _SHAPES.sub(lambda match: MASK if match["key"] else f"{match['name']}{MASK}", text)


def one_line(text: str, limit: int = 500) -> str:
    """Return foreign *text* redacted, without control and direction characters and halves of others, cut to *limit*."""
    flat = _CONTROL.sub(" ", redact(text)).strip()
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
