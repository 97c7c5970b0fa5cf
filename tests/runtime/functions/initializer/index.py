"""Count initializations; fail or take long in others."""

import time

STARTED = []


def initialize(context):
    STARTED.append(context.request_id)


def fails(_context):
    raise RuntimeError("no database")


def takes_long(_context):
    time.sleep(60)


def handler(_event, _context):
    return {"initialized": len(STARTED), "for": STARTED}
