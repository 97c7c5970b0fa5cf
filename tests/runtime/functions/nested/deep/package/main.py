"""A handler in a package, in a directory."""

from . import words


def handler(_event, _context):
    return words.GREETING
