"""The triggers of one function, one page at a time, as far as an inventory tells of them.

Of a trigger's configuration only who may call it is kept: what else stands there (a payload, keys of another product)
may be secret. https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-listtriggers
"""

from __future__ import annotations

import msgspec

from fc_inventory import regions, sdk
from fc_inventory.calls import Call
from fc_inventory.credentials import Session
from fc_inventory.decoding import Decoder
from fc_inventory.grants import Grant
from fc_inventory.wire import WireTrigger


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger.

    Attributes:
        trigger_type: `http`, `timer`, `oss`, …
        auth_type: of an HTTP trigger: `anonymous` lets everybody in, `function` demands a signature, there are others;
            None where it is not told or not understood, and for other types.
        methods: of an HTTP trigger: the methods it takes; None as above.
        disable_url_internet: of an HTTP trigger: whether its address on the internet is switched off; None as above.
    """

    trigger_name: str
    trigger_type: str
    auth_type: str | None = None
    methods: tuple[str, ...] | None = None
    disable_url_internet: bool | None = None


class _HttpConfig(msgspec.Struct, rename="camel"):
    """The `triggerConfig` of an HTTP trigger; without an `authType` it demands a signature.

    https://www.alibabacloud.com/help/en/functioncompute/api-fc-2023-03-30-struct-httptriggerconfig
    """

    auth_type: str = "function"
    methods: tuple[str, ...] = ()
    disable_url_internet: bool = msgspec.field(default=False, name="disableURLInternet")


_HTTP_CONFIG = Decoder(_HttpConfig)


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose triggers are asked for; `service_name` is None for a function of FC 3.0."""

    region: str
    function_name: str
    service_name: str | None


def fetch_triggers(
    owner: Owner, grant: Grant, session: Session, next_token: str | None
) -> tuple[tuple[Trigger, ...], str | None]:
    """Ask for one page of the triggers of *owner*, by one call, and the next one's token. Raises CloudError."""
    account_id = grant.target.account_id
    host = regions.fc2_host(account_id, owner.region) if owner.service_name else regions.fc3_host(owner.region)
    call = Call(operation="ListTriggers", host=host, keys=session.keys, role_arn=grant.target.role_arn, line=grant.line)
    page = sdk.list_triggers_page(
        call, service_name=owner.service_name, function_name=owner.function_name, next_token=next_token
    )
    return tuple(map(read_trigger, page.triggers)), page.next_token or None


def read_trigger(wire: WireTrigger) -> Trigger:
    """Return the trigger that *wire* tells of."""
    config = _http_config(wire.trigger_config) if wire.trigger_type == "http" else None
    return Trigger(
        trigger_name=wire.trigger_name,
        trigger_type=wire.trigger_type,
        auth_type=config.auth_type if config else None,
        methods=config.methods if config else None,
        disable_url_internet=config.disable_url_internet if config else None,
    )


def _http_config(text: str | None) -> _HttpConfig | None:
    """Return the configuration in *text*, None where it is not understood: what it says is then unknown, not absent."""
    try:
        return _HTTP_CONFIG.decode(text or "")
    except (msgspec.DecodeError, RecursionError):
        return None
