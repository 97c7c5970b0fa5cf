"""Log at every level, as a handler does."""

import logging


def handler(_event, _context):
    logging.getLogger("mine").debug("hidden")
    logging.getLogger("mine").info("shown %d", 1)
    logging.getLogger().warning("two\nlines")


def long(_event, _context):
    logging.getLogger().error("x" * 200_000)
