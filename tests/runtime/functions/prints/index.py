"""Write to standard output and standard error."""

import sys


def handler(_event, _context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    sys.stdout.write("no newline")


def a_lot(_event, _context):
    for _ in range(300):
        print("x" * 10_000)
