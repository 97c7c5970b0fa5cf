"""The names that `s.yaml` gives to Function Compute; the function itself is the package `fc_inventory`."""

from fc_inventory.handler import handler, initialize

__all__ = ["handler", "initialize"]
