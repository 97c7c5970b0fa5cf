"""What the runtime tells about one invocation: its id, its time, whether it is a retry, and the function's own keys."""

from __future__ import annotations

from typing import Any

import msgspec

from fc_inventory.budget import Budget, invocation_budget
from fc_inventory.settings import Keys, runtime_keys


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """One invocation. `caller` is None where the runtime gives the function no complete set of keys."""

    request_id: str
    budget: Budget
    is_retry: bool
    caller: Keys | None


def read_invocation(context: Any) -> Invocation:
    """Return what *context* tells; its time begins now.

    FC repeats only asynchronous invocations; `retry_count` is a number, text or absent, by runtime.
    """
    return Invocation(
        request_id=str(getattr(context, "request_id", "")),
        budget=invocation_budget(context),
        is_retry=str(getattr(context, "retry_count", None) or 0) not in {"0", ""},
        caller=runtime_keys(context),
    )
