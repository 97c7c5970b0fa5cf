"""What both versions of Function Compute's API share: permissions and paging."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Any

from local.cloud.authorization import find_denial
from local.cloud.calls import Call
from local.cloud.errors import Refusal
from local.cloud.inventory import Inventory
from local.cloud.listing import Item, Listing, Page
from local.cloud.policy import Question

_DEFAULT_LIMIT = 20
_MAXIMUM_LIMIT = 100
_PAGE_KEY = secrets.token_bytes(32)
_SEAL_BYTES = 16


def authorise(call: Call, action: str, resource: str) -> Inventory:
    """Return the inventory that *call* is about; raises Refusal unless the caller may do *action* on *resource*."""
    if not call.account.fc_enabled:
        raise Refusal(403, "AccessDenied", "FC service is not enabled for current user.")
    arn = f"acs:fc:{call.region}:{call.account.account_id}:{resource}"
    denial = find_denial(call.caller, Question(f"fc:{action}", arn, call.context()))
    if denial is not None:
        message = f"the caller is not authorized to perform 'fc:{action}' on resource '{arn}'"
        raise Refusal(403, "AccessDenied", message, denial)
    return call.account.inventories.get(call.region) or Inventory()


def writable_inventory(call: Call) -> Inventory:
    """Return the inventory that *call* is about, to be changed; a region that had none has one then."""
    return call.account.inventories.setdefault(call.region, Inventory())


def read_page(call: Call, listing: Listing[Item], *, bound_to: Sequence[str]) -> tuple[Page[Item], dict[str, Any]]:
    """Return the page that *call* asks for, and the part of the answer that leads to the next one.

    `bound_to` names the listing; with the account, the region and the prefix it is what a `nextToken` is good for.
    """
    prefix = call.parameters.get("prefix", "")
    seal_over = (call.account.account_id, call.region, prefix, *bound_to)
    token = call.parameters.get("nextToken", "")
    page = listing.page(
        prefix=prefix,
        limit=_limit(call),
        start=call.parameters.get("startKey", ""),
        after=_open(token, seal_over) if token else None,
    )
    return page, {} if page.last_name is None else {"nextToken": _seal(page.last_name, seal_over)}


def _limit(call: Call) -> int:
    text = call.parameters.get("limit", "")
    if not text:
        return _DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= _MAXIMUM_LIMIT:
        raise Refusal(400, "InvalidArgument", f"limit must be an integer between 1 and {_MAXIMUM_LIMIT}")
    return int(text)


def _mac(name: bytes, seal_over: Sequence[str]) -> bytes:
    sealed = "\0".join(seal_over).encode() + b"\0" + name
    return hashlib.blake2b(sealed, key=_PAGE_KEY, digest_size=_SEAL_BYTES).digest()


def _seal(name: str, seal_over: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(_mac(name.encode(), seal_over) + name.encode()).decode()


def _open(token: str, seal_over: Sequence[str]) -> str:
    """Return the name that a page ended with; raises Refusal for a token that this listing didn't give."""
    try:
        opened = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError as error:
        raise _bad_token() from error
    seal, name = opened[:_SEAL_BYTES], opened[_SEAL_BYTES:]
    if not hmac.compare_digest(seal, _mac(name, seal_over)):
        raise _bad_token()
    return name.decode()


def _bad_token() -> Refusal:
    return Refusal(400, "InvalidArgument", "nextToken is invalid")
