"""A handler in a directory."""


def handler(_event, _context):
    return "from the directory"
