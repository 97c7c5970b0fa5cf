"""Log lines: one JSON object a fact, each with the request id, none with a secret.

They go to standard output, which Function Compute captures, through handlers of our own: the runtime's root handler
would put its own prefix before the JSON.
"""

from __future__ import annotations

import contextvars
import logging
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from fc_inventory.redaction import redact

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

_logger = logging.getLogger("fc_inventory")


if TYPE_CHECKING:
    _TextHandler = logging.StreamHandler[TextIO]
else:
    _TextHandler = logging.StreamHandler  # which can't be subscripted on Python 3.10


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "request_id": request_id.get(),
            "event": record.getMessage() if record.name == _logger.name else "sdk",
            **getattr(record, "facts", {}),
        }
        if record.name != _logger.name:
            facts["message"] = record.getMessage()
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return redact(msgspec.json.encode(facts, enc_hook=str).decode())


class _Handler(_TextHandler):
    """Writes to whatever standard output is now: a runtime or a test may replace it."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(_JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout  # setStream would flush the old one, which may be closed by now
        super().emit(record)


def configure(level: str) -> None:
    """Send our own log lines, from *level* on, to standard output as JSON."""
    adopt(_logger.name)
    _logger.setLevel(level)


def adopt(name: str) -> None:
    """Let logger *name* write our JSON lines only: the SDK's own handler would print keys with DEBUG=sdk."""
    logger = logging.getLogger(name)
    logger.handlers = [_Handler()]
    logger.propagate = False


def info(event: str, **facts: Any) -> None:
    """Log that *event* happened, with its *facts*."""
    _logger.info(event, extra={"facts": facts})


def warning(event: str, **facts: Any) -> None:
    """Log that *event* happened, which somebody may want to look at."""
    _logger.warning(event, extra={"facts": facts})
