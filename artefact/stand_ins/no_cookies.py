"""In place of http.cookiejar, with all that its import brings: a jar that stays empty.

`requests` makes two jars for each request. The function neither sends nor keeps cookies (fc_inventory/transport.py),
with the real jars as little as with these.
"""

from collections.abc import Iterator
from typing import Any


class CookiePolicy:
    """What decides which cookies are kept: none."""


class CookieJar:
    """What `requests` makes its own jar of."""

    def __init__(self, policy: CookiePolicy | None = None) -> None:
        self._policy = policy

    def __iter__(self) -> Iterator[Any]:
        """Yield nothing."""
        return iter(())

    def __len__(self) -> int:
        """Return 0."""
        return 0

    def set_policy(self, policy: CookiePolicy | None) -> None:
        """Take *policy*."""
        self._policy = policy

    def add_cookie_header(self, _request: Any) -> None:
        """Add none."""

    def extract_cookies(self, _response: Any, _request: Any) -> None:
        """Keep none."""


class Cookie:
    """Can't be made: whoever wants to send one learns that there are none."""

    def __init__(self, *_positional: Any, **_named: Any) -> None:
        raise ImportError(
            "http.cookiejar is not in this artefact, since no call of the function needs it; "
            "`make build FULL=1` leaves nothing out"
        )
