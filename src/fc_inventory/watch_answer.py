"""The answer of a timer's run whose outcomes are stored, within the size that a destination takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from fc_inventory.difference import Difference
from fc_inventory.documents import published_schema
from fc_inventory.errors import Problem
from fc_inventory.outcomes import Extent, Outcome, Status
from fc_inventory.report import Report, Summary
from fc_inventory.snapshots import listing_of
from fc_inventory.telling import as_markdown, as_text

# A destination gets the answer as text inside a message of its own, and the least of them, a queue or topic of Simple
# Message Queue, takes 64 KB: https://www.alibabacloud.com/help/en/mns/product-overview/limits. This leaves room for the
# message around it, and for base64.
MAX_ANSWER_BYTES = 44 * 1024
MAX_TEXT_BYTES = 4 * 1024
MAX_MARKDOWN_BYTES = 12 * 1024
MAX_CURSOR_BYTES = 8 * 1024


class Incomplete(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome that is not complete: why, not what was seen. `extents` is by listing; of like errors the first."""

    target: str
    account_id: str
    region: str
    role_arn: str
    role_session_name: str
    status: Status
    extents: dict[str, Extent]
    errors: tuple[Problem, ...]


class Omitted(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries the answer leaves out, of each of its lists, to stay within what a destination takes.

    `cursor` is 1 where there is one that is too long: the head of the snapshot, its last line, has it.
    """

    changes: int = 0
    unknown: int = 0
    baselines: int = 0
    renamed: int = 0
    incomplete: int = 0
    cursor: int = 0


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a timer's run whose snapshot is stored.

    Attributes:
        watch_version: the version of this shape; it changes when a field changes its meaning or goes.
        request_id: as in the report, like `generated_at`, `duration_ms`, `status` and `summary`.
        snapshot: the name of the file in SNAPSHOT_DIR.
        text: the difference in words; one line where nothing changed.
        markdown: the same as a message for a chat.
        difference: what changed since the last complete state of each listing.
        incomplete: the outcomes that are not complete, without what they saw.
        cursor: as in the report: where to go on with what the time did not suffice for.
        omitted: what is left out above; the snapshots have everything.
    """

    watch_version: Literal[1] = 1
    request_id: str
    generated_at: str
    duration_ms: int
    status: Status
    summary: Summary
    snapshot: str
    text: str
    markdown: str
    difference: Difference
    incomplete: tuple[Incomplete, ...]
    cursor: str | None
    omitted: Omitted


class Unstored(Report, frozen=True, kw_only=True):
    """The answer of a run that could not be stored: the whole report, and why it wasn't. Nothing is compared."""

    storage_error: str


def build_watch(head: Report, snapshot: str, difference: Difference, incomplete: Sequence[Incomplete]) -> Watch:
    """Return the answer for the run that *head* sums up, within what a destination takes."""
    counts = difference.counts
    fits = len(head.cursor or "") <= MAX_CURSOR_BYTES
    return fit(
        Watch(
            request_id=head.request_id,
            generated_at=head.generated_at,
            duration_ms=head.duration_ms,
            status=head.status,
            summary=head.summary,
            snapshot=snapshot,
            text=as_text(difference, MAX_TEXT_BYTES),
            markdown=as_markdown(difference, MAX_MARKDOWN_BYTES),
            difference=difference,
            incomplete=tuple(sorted(incomplete, key=lambda one: (one.target, one.region))),
            cursor=head.cursor if fits else None,
            omitted=Omitted(
                changes=counts.added + counts.removed + counts.changed - len(difference.changes), cursor=int(not fits)
            ),
        )
    )


def incomplete_of(outcome: Outcome) -> Incomplete:
    """Return why *outcome* is not complete, without its items."""
    errors = {_kind_of(line.error): line.error for line in reversed(outcome.coverage) if line.error}
    return Incomplete(
        target=outcome.target,
        account_id=outcome.account_id,
        region=outcome.region,
        role_arn=outcome.role_arn,
        role_session_name=outcome.role_session_name,
        status=outcome.status,
        extents={listing_of(line): line.extent for line in outcome.coverage},
        errors=tuple(reversed(errors.values())),
    )


def fit(answer: Watch, limit_bytes: int = MAX_ANSWER_BYTES) -> Watch:
    """Return *answer* with its lists cut, the longest first, until it has at most *limit_bytes* as a JSON string."""
    while _size(answer) > limit_bytes:
        lists = _lists(answer)
        longest = max(lists, key=lambda name: _size(lists[name]))
        if not lists[longest]:
            break  # what is left has no list
        answer = _cut(answer, longest, lists[longest][: len(lists[longest]) // 2])
    return answer


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answer, stored or not."""
    title = "fc-inventory watch"
    stored, unstored = published_schema(Watch, title), published_schema(Unstored, title)
    return {
        "$schema": stored["$schema"],
        "title": title,
        "anyOf": [{"$ref": stored["$ref"]}, {"$ref": unstored["$ref"]}],
        "$defs": {**unstored["$defs"], **stored["$defs"]},
    }


def _kind_of(error: Problem) -> tuple[str, str, str | None]:
    return error.operation, error.category, error.code


def _lists(answer: Watch) -> dict[str, tuple[Any, ...]]:
    """Return every list that can be cut, by its name."""
    of_difference = ("changes", "unknown", "baselines", "renamed")
    return {"incomplete": answer.incomplete, **{name: getattr(answer.difference, name) for name in of_difference}}


def _cut(answer: Watch, name: str, kept: tuple[Any, ...]) -> Watch:
    """Return *answer* with only what is *kept* of its list *name*."""
    gone = len(_lists(answer)[name]) - len(kept)
    omitted = msgspec.structs.replace(answer.omitted, **{name: getattr(answer.omitted, name) + gone})
    if name == "incomplete":
        return msgspec.structs.replace(answer, incomplete=kept, omitted=omitted)
    difference = msgspec.structs.replace(answer.difference, **{name: kept})
    return msgspec.structs.replace(answer, difference=difference, omitted=omitted)


def _size(value: Any) -> int:
    """Return how many bytes *value* has as JSON text inside JSON."""
    return len(msgspec.json.encode(msgspec.json.encode(value).decode()))
