"""The two wildcards of RAM policies: `*` stands for any characters or none, `?` for exactly one.

Source: https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax
"""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Tell whether *text* as a whole matches *pattern*, in time proportional to their lengths multiplied.

    Not a regular expression: a policy comes from a client, and backtracking over many `*` could hold the server up.
    """
    at, position, star, resume = 0, 0, -1, 0
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume, at = at, position, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(rest == "*" for rest in pattern[at:])
