"""Ids and keys that are made up, look local, and are the same when the same things are created in the same order."""

from __future__ import annotations

import hashlib


def make_digits(first: str, seed: str) -> str:
    """Return an 18-digit id that begins with the digit *first*."""
    return first + str(int(hashlib.sha256(seed.encode()).hexdigest(), 16))[:17]


def make_key_pair(seed: str) -> tuple[str, str]:
    """Return the id and the secret of an access key."""
    digest = hashlib.sha256(f"local cloud/{seed}".encode()).hexdigest()
    return f"LTAIlocal{digest[:15]}", f"local{digest[-25:]}"
