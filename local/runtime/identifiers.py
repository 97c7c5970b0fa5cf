"""Identifiers in the platform's form."""

import secrets
import time


def new_request_id() -> str:
    """Return a request id like ``1-6a60e291-15ccc054-37a1225fda73``: version, time, two random parts, all in hex."""
    return f"1-{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"


def new_instance_id() -> str:
    """Return an instance id like ``c-6a60e291-15ccc054-37a1225fda73`` (its form is unverified)."""
    return f"c{new_request_id()[1:]}"
