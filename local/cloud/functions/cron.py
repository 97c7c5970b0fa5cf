"""When a timer trigger fires: six-field cron expressions, in UTC or a named zone, and `@every`.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/time-triggers
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from itertools import product
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_UNIT_SECONDS = {"h": 3600, "m": 60, "s": 1}
_EVERY = re.compile(r"@every\s+(?P<parts>(?:\d+(?:\.\d+)?\s*[hms]\s*)+)")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([hms])")
_ZONED = re.compile(r"(?:CRON_)?TZ=(?P<zone>\S+)\s+(?P<rest>.+)")
_FIELDS = 6
_SEARCHED_DAYS = 366 * 8  # a 29th of February may be eight years away


class CronError(ValueError):
    """The expression means no time; the message says which part is wrong."""


@dataclass(frozen=True)
class Every:
    """A fixed interval."""

    interval: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """Return one interval after *moment*."""
        return moment + self.interval


@dataclass(frozen=True)
class Cron:
    """The values that seconds, minutes, hours, days, months and weekdays may have; a free day field is None."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    zone: tzinfo

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time after *moment*, in UTC; raises CronError where there is none."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        for offset in range(_SEARCHED_DAYS):
            day = local.date() + timedelta(days=offset)
            if not self._names_day(day.day, day.month, day.isoweekday() % 7):
                continue
            found = self._first_time(datetime.combine(day, time.min), moment, sought_after=local)
            if found is not None:
                return found
        raise CronError("the expression names no day")

    def _names_day(self, day: int, month: int, weekday: int) -> bool:
        """Tell whether the day is meant; where both day fields are restricted, either will do, as in every cron."""
        if month not in self.months:
            return False
        named = [day in self.days] if self.days is not None else []
        named += [weekday in self.weekdays] if self.weekdays is not None else []
        return any(named) if named else True

    def _first_time(self, midnight: datetime, moment: datetime, *, sought_after: datetime) -> datetime | None:
        earliest = sought_after - timedelta(hours=2) if sought_after > midnight else midnight  # clocks may be set back
        hours = [hour for hour in self.hours if midnight + timedelta(hours=hour + 1) > earliest]
        for hour, minute, second in product(hours, self.minutes, self.seconds):
            wall = midnight.replace(hour=hour, minute=minute, second=second, tzinfo=self.zone)
            found = wall.astimezone(timezone.utc)
            if found > moment:
                return found
        return None


Schedule = Cron | Every


def parse_schedule(expression: str) -> Schedule:
    """Return what *expression* means; raises CronError."""
    every = _EVERY.fullmatch(expression.strip())
    if every:
        seconds = sum(float(number) * _UNIT_SECONDS[unit] for number, unit in _PART.findall(every["parts"]))
        if seconds < 1:
            raise CronError("@every needs at least one second")
        return Every(timedelta(seconds=seconds))
    zoned = _ZONED.fullmatch(expression.strip())
    zone = _zone(zoned["zone"]) if zoned else timezone.utc
    schedule = _parse_fields((zoned["rest"] if zoned else expression).split(), zone)
    schedule.next_after(datetime(2024, 1, 1, tzinfo=timezone.utc))
    return schedule


def _parse_fields(fields: list[str], zone: tzinfo) -> Cron:
    if len(fields) != _FIELDS:
        raise CronError(f"expected six fields (second minute hour day month weekday), found {len(fields)}")
    second, minute, hour, day, month, weekday = fields
    return Cron(
        seconds=tuple(sorted(_values(second, 0, 59))),
        minutes=tuple(sorted(_values(minute, 0, 59))),
        hours=tuple(sorted(_values(hour, 0, 23))),
        days=None if day in ("*", "?") else _values(day, 1, 31),
        months=_values(month, 1, 12, _MONTHS),
        weekdays=None if weekday in ("*", "?") else frozenset(d % 7 for d in _values(weekday, 0, 7, _WEEKDAYS)),
        zone=zone,
    )


def _values(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = low if first in ("*", "?") else _number(first, low, names)
        end = _number(last, low, names) if dash else high if slash or first in ("*", "?") else start
        if not low <= start <= end <= high or (slash and not (step.isdecimal() and int(step))):
            raise CronError(f"{part!r} is not between {low} and {high}")
        found.update(range(start, end + 1, int(step) if slash else 1))
    return frozenset(found)


def _number(text: str, low: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + (low if len(names) == len(_MONTHS) else 0)
    if not re.fullmatch(r"[0-9]{1,2}", text):
        raise CronError(f"{text!r} is not a number")
    return int(text)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CronError(f"there is no time zone {name!r}") from error
