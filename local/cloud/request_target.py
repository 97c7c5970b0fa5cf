"""The target of a request as RFC 9112 allows it: a path, or a whole URL as clients send it to proxies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)


def in_origin_form(scope: Scope) -> Scope:
    """Return the ASGI *scope* of a request with a path, also where its target was a whole URL.

    Its host then counts in place of the header `Host`: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
    """
    found = _ABSOLUTE.match(scope["raw_path"])
    if found is None:
        return scope
    raw_path = scope["raw_path"][found.end() :] or b"/"
    headers = [(b"host", found[1]), *((name, value) for name, value in scope["headers"] if name != b"host")]
    return {**scope, "raw_path": raw_path, "path": unquote(raw_path.decode("latin-1")), "headers": headers}


@dataclass(frozen=True)
class OriginForm:
    """ASGI middleware: *app* sees a path, whatever the form of the target."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        await self.app(in_origin_form(scope), receive, send)
