"""A request that doesn't prove who sent it, refused in the words of the service that was asked."""

from __future__ import annotations

from local.cloud.errors import Dialect, Refusal
from local.cloud.reasons import Reason
from local.cloud.words import FC_WORDS, OSS_WORDS, POP_PARAMETERS, POP_WORDS

__all__ = ["Reason", "Unauthentic"]


class Unauthentic(Exception):  # noqa: N818 - as Refusal
    """A request doesn't prove who sent it; `detail` fills the text of the reason."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def refusal(self, dialect: Dialect) -> Refusal:
        """Return the refusal in the words of *dialect*."""
        if dialect is Dialect.POP:
            words, detail = POP_WORDS, POP_PARAMETERS.get(self.detail, self.detail)
        else:
            words, detail = OSS_WORDS if dialect is Dialect.OSS else FC_WORDS, self.detail
        status, code, message = words[self.reason]
        return Refusal(status, code.format(detail), message.format(detail))
