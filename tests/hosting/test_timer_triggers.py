"""Timer triggers fire by the cloud's clock, and cron expressions mean what Function Compute says they mean."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from local.cloud.functions.cron import CronError, parse_schedule
from tests.hosting.conftest import Clock
from tests.hosting.deploying import Deployer, wait_for

NOW = datetime(2026, 11, 24, 13, 42, 7, 500_000, tzinfo=timezone.utc)  # a Tuesday
WRITE = "def handler(event, context):\n    open({file!r}, 'a').write(event.decode() + '\\n')\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 4 * * *", "2026-11-25T04:00:00+00:00"),
        ("CRON_TZ=Asia/Shanghai 0 0 4 * * *", "2026-11-24T20:00:00+00:00"),
        ("TZ=Asia/Shanghai 0 0 4 * * *", "2026-11-24T20:00:00+00:00"),
        ("*/10 * * * * *", "2026-11-24T13:42:10+00:00"),
        ("7 42 13 * * *", "2026-11-25T13:42:07+00:00"),
        ("0 30 8 ? * MON-FRI", "2026-11-25T08:30:00+00:00"),
        ("0 0 12 * * SUN", "2026-11-29T12:00:00+00:00"),
        ("0 0 12 * * 7", "2026-11-29T12:00:00+00:00"),
        ("0 0 12 1 JAN ?", "2027-01-01T12:00:00+00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00+00:00"),
        ("0 0 12 1 * MON", "2026-11-30T12:00:00+00:00"),
        ("0 5,35 10-14/2 * * *", "2026-11-24T14:05:00+00:00"),
        ("CRON_TZ=Europe/Berlin 0 30 2 28 3 *", "2027-03-28T01:30:00+00:00"),
        ("@every 5m", "2026-11-24T13:47:07.500000+00:00"),
        ("@every 1h30m", "2026-11-24T15:12:07.500000+00:00"),
    ],
)
def test_an_expression_means_a_time(expression: str, expected: str) -> None:
    """Six fields, the first of them seconds; in UTC unless a zone is named. Where clocks skip an hour, the next one."""
    assert parse_schedule(expression).next_after(NOW).isoformat() == expected


@pytest.mark.parametrize(
    "expression",
    ["", "* * * * *", "0 0 4 * * * 2026", "60 * * * * *", "* * 24 * * *", "* * * 0 * *", "* * * * 13 *", "* * * * * 8",
     "*/0 * * * * *", "5-1 * * * * *", "x * * * * *", "0 0 0 31 4 *", "TZ=No/Where 0 0 4 * * *", "@every", "@every 0s",
     "@every 5", "@daily", "-1 * * * * *"],
)  # fmt: skip
def test_what_is_no_expression_is_told(expression: str) -> None:
    """Also one that names no day at all."""
    with pytest.raises(CronError):
        parse_schedule(expression)


def test_enabled_timers_fire_and_disabled_ones_don_t(deployer: Deployer, clock: Clock, tmp_path: Path) -> None:
    """With the event that timers send, once for each time; a clock that was moved on fires once."""
    file = tmp_path / "fired"
    deployer.deploy("timed", WRITE.format(file=str(file)))
    deployer.trigger("timed", "yearly", "timer", {"cronExpression": "0 0 0 1 1 *", "payload": '{"a": 1}'})
    deployer.trigger("timed", "off", "timer", {"cronExpression": "0 0 0 1 1 *", "enable": False})
    wait_for(lambda: False, 0.25)  # the clock looks at its timers ten times a second
    before = file.exists()

    clock.ahead += timedelta(days=366)
    wait_for(file.exists)
    wait_for(lambda: False, 0.25)
    clock.ahead = timedelta()
    deployer.client.delete_trigger("timed", "yearly")

    (event,) = (json.loads(line) for line in file.read_text().splitlines())
    assert not before
    assert (event["triggerName"], event["payload"]) == ("yearly", '{"a": 1}')
    assert event["triggerTime"].endswith("-01-01T00:00:00Z")
