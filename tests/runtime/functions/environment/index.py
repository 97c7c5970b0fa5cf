"""Return the whole environment, and the keys that the context carries."""

import os


def handler(_event, context):
    return {"environment": dict(os.environ), "context_key": context.credentials.access_key_id}


def whereabouts(_event, _context):
    import sys

    return {"directory": os.getcwd(), "first_on_path": sys.path[0], "arguments": sys.argv[1:]}
