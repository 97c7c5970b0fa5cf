"""How long the stages of an answer took, from the start of the instance on: what a slow answer was slow in. Pure."""

from __future__ import annotations

import msgspec


class Start(msgspec.Struct, frozen=True):
    """How long an instance took to start, in milliseconds: as two of the `Stages`."""

    import_ms: int | None
    initialize_ms: int


class Stages(msgspec.Struct, frozen=True, kw_only=True):
    """How long each stage took, in milliseconds. Writing the answer's text comes after them, and in none.

    Attributes:
        import_ms: importing the function's code; None unless this is the first answer of its instance.
        initialize_ms: settings, certificates and the SDKs' clients; None as above.
        listing_ms: from the invocation's beginning until all is listed: sessions and pages, of all targets at once.
        report_ms: what the outcomes add up to, and what the rules find in them.
    """

    import_ms: int | None
    initialize_ms: int | None
    listing_ms: int
    report_ms: int


def stages_of(start: Start | None, listed_after_seconds: float, ended_after_seconds: float) -> Stages:
    """Return the stages of an invocation whose listing and whose report ended so long after it began.

    *start* is that of its instance, None where an earlier answer has told it.
    """
    return Stages(
        import_ms=start.import_ms if start else None,
        initialize_ms=start.initialize_ms if start else None,
        listing_ms=round(1000 * listed_after_seconds),
        report_ms=round(1000 * (ended_after_seconds - listed_after_seconds)),
    )
