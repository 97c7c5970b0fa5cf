"""What an event may choose among the configured targets, and the `Request` that comes of it. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fc_inventory.decoding import Decoder
from fc_inventory.errors import RequestError
from fc_inventory.media import MEDIA_TYPES, Format
from fc_inventory.redaction import one_line

Kind = Literal["http", "timer", "invoke"]

# Who may read the inventory need not see how accounts trust each other, nor make entries in the customers' audit logs.
NO_CHECK_HERE = "a check answers only plain invocations, such as s invoke -e '{\"check\": true}'"

Names = str | list[str]
_CHOICES: dict[str, tuple[str, ...]] = {"format": tuple(MEDIA_TYPES), "invocation_type": ("Sync", "Async")}


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request may choose among the configured targets, as JSON object or query string.

    Attributes:
        targets: names of targets, a list or one text separated by commas; all when left out.
        tags: tags that a target must carry, all of them.
        regions: regions, a list or one text separated by commas; all of the target's when left out.
        service_prefix: list only services whose name begins so, with their functions.
        format: form of the answer.
        invocation_type: `Async` tells that nobody waits for the answer (FC does not tell a function so).
        check: examine the way to each target link by link, instead of listing it.
        cursor: go on where an earlier answer stopped; it brings its own selection.
    """

    targets: Names = ""
    tags: dict[str, str] | str = ""
    regions: Names = ""
    service_prefix: Annotated[str, Meta(max_length=128)] = ""
    format: Format = "json"
    invocation_type: Literal["Sync", "Async"] = "Sync"
    check: bool = False
    cursor: str = ""


_SELECTION = Decoder(Selection)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One invocation, understood.

    Attributes:
        kind: which way it came in, which decides the shape of the answer.
        targets: names of the wanted targets; empty for all.
        tags: (key, value) pairs that a target must carry.
        regions: the wanted regions; empty for all.
        service_prefix: how the wanted services' names begin; empty for all.
        format: form of the answer.
        awaited: False where nobody waits for the answer, so that total failure must be raised to be noticed.
        check: True where the way to the targets is to be examined, instead of listing them.
        cursor: where to go on; empty for a beginning.
    """

    kind: Kind
    targets: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    regions: tuple[str, ...] = ()
    service_prefix: str = ""
    format: Format = "json"
    awaited: bool = True
    check: bool = False
    cursor: str = ""


def make_request(kind: Kind, chosen: dict[str, Any], *, awaited: bool = True) -> Request:
    """Return the request of an event of *kind* that chose so. Raises RequestError naming the field that is wrong."""
    if kind != "invoke" and "check" in chosen:
        raise RequestError(NO_CHECK_HERE, field="check")
    selection = _selection(chosen)
    if "cursor" in chosen and not selection.cursor:
        raise RequestError("expected the cursor of an earlier answer, found nothing: begin without it", field="cursor")
    _refuse_what_a_check_ignores(selection)
    _refuse_what_a_cursor_brings(selection)
    return Request(
        kind=kind,
        targets=_names(selection.targets),
        tags=_tags(selection.tags),
        regions=_names(selection.regions),
        service_prefix=selection.service_prefix,
        format=selection.format,
        awaited=awaited and selection.invocation_type == "Sync",
        check=selection.check,
        cursor=selection.cursor,
    )


def _selection(content: dict[str, Any]) -> Selection:
    for name in ("role_arn", "external_id", "policy", "endpoint"):
        if name in content:
            raise RequestError(
                "a request selects among the configured targets; it can't bring a role, a policy or a host", field=name
            )
    known = Selection.__struct_fields__
    for name in content:
        if name not in known:
            raise RequestError(f"unknown selector; known are {', '.join(known)}", field=one_line(name, 60))
    try:
        return _SELECTION.convert(content)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$.")
        field = at.rstrip("`")
        if field in _CHOICES:
            what = f"expected {', '.join(_CHOICES[field])}, found {content[field]!r}"
        raise RequestError(one_line(what[:1].lower() + what[1:], 200), field=one_line(field, 60) or None) from None


def _refuse_what_a_check_ignores(selection: Selection) -> None:
    """Raise RequestError: a selector that changes nothing would look as if it had."""
    for field, chosen in (("service_prefix", selection.service_prefix), ("format", selection.format != "json")):
        if selection.check and chosen:
            raise RequestError("a check looks at whole targets and answers as JSON", field=field)


def _refuse_what_a_cursor_brings(selection: Selection) -> None:
    """Raise RequestError for a selector beside a cursor: which of the two counts would be anybody's guess."""
    for field in ("targets", "tags", "regions", "service_prefix", "check"):
        if selection.cursor and getattr(selection, field):
            raise RequestError("a cursor goes on with the selection that it began with", field=field)


def _names(value: Names) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _tags(value: dict[str, str] | str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return tuple(value.items())
    pairs = [part.partition(":") for part in _names(value)]
    if any(not colon or not key for key, colon, _ in pairs):
        raise RequestError("expected KEY:VALUE pairs, separated by commas", field="tags")
    return tuple((key, tag) for key, _, tag in pairs)
