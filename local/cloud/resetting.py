"""Back to the start: the state that the cloud began with, its keys among it."""

from __future__ import annotations

import dataclasses
from typing import Any

from local.cloud.authentication import UsedNonces
from local.cloud.gateway import Gateway
from local.cloud.state_codec import freeze, thaw


class Reset:
    """Remembers the state of a gateway's world when it is made, and goes back to it when it is called.

    The faults are then those of the world file again, and no request is recorded. The world stays the same object;
    what was taken out of it before, such as a role, is no longer part of it.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._start: Any = freeze(gateway.world)

    def __call__(self) -> None:
        """Go back."""
        gateway, start = self._gateway, thaw(self._start)
        _retire_functions(gateway)
        for field in dataclasses.fields(start):
            setattr(gateway.world, field.name, getattr(start, field.name))
        gateway.faults.begin(start.faults)
        gateway.requests.clear()
        gateway.nonces = UsedNonces()
        gateway.signin_tokens.clear()


def _retire_functions(gateway: Gateway) -> None:
    """End the instances of what is deployed: a later function of the same name is another one."""
    for account in gateway.world.accounts.values():
        for region, inventory in account.inventories.items():
            for name in inventory.deployments:
                gateway.platform.retire(account.account_id, region, name)
