"""Named things in order of name, read page by page at a cost that doesn't grow with their number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items in order of name; `last_name` names the last of them where more follow, else it is None."""

    items: tuple[Item, ...]
    last_name: str | None


class Listing(Generic[Item]):
    """Items by name, kept in order. Adding costs a search and a shift, reading a page a search and the page."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._items: dict[str, Item] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Item]:
        return (self._items[name] for name in self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def names(self) -> tuple[str, ...]:
        """Return all names, in order."""
        return tuple(self._names)

    def add(self, name: str, item: Item) -> None:
        """Add *item* as *name*; raises ValueError where the name is taken."""
        if name in self._items:
            raise ValueError(name)
        insort(self._names, name)
        self._items[name] = item

    def remove(self, name: str) -> None:
        """Remove the item *name*; raises KeyError where there is none."""
        del self._items[name]
        del self._names[bisect_left(self._names, name)]

    def get(self, name: str) -> Item | None:
        """Return the item *name*, or None."""
        return self._items.get(name)

    def page(self, *, prefix: str, limit: int, start: str = "", after: str | None = None) -> Page[Item]:
        """Return up to *limit* items named *prefix*…, from the name *start* on (inclusive), or from behind *after*."""
        first = bisect_left(self._names, max(prefix, start)) if after is None else bisect_right(self._names, after)
        names = [name for name in self._names[first : first + limit + 1] if name.startswith(prefix)]
        items = tuple(self._items[name] for name in names[:limit])
        return Page(items, names[limit - 1] if len(names) > limit else None)
