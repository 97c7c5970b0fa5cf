"""What a step of a flow asks for: `{"plan": {…}}`, `{"shard": {…}}` or `{"merge": {…}}`. Pure.

A step brings the name of a run and numbers, nothing else: which targets a shard has follows from their configured
names. So an event can reach nothing that is not configured, and no role or external ID ever passes through the engine,
whose execution histories keep what does.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from fc_inventory.decoding import Decoder
from fc_inventory.errors import RequestError
from fc_inventory.events import STEPS
from fc_inventory.redaction import one_line

# CloudFlow's rule for the names of executions: https://www.alibabacloud.com/help/en/serverless-workflow/latest/limits
# No dot and no slash, so that it is a directory's name as it stands.
RUN_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,127}$(?!\n)"
# The list of all shards must fit into the 64 KiB that pass between two states; and a region of an account has, unless
# more are asked for, 300 instances: https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/product-overview/limits-of-usage
MAX_SHARDS = 300

RunName = Annotated[str, Meta(pattern=RUN_NAME)]
ShardNumber = Annotated[int, Meta(ge=1, le=MAX_SHARDS)]


class PlanStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which shards are to be scanned in this round?

    Attributes:
        run: the name of the run: its directory.
        round: the number of the round that is planned, from 1.
        rounds: how many rounds there may be; after the last one, what is there is merged.
        targets_per_shard: how many targets a shard has, about: they are spread by their names.
    """

    run: RunName
    round: Annotated[int, Meta(ge=1, le=1000)]
    rounds: Annotated[int, Meta(ge=1, le=1000)]
    targets_per_shard: Annotated[int, Meta(ge=1, le=10_000)]


class ShardStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scan shard *number* of *of*, from where an earlier invocation with this event left off."""

    run: RunName
    number: ShardNumber
    of: ShardNumber


class MergeStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make one inventory of all that the shards of the run have stored."""

    run: RunName


Step = PlanStep | ShardStep | MergeStep
_DECODERS: dict[str, Decoder[PlanStep] | Decoder[ShardStep] | Decoder[MergeStep]] = dict(
    zip(STEPS, (Decoder(PlanStep), Decoder(ShardStep), Decoder(MergeStep)), strict=True)
)


def parse_step(content: dict[str, Any]) -> Step:
    """Return the step that the event *content* asks for. Raises RequestError naming the field that is wrong."""
    named = [name for name in STEPS if name in content]
    if len(content) != 1:
        raise RequestError(f"expected {named[0]} and nothing beside it", field=named[0])
    name = named[0]
    try:
        step: Step = _DECODERS[name].convert(content[name])
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$.")
        raise RequestError(
            one_line(what[:1].lower() + what[1:], 200),
            field=".".join(filter(None, (name, one_line(at.rstrip("`"), 60)))),
        ) from None
    if isinstance(step, ShardStep) and step.number > step.of:
        raise RequestError(f"expected 1 to {step.of}, found {step.number}", field="shard.number")
    return step
