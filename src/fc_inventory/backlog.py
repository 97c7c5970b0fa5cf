"""What was read and not handed out yet: while it is high, no other target is begun.

So memory doesn't grow with the number of accounts, and a cursor can name each listing that it cuts at its page.
"""

from __future__ import annotations

import threading

MOST_LISTINGS = 200  # in the middle, with a NextToken each
MOST_ITEMS = 30_000


class Backlog:
    """Counts listings that are in the middle, and items that nobody has taken. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listings = 0
        self._items = 0

    @property
    def items(self) -> int:
        """How many items nobody has taken."""
        return self._items

    def has_room(self) -> bool:
        """Tell whether another target may be begun."""
        return self._listings < MOST_LISTINGS and self._items < MOST_ITEMS

    def change(self, *, listings: int = 0, items: int = 0) -> bool:
        """Count so many more, or fewer where negative; tell whether that made room where there was none."""
        with self._lock:
            had_room = self.has_room()
            self._listings += listings
            self._items += items
            return self.has_room() and not had_room
