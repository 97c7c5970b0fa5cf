"""In place of charset_normalizer, which guesses charsets: `requests` warns where it is missing.

Text without a charset is taken for UTF-8, as `requests` does where it has nobody to ask; the APIs answer in JSON.
"""

__version__ = "3.0.0"  # any that `requests` accepts


def detect(_content: bytes) -> dict[str, str]:
    """Return what `requests` looks at of the guess."""
    return {"encoding": "utf-8"}
