"""In place of certifi: the same certificates, each in a file named by its subject's hash, as OpenSSL looks them up.

Reading all of them takes longer than everything else that `initialize` does; a connection needs one.
"""

from os.path import dirname, join


def where() -> str:
    """Return the directory of the certificates, which `requests` and `ssl` take as well as a file."""
    return join(dirname(__file__), "certificates")  # noqa: PTH118, PTH120 - pathlib takes a millisecond to import
