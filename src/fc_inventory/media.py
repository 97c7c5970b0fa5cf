"""The forms of an answer and how an Accept header chooses among them. Pure."""

from __future__ import annotations

from typing import Literal

from fc_inventory.errors import RequestError
from fc_inventory.redaction import one_line

Format = Literal["json", "csv", "ndjson", "html"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "html": "text/html",
}


def negotiate(accept: str) -> Format:
    """Return the form that an Accept header likes best, JSON where it takes anything; 406 where it takes none."""
    wanted: list[tuple[float, Format]] = []
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        media, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        wanted += [
            (weight, form) for form, ours in MEDIA_TYPES.items() if weight > 0 and _covers(media.strip().lower(), ours)
        ]
    if not wanted:
        raise RequestError(
            f"expected Accept to allow one of {', '.join(MEDIA_TYPES.values())}, found {one_line(accept, 100)}",
            status=406,
        )
    return max(wanted, key=lambda candidate: candidate[0])[1]


def _covers(pattern: str, media_type: str) -> bool:
    return pattern in {"*/*", media_type, f"{media_type.split('/', maxsplit=1)[0]}/*"}


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
