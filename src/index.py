"""The names that `s.yaml` gives to Function Compute; the function itself is the package `fc_inventory`."""

import gc
import time

_begun = time.perf_counter()
gc.disable()  # what is imported stays: looking for garbage in it would take a tenth of a cold start

from fc_inventory import instance  # noqa: E402
from fc_inventory.handler import handler, initialize  # noqa: E402

gc.freeze()
gc.enable()
instance.imported(time.perf_counter() - _begun)

__all__ = ["handler", "initialize"]
