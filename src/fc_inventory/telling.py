"""A difference in words, for a person: as text, and as Markdown for a chat. Pure.

Names and descriptions are another company's. They are shown, never obeyed: no control characters, and what a chat takes
for a mention, a link, markup or code is replaced by its full-width twin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

import msgspec

from fc_inventory.difference import Baseline, Change, Difference, FieldChange, Renamed, Unknown
from fc_inventory.redaction import one_line

# DingTalk takes a message of 20,000 bytes, its JSON included: https://github.com/feiyu563/PrometheusAlert/issues/318
MESSAGE_BYTES = 18_000
LONGEST_VALUE = 80
_TWINS = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "`@<>[]|"})

Quote = Callable[[Any], str]


def as_text(difference: Difference, limit_bytes: int | None = None) -> str:
    """Return *difference* as lines: one where nothing changed; at most *limit_bytes* as a JSON string, if given."""
    signs = {"added": "+", "removed": "-", "changed": "~", "unknown": "?", "baseline": "=", "renamed": ">"}
    lines = [f"{signs[kind]} {words}" for kind, words in _told(difference, _plain)]
    return _fitted([headline(difference), *lines], limit_bytes)


def as_markdown(difference: Difference, limit_bytes: int = MESSAGE_BYTES) -> str:
    """Return *difference* as a chat message in Markdown, of at most *limit_bytes* as a JSON string."""
    lines = [f"- **{kind}** {words}" for kind, words in _told(difference, _code)]
    return _fitted([f"### fc-inventory: {headline(difference)}", *([""] if lines else []), *lines], limit_bytes)


def headline(difference: Difference) -> str:
    """Return the one line that says how it is."""
    counts = difference.counts
    since = f" since {_since(difference.compared_with)}" if difference.compared_with else ""
    if difference.status == "unchanged":
        return f"unchanged{since}: all {_count(counts.unchanged_listings, 'listing')} as before"
    known = [f"{counts.added} added", f"{counts.removed} removed", f"{counts.changed} changed"]
    parts = [
        *(known if difference.status == "changed" else []),
        *([f"{_count(counts.unknown, 'listing')} can't be compared"] if counts.unknown else []),
        *([f"{_count(counts.baselines, 'listing')} seen for the first time"] if counts.baselines else []),
    ]
    return f"{difference.status}{since}: {', '.join(parts)}"


def harmless(value: Any) -> str:
    """Return foreign *value* in one line that no chat takes for anything but text."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return one_line(text, LONGEST_VALUE).translate(_TWINS).replace("://", ":\uff0f\uff0f").replace("www.", "www\uff0e")


def _plain(value: Any) -> str:
    return harmless(value)


def _code(value: Any) -> str:
    return f"`{harmless(value)}`"


def _told(difference: Difference, quote: Quote) -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of each line."""
    return chain(
        ((change.kind, _change(change, quote)) for change in difference.changes),
        (("unknown", words) for words in _unknown(difference.unknown, quote)),
        (("baseline", words) for words in _baselines(difference.baselines, quote)),
        (("renamed", _renamed(renamed, quote)) for renamed in difference.renamed),
    )


def _change(change: Change, quote: Quote) -> str:
    name = "/".join(filter(None, (change.service_name, change.function_name)))
    version = {"v2": "FC 2.0", "v3": "FC 3.0"}[change.fc_version]
    fields = "; ".join(_field(field, quote) for field in change.fields)
    return f"{quote(change.target)} {change.region} {change.item} {quote(name)} ({version})" + (
        fields and f": {fields}"
    )


def _field(field: FieldChange, quote: Quote) -> str:
    old, new = ("none" if value is None else quote(value) for value in (field.old, field.new))
    return f"{field.field} {old} → {new}"


def _unknown(unknown: Iterable[Unknown], quote: Quote) -> Iterator[str]:
    """Yield a line for each place and reason, however many listings that are."""
    by_place = attrgetter("target", "region", "reason")
    for (target, region, reason), alike in groupby(sorted(unknown, key=by_place), by_place):
        yield f"{quote(target)} {region} {', '.join(one.listing for one in alike)}: {reason}"


def _baselines(baselines: Iterable[Baseline], quote: Quote) -> Iterator[str]:
    """Yield a line for each place."""
    by_place = attrgetter("target", "region")
    for (target, region), alike in groupby(sorted(baselines, key=by_place), by_place):
        parts = ", ".join(f"{one.listing} {one.items}" for one in alike)
        yield f"{quote(target)} {region} {parts}"


def _renamed(renamed: Renamed, quote: Quote) -> str:
    if renamed.old_target != renamed.new_target:
        return f"{quote(renamed.new_target)} was {quote(renamed.old_target)}"
    return (
        f"{quote(renamed.new_target)} has role {quote(renamed.new_role_arn)} instead of {quote(renamed.old_role_arn)}"
    )


def _fitted(lines: list[str], limit_bytes: int | None) -> str:
    """Return as many of *lines* as fit, and how many are missing."""
    sizes = [len(msgspec.json.encode(f"{line}\n")) - 2 for line in lines]
    if limit_bytes is None or sum(sizes) <= limit_bytes:
        return "\n".join(lines)
    room = limit_bytes - 40  # for the last line
    kept = 0
    while kept < len(lines) and sizes[kept] <= room:
        room -= sizes[kept]
        kept += 1
    return "\n".join([*lines[:kept], f"… and {_count(len(lines) - kept, 'line')} more"])


def _since(names: tuple[str, ...]) -> str:
    """Return the name of the newest snapshot in short: the time, where it is named by that."""
    newest = re.sub(
        r"^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3T\4:\5:\6Z", harmless(names[-1]).split(".")[0]
    )
    return newest if len(names) == 1 else f"{newest} and {len(names) - 1} before"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
