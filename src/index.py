"""The names that `s.yaml` gives to Function Compute; the function itself is the package `fc_inventory`."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it would take a tenth of a cold start

from fc_inventory.handler import handler, initialize  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["handler", "initialize"]
