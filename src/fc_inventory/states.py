"""Earlier states to compare with: the last complete one of each listing, wherever it is, or those of one snapshot."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from fc_inventory import logs
from fc_inventory.changes import Place
from fc_inventory.comparison import Comparison, PlaceKey, keys_of
from fc_inventory.difference import Difference
from fc_inventory.errors import SnapshotError
from fc_inventory.folder import good_snapshots
from fc_inventory.listing import APIS
from fc_inventory.outcomes import Outcome
from fc_inventory.snapshots import Entry, Snapshot, SnapshotHead, listing_of, read_outcome
from fc_inventory.targets import Target

MAX_OPEN_FILES = 16


class _State(NamedTuple):
    """Where a listing was complete, and what the program that wrote it knew of an item."""

    path: Path
    entry: Entry
    fields: frozenset[str]


class Spot(NamedTuple):
    """A place as it is configured."""

    target: str
    account_id: str
    region: str
    role_arn: str


class LastStates:
    """The last complete state of each listing in a directory of snapshots: `with LastStates(...) as states`.

    A listing may have been complete at another time than its neighbour: a state can come from several snapshots. Only
    runs with the same service prefix list the same things. In memory is where they are, not what they are.

    Raises SnapshotError where the directory can't be read.
    """

    def __init__(self, directory: Path, service_prefix: str) -> None:
        self.used: set[str] = set()
        self._files: OrderedDict[Path, IO[bytes]] = OrderedDict()
        self._states: dict[tuple[PlaceKey, str], _State] = {}
        self._latest: tuple[Entry, ...] = ()
        for snapshot in good_snapshots(directory):  # the newest first
            if snapshot.head.service_prefix == service_prefix:
                self._learn(snapshot)

    def __enter__(self) -> LastStates:  # noqa: PYI034 - typing.Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as stack:
            for file in self._files.values():
                stack.enter_context(file)

    def longest_unseen_first(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        """Return *targets*, first those of which nothing was ever complete, then by how long ago that last was so.

        Where the time of a run never suffices for all, they take turns.
        """
        return tuple(sorted(targets, key=self._last_seen))

    def compare(self, outcome: Outcome, comparison: Comparison) -> None:
        """Let *comparison* compare *outcome* with what was last known of its place."""
        parts: dict[str, Outcome] = {}
        known: list[frozenset[str]] = []
        for listing in map(listing_of, outcome.coverage):
            state = self._find(outcome, listing)
            earlier = self._read(state) if state else None
            if state and earlier:
                parts[listing] = earlier
                known.append(state.fields)
        comparison.add(_assemble(parts), outcome, frozenset.intersection(*known) if known else frozenset())

    def forgotten(self, configured: Iterable[Place]) -> Iterator[Entry]:
        """Yield what the last run covered and is no longer *configured* under any name: told once, by the next run."""
        known = {key for place in configured for key in _keys(place)}
        return (entry for entry in self._latest if known.isdisjoint(_keys(entry)))

    def _last_seen(self, target: Target) -> str:
        """Return the name, which begins with the time, of the newest snapshot with something complete of *target*."""
        spots = (Spot(target.name, target.account_id, region, target.role_arn) for region in target.regions)
        found = (self._find(spot, f"{api.action} {api.fc_version}") for spot in spots for api in APIS)
        return max((state.path.name for state in found if state), default="")

    def _learn(self, snapshot: Snapshot) -> None:
        fields = _fields(snapshot.head)
        if not self._latest and snapshot.head.status != "failed":  # what such a run told was its failure
            self._latest = snapshot.head.entries
        for entry in snapshot.head.entries:
            state = _State(snapshot.path, entry, fields)
            for key in _keys(entry):
                for listing in entry.complete:
                    self._states.setdefault((key, listing), state)

    def _find(self, place: Place, listing: str) -> _State | None:
        return next((self._states[key, listing] for key in _keys(place) if (key, listing) in self._states), None)

    def _read(self, state: _State) -> Outcome | None:
        """Return the outcome of *state*; None, and a line in the log, where it is damaged or gone."""
        try:
            outcome = read_outcome(self._file(state.path), state.entry, state.path)
        except (SnapshotError, OSError) as error:
            logs.warning("state_not_read", path=str(state.path), target=state.entry.target, reason=str(error))
            return None
        self.used.add(state.path.name)
        return outcome

    def _file(self, path: Path) -> IO[bytes]:
        if path not in self._files:
            self._files[path] = path.open("rb")
        self._files.move_to_end(path)
        if len(self._files) > MAX_OPEN_FILES:
            self._files.popitem(last=False)[1].close()
        return self._files[path]


def compare_snapshots(older: Snapshot, newer: Snapshot) -> Difference:
    """Return what changed between two snapshots, of which one outcome each is in memory at a time.

    Raises SnapshotError where one is damaged, or where they list different things.
    """
    if older.head.service_prefix != newer.head.service_prefix:
        prefixes = " and ".join(repr(each.head.service_prefix) for each in (older, newer))
        raise SnapshotError(newer.path, f"can't be compared: the two runs have different service prefixes, {prefixes}")
    comparison = Comparison()
    before = {key: entry for entry in older.head.entries for key in reversed(keys_of(entry))}
    missed = {entry.offset: entry for entry in older.head.entries}
    fields = _fields(older.head) & _fields(newer.head)
    with older.path.open("rb") as file:
        for outcome in newer.outcomes():
            entry = next((before[key] for key in keys_of(outcome) if key in before), None)
            comparison.add(read_outcome(file, entry, older.path) if entry else None, outcome, fields)
            missed.pop(entry.offset if entry else -1, None)
    for entry in missed.values():
        comparison.miss(entry, entry.complete)
    return comparison.result([older.path.name])


def _keys(place: Place) -> tuple[PlaceKey, ...]:
    """Return by what a place is found among states of many runs: the newest counts, whatever the target was called."""
    return keys_of(place)[1:]


def _fields(head: SnapshotHead) -> frozenset[str]:
    return frozenset(head.service_fields) | frozenset(head.function_fields)


def _assemble(parts: dict[str, Outcome]) -> Outcome | None:
    """Return one outcome of the listings in *parts*, each taken from the outcome that has it complete."""
    if not parts:
        return None
    functions = tuple(
        function
        for listing, outcome in parts.items()
        for function in outcome.functions or ()
        if listing == f"ListFunctions {function.fc_version}"
    )
    return msgspec.structs.replace(
        next(iter(parts.values())),
        coverage=tuple(
            line for listing, outcome in parts.items() for line in outcome.coverage if listing_of(line) == listing
        ),
        services=next((one.services for listing, one in parts.items() if listing.startswith("ListServices")), None),
        functions=functions,
    )
