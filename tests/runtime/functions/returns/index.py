"""Return a value of each kind."""

from datetime import date, datetime
from decimal import Decimal


class Described:
    def to_json(self):
        return {"described": True}


def a_dict(_event, _context):
    return {"b": 1, "a": ["é"]}


def text(_event, _context):
    return "plain é"


def some_bytes(_event, _context):
    return b"\xff\x00"


def nothing(_event, _context):
    return None


def rich_values(_event, _context):
    return [Decimal("1.5"), date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), Described()]


def a_set(_event, _context):
    return {1}


def lone_surrogate(_event, _context):
    return "\ud800"


def echo(event, _context):
    return event
