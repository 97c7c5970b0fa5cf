"""Where a scan stopped, as text that a next event brings back: foreign input, which can only name what is configured.

It is base64url of zlib of JSON: `{"v": 1, "p": service_prefix, "t": {target: {region: {index of the API: [next page,
its NextToken, failures]}}}}`; the token is empty for the first page, and the failures are those in a row to get that
page. What it does not name, an earlier part has. One that was made up can begin a listing later, which its `first_page`
shows, and nothing else: a NextToken only counts within its own list.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fc_inventory import logs
from fc_inventory.decoding import Decoder
from fc_inventory.errors import RequestError
from fc_inventory.listing import APIS, Api, Listing, Reading
from fc_inventory.outcomes import Outcome
from fc_inventory.redaction import one_line
from fc_inventory.retries import MAX_ATTEMPTS
from fc_inventory.targets import Target

LONGEST_TEXT, LONGEST_CONTENT = 48 * 1024, 4 * 1024 * 1024  # characters, bytes
LONGEST_TOKEN = 4096  # characters

_ApiIndex = Literal["0", "1", "2"]


class _Left(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    page: Annotated[int, Meta(ge=1, le=1_000_000)]
    token: Annotated[str, Meta(max_length=LONGEST_TOKEN)]
    attempts: Annotated[int, Meta(ge=0, lt=MAX_ATTEMPTS)] = 0


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    t: Annotated[dict[str, Annotated[dict[str, dict[_ApiIndex, _Left]], Meta(min_length=1)]], Meta(min_length=1)]
    p: Annotated[str, Meta(max_length=128)] = ""


_CONTENT = Decoder(_Content)
_Places = dict[str, dict[str, dict[_ApiIndex, _Left]]]  # of each target, each region, each API
Parts = Mapping[tuple[str, str], Mapping[Api, Reading]]  # of each target and region, what is not done, and from where


class Work(msgspec.Struct, frozen=True):
    """What a scan has to do: targets, each with its regions, and the services whose names begin so.

    `parts` says where an earlier part of the scan ended; None where there was none.
    """

    targets: tuple[Target, ...]
    service_prefix: str = ""
    parts: Parts | None = None


class Ended(msgspec.Struct, frozen=True):
    """One outcome, and its listings that would go on if there were more time."""

    outcome: Outcome
    unfinished: tuple[Listing, ...]


def make_cursor(ended: Iterable[Ended], service_prefix: str) -> str | None:
    """Return the cursor that leads on from the unfinished listings of what *ended*; None where there are none.

    Where it would be too long to be read, listings begin anew, those with the fewest pages first: their pages come
    twice, but nothing is lost. Where even the names are too many there is none, which the log tells.
    """
    left: _Places = {}
    names: tuple[_ApiIndex, ...] = ("0", "1", "2")
    for one in ended:
        for listing in one.unfinished:
            place = left.setdefault(one.outcome.target, {}).setdefault(listing.region, {})
            place[names[APIS.index(listing.api)]] = _left_of(listing.reading)
    while left:
        content = msgspec.json.encode(_Content(v=1, t=left, p=service_prefix))
        text = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")
        if len(text) <= LONGEST_TEXT and len(content) <= LONGEST_CONTENT:
            return text
        pages = sorted(one.page for one in _listings(left) if one.token)
        if not pages:
            logs.warning("cursor_too_long", characters=len(text), unpacked_bytes=len(content))
            return None
        left = _begin_anew(left, pages[len(pages) // 4])
    return None


def _left_of(reading: Reading) -> _Left:
    """Return what is left of a listing, as `_decode` takes it: the time may run out as the last attempt fails."""
    token = reading.next_token or ""
    if len(token) > LONGEST_TOKEN:
        return _Left(1, "")
    return _Left(reading.first_page + len(reading.pages), token, min(reading.attempts, MAX_ATTEMPTS - 1))


def _begin_anew(left: _Places, most_pages: int) -> _Places:
    """Return *left* where listings whose next page is no later than that begin at the first one."""
    return {
        name: {
            region: {api: _Left(1, "") if one.page <= most_pages else one for api, one in listings.items()}
            for region, listings in places.items()
        }
        for name, places in left.items()
    }


def resume(cursor: str, configured: tuple[Target, ...]) -> Work:
    """Return what *cursor* leaves to be done among the *configured* targets.

    Raises RequestError: 400 where it is none of ours, 404 where it names what is not configured any more.
    """
    content = _decode(cursor)
    by_name = {target.name: target for target in configured}
    for name, places in content.t.items():
        unknown = [region for region in places if name in by_name and region not in by_name[name].regions]
        if name not in by_name or unknown:
            what = one_line(f"{unknown[0]} of {name}" if unknown else name, 100)
            raise RequestError(
                f"it goes on with {what}, which is not configured any more: begin anew", status=404, field="cursor"
            )
    if not all(listings for places in content.t.values() for listings in places.values()):
        raise _not_ours()
    parts = {
        (name, region): {
            APIS[int(index)]: Reading(first_page=one.page, next_token=one.token or None, attempts=one.attempts)
            for index, one in listings.items()
        }
        for name, places in content.t.items()
        for region, listings in places.items()
    }
    targets = tuple(
        msgspec.structs.replace(
            target, regions=tuple(region for region in target.regions if region in content.t[target.name])
        )
        for target in configured
        if target.name in content.t
    )
    return Work(targets, content.p, parts)


def _decode(cursor: str) -> _Content:
    if len(cursor) > LONGEST_TEXT:
        raise RequestError(
            f"expected at most {LONGEST_TEXT} characters, found {len(cursor)}", status=413, field="cursor"
        )
    try:
        content = _CONTENT.decode(_unpack(cursor))
    except (binascii.Error, ValueError, zlib.error, msgspec.MsgspecError, RecursionError):
        content = None
    if content is None or any((one.page > 1) != bool(one.token) for one in _listings(content.t)):
        raise _not_ours()
    return content


def _not_ours() -> RequestError:
    return RequestError("expected the cursor of an earlier answer, found something else", field="cursor")


def _unpack(cursor: str) -> bytes:
    packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, LONGEST_CONTENT)
    return text if unpacking.eof and not unpacking.unused_data else b""


def _listings(left: _Places) -> Iterable[_Left]:
    return (one for places in left.values() for listings in places.values() for one in listings.values())
