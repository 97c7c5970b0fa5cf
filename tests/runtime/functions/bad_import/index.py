"""Import what is not there."""

import not_there_at_all  # noqa: F401


def handler(_event, _context):
    return "never"
