"""Which of the configured targets and regions a request wants. Pure; a request can only narrow, never add."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fc_inventory.errors import RequestError
from fc_inventory.nearest import find_nearest
from fc_inventory.redaction import one_line
from fc_inventory.selectors import Request
from fc_inventory.targets import Target


def select_targets(targets: tuple[Target, ...], request: Request) -> tuple[Target, ...]:
    """Return the targets that *request* selects, in configured order, each with only the wanted regions.

    Raises RequestError (404) for a name that no target has and for a choice that leaves nothing: an empty inventory is
    never an answer to a question about nobody.
    """
    for name in request.targets:
        _check(name, "targets", (target.name for target in targets))
    for region in request.regions:
        _check(region, "regions", (region for target in targets for region in target.regions))
    chosen = tuple(
        msgspec.structs.replace(
            target,
            regions=tuple(region for region in target.regions if not request.regions or region in request.regions),
        )
        for target in targets
        if (not request.targets or target.name in request.targets)
        and all(target.tags.get(key) == value for key, value in request.tags)
    )
    reachable = tuple(target for target in chosen if target.regions)
    if not reachable:
        raise RequestError(
            "no configured target fits all of the given selectors",
            status=404,
            field="tags" if request.tags else "regions",
        )
    return reachable


def _check(wanted: str, field: str, known: Iterable[str]) -> None:
    names = set(known)
    if wanted not in names:
        near = find_nearest(wanted, names)
        hint = f" (nearest: {near})" if near else ""
        raise RequestError(
            f"expected one that is configured{hint}, found {one_line(wanted, 60)!r}", status=404, field=field
        )
