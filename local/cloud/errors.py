"""How the services say no, apart from the words: a refusal has a status, a code, a message and maybe details."""

from __future__ import annotations

from enum import Enum

from local.cloud.denial import Denial


class Dialect(Enum):
    """In whose form a request is answered, refusals above all.

    POP is the gateway before STS and RAM; Function Compute answers for itself, in one form for each version of its API.
    """

    POP = "POP"
    FC_2016 = "2016-08-15"
    FC2 = "2021-04-06"
    FC3 = "2023-03-30"
    OSS = "OSS"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure of ours
    """A request is answered with `status` and the dialect's envelope of `code` and `message`.

    `denial` says which policy layer denied; None for every other refusal.
    """

    def __init__(self, status: int, code: str, message: str, denial: Denial | None = None) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.denial = denial
