"""How much time an answer takes after its listing, which therefore ends earlier: outcomes, findings, the text. Pure.

Function Compute kills what is not ready at the time-out, and with it goes all that was seen. How fast a machine is, is
not known: the estimate is of a slow one, but no more than a share of the time that the listing took, since where that
was quick, so is the machine, or there is little to tell.
"""

from __future__ import annotations

PLACE_SECONDS = 80e-6  # for a target and region that the end of the listing cuts; measured as those of render.py
SLOWNESS = 5.0  # what a fifth of a vCPU takes
MOST_SHARE = 0.4


def closing_seconds(used_seconds: float, *, items: int, open_places: int, item_seconds: float) -> float:
    """Return how long before its budget's end a listing is to end that has used so much time and found so many *items*.

    *item_seconds* is what an item takes on a fast machine; places whose outcome is told already cost nothing.
    """
    return min(MOST_SHARE * used_seconds, SLOWNESS * (items * item_seconds + open_places * PLACE_SECONDS))
