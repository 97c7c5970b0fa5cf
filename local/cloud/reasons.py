"""Why a request is not authentic."""

from __future__ import annotations

from enum import Enum, auto


class Reason(Enum):
    """Why a request doesn't prove who sent it."""

    MISSING = auto()
    INCOMPLETE = auto()
    ALGORITHM = auto()
    VERSION = auto()
    UNKNOWN_KEY = auto()
    INACTIVE_KEY = auto()
    SIGNATURE = auto()
    BODY_DIGEST = auto()
    DATE_FORMAT = auto()
    DATE_STALE = auto()
    NONCE_USED = auto()
    TOKEN_MISSING = auto()
    TOKEN_MALFORMED = auto()
    TOKEN_MISMATCH = auto()
    TOKEN_EXPIRED = auto()
