"""The clock behind timer triggers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from local.cloud.clock import to_wire
from local.cloud.functions.asynchronous import AsyncEvent, carry_out
from local.cloud.functions.cron import parse_schedule
from local.cloud.functions.platform import Platform
from local.cloud.functions.triggers import TimerConfig, Trigger

TICK_SECONDS = 0.1


@dataclass(frozen=True)
class Timer:
    """An enabled timer trigger, and where it is."""

    account_id: str
    region: str
    function: str
    trigger: Trigger
    config: TimerConfig


async def run_timers(platform: Platform) -> None:
    """Fire timer triggers by the cloud's clock, until cancelled.

    A trigger that missed several times, since the clock was moved on, fires once.
    """
    due: dict[Timer, datetime] = {}
    while True:
        now = platform.clock()
        timers = set(find_timers(platform))
        due = {timer: moment for timer, moment in due.items() if timer in timers}
        for timer in timers:
            if timer in due and due[timer] <= now:
                _fire(platform, timer, due.pop(timer))
            if timer not in due:
                due[timer] = parse_schedule(timer.config.cron_expression).next_after(now)
        await asyncio.sleep(TICK_SECONDS)


def find_timers(platform: Platform) -> Iterator[Timer]:
    """Yield the enabled timer triggers of all functions."""
    for account in platform.world.accounts.values():
        for region, inventory in account.inventories.items():
            for name, deployment in inventory.deployments.items():
                for trigger in deployment.triggers:
                    if isinstance(trigger.config, TimerConfig) and trigger.config.enable:
                        yield Timer(account.account_id, region, name, trigger, trigger.config)


def _fire(platform: Platform, timer: Timer, moment: datetime) -> None:
    """Invoke the function asynchronously with the event that timers send."""
    payload = json.dumps(
        {"triggerTime": to_wire(moment), "triggerName": timer.trigger.name, "payload": timer.config.payload}
    )
    request_id = f"1-{int(moment.timestamp()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"
    event = AsyncEvent(timer.account_id, timer.region, timer.function, payload.encode(), request_id, platform.clock())
    platform.start(carry_out(platform, event))
