"""Times as the services write them."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(timezone.utc)


def to_wire(moment: datetime) -> str:
    """Return *moment* as `2026-11-24T11:01:20Z`, the only form that the services write and that ACS3 signs."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_wire(text: str) -> datetime:
    """Return the time that *text* in the services' form names; raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def read_wire(text: str) -> datetime | None:
    """Return the time that *text* in the services' form names, or None where it names none."""
    try:
        return from_wire(text)
    except ValueError:
        return None


def read_http_date(text: str) -> datetime | None:
    """Return the time that *text* in HTTP's form names, `Tue, 24 Nov 2026 11:01:20 GMT`, or None."""
    try:
        return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
