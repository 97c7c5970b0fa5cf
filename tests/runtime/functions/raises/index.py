"""Raise inside a helper."""


def _fail():
    raise LookupError("no such thing")


def handler(_event, _context):
    _fail()
