"""Say what of the harness can be imported, or is there already."""

import importlib.util
import sys


def handler(_event, _context):
    names = ("local", "inside", "instance", "bootstrap", "httpx")
    return {
        "found": [name for name in names if importlib.util.find_spec(name)],
        "loaded": [name for name in sys.modules if name.split(".")[0] in names],
    }
