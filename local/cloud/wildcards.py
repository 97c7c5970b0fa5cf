"""The two wildcards of RAM policies: `*` stands for any characters or none, `?` for exactly one.

Source: https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax
"""

from __future__ import annotations

from itertools import accumulate
from operator import or_


def matches(pattern: str, text: str) -> bool:
    """Tell whether *text* as a whole matches *pattern*, in time proportional to their lengths multiplied.

    Not a regular expression: a policy comes from a client, and backtracking over many `*` could hold the server up.
    """
    # reached[n]: what has been read of the pattern matches the first n characters of the text.
    reached = [True] + [False] * len(text)
    for sign in pattern:
        if sign == "*":
            reached = list(accumulate(reached, or_))
        else:
            reached = [False, *(so_far and sign in ("?", found) for so_far, found in zip(reached, text, strict=False))]
        if True not in reached:
            return False
    return reached[-1]
