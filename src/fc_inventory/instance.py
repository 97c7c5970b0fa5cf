"""What an instance of the function keeps between its invocations, and how it starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from fc_inventory import logs, sdk
from fc_inventory.credentials import SessionStore
from fc_inventory.settings import Settings, load_settings
from fc_inventory.stages import Start


class Instance(msgspec.Struct, frozen=True):
    """A warm instance; `start` yields how long it took to become one, once: to its first invocation."""

    settings: Settings
    sessions: SessionStore
    start: Iterator[Start]


_import_ms: int | None = None


def imported(seconds: float) -> None:
    """Note how long the function's code took to import."""
    global _import_ms  # noqa: PLW0603 - known before there is an instance
    _import_ms = round(1000 * seconds)


def start_instance(context: Any) -> Instance:
    """Prepare all that invocations share. Raises SettingsError for a wrong deployment."""
    begun = time.perf_counter()
    logs.request_id.set(str(getattr(context, "request_id", "")))
    settings = load_settings()
    logs.configure(settings.log_level)
    sdk.prepare()
    start = Start(_import_ms, round(1000 * (time.perf_counter() - begun)))
    logs.info("initialized", import_ms=start.import_ms, duration_ms=start.initialize_ms)
    return Instance(settings, SessionStore(), iter((start,)))
