"""Triggers: what makes a function run, beside InvokeFunction.

HTTP and timer triggers work. Those of other products can be kept, and never fire.
Source: https://www.alibabacloud.com/help/en/functioncompute/fc/developer-reference/api-fc-2023-03-30-struct-createtriggerinput
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from local.cloud.decoding import Decoder
from local.cloud.errors import Refusal
from local.cloud.functions.cron import CronError, parse_schedule
from local.cloud.functions.settings import TRIGGER_NAME_LENGTH, check_name, invalid
from local.cloud.listing import Listing

Method = Literal["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
OTHER_TYPES = frozenset({"oss", "log", "eventbridge", "mns_topic", "cdn_events", "tablestore"})


class HttpConfig(msgspec.Struct, frozen=True, rename="camel"):
    """Who may call an HTTP trigger, and how."""

    auth_type: Literal["anonymous", "function"]
    methods: list[Method]
    disable_url_internet: bool = msgspec.field(default=False, name="disableURLInternet")


class TimerConfig(msgspec.Struct, frozen=True, rename="camel"):
    """When a timer trigger fires, and what it tells the function."""

    cron_expression: str
    enable: bool = True
    payload: str = ""


Config = HttpConfig | TimerConfig | dict[str, Any]


class TriggerInput(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What CreateTrigger takes. `trigger_config` is JSON in a string."""

    trigger_name: str
    trigger_type: str
    trigger_config: str = "{}"
    description: str = ""
    qualifier: str = "LATEST"
    invocation_role: str = ""
    source_arn: str = ""


_INPUT = Decoder(TriggerInput)
_CONFIGS: dict[str, Decoder[Any]] = {"http": Decoder(HttpConfig), "timer": Decoder(TimerConfig)}
_CONFIGS |= dict.fromkeys(OTHER_TYPES, Decoder(dict[str, Any]))

MAXIMUM_TRIGGERS = 50


@dataclass(frozen=True)
class Trigger:
    """One trigger of one function. Times are in the services' own form."""

    given: TriggerInput
    config: Config
    trigger_id: str
    created_time: str
    modified_time: str

    @property
    def name(self) -> str:
        """The trigger's name, unique in its function."""
        return self.given.trigger_name


def read_trigger(given: dict[str, Any]) -> tuple[TriggerInput, Config]:
    """Return what CreateTrigger's body asks for; raises Refusal."""
    present = {name: value for name, value in given.items() if value is not None}
    try:
        wanted = _INPUT.convert(present)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    check_name(wanted.trigger_name, "triggerName", TRIGGER_NAME_LENGTH)
    if wanted.qualifier != "LATEST":
        raise invalid(f"qualifier '{wanted.qualifier}': the local cloud has no versions and aliases")
    return wanted, _read_config(wanted)


def check_limits(triggers: Listing[Trigger], config: Config) -> None:
    """Raise Refusal where a trigger with *config* is one too many for a function that has *triggers*."""
    if len(triggers) >= MAXIMUM_TRIGGERS:
        raise Refusal(400, "LimitExceededError", f"a function can't have more than {MAXIMUM_TRIGGERS} triggers")
    if isinstance(config, HttpConfig) and any(isinstance(other.config, HttpConfig) for other in triggers):
        raise invalid("the function has an HTTP trigger already")


def _read_config(wanted: TriggerInput) -> Config:
    if wanted.trigger_type not in _CONFIGS:
        raise invalid(f"triggerType '{wanted.trigger_type}' is not supported")
    try:
        config: Config = _CONFIGS[wanted.trigger_type].decode(wanted.trigger_config)
    except msgspec.DecodeError as error:
        raise invalid(f"triggerConfig is invalid: {error}") from error
    if isinstance(config, HttpConfig) and not config.methods:
        raise invalid("triggerConfig is invalid: methods is empty")
    if isinstance(config, TimerConfig):
        _check_schedule(config.cron_expression)
    return config


def _check_schedule(expression: str) -> None:
    try:
        parse_schedule(expression)
    except CronError as error:
        raise invalid(f"triggerConfig is invalid: cronExpression: {error}") from error
