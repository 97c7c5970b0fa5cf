"""The state file of `--state`: read at the start, written whole, never half."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from local.cloud.decoding import Decoder
from local.cloud.state_codec import StateError, freeze, thaw
from local.cloud.world import World

_FORMAT = "local cloud state 1"
_PARTS = Decoder(dict[str, msgspec.Raw])


class StateFileError(ValueError):
    """A state file can't be used; the text is one line: `file: why`."""


def encode_state(world: World) -> bytes:
    """Return *world* as a state file holds it; the checksum tells when somebody changed it."""
    state = msgspec.json.encode(freeze(world))
    checksum = hashlib.sha256(state).hexdigest()
    head = {"format": _FORMAT, "sha256": checksum}
    return msgspec.json.encode(head)[:-1] + b',"state":' + state + b"}\n"


def decode_state(text: bytes) -> World:
    """Return the world that a state file's *text* holds; raises StateError."""
    try:
        found = _PARTS.decode(text)
        head: dict[str, Any] = {name: msgspec.json.decode(found[name]) for name in ("format", "sha256")}
    except (msgspec.DecodeError, KeyError) as error:
        raise StateError("it is not a state file of the local cloud") from error
    if head["format"] != _FORMAT or "state" not in found:
        raise StateError("it is not a state file of the local cloud, or one of another version")
    state = bytes(found["state"])
    if hashlib.sha256(state).hexdigest() != head["sha256"]:
        raise StateError("it is broken or was changed by hand: its checksum is wrong")
    world = thaw(msgspec.json.decode(state))
    if not isinstance(world, World):
        raise StateError("it holds no world")
    return world


def load_state(path: Path) -> World | None:
    """Return the world in the state file at *path*, None where there is no file; raises StateFileError."""
    try:
        return decode_state(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFileError(f"{path}: the state file can't be read: {error.strerror}") from error
    except StateError as error:
        raise StateFileError(f"{path}: the state file can't be used: {error}") from error


def write_state(path: Path, state: bytes) -> None:
    """Write the encoded *state* to *path*, readable by the owner alone, since it holds keys; raises OSError.

    A reader sees the old file or the new one; a crash leaves one of them.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(state)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:  # also Ctrl-C: no half of a file, which holds keys, may stay behind
        Path(name).unlink(missing_ok=True)
        raise
