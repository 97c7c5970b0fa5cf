"""The root logger as Function Compute sets it up: UTC, milliseconds, the request id, one line a record."""

from __future__ import annotations

import logging
import sys
import time

MAX_RECORD_CHARACTERS = 128 * 1024


class RequestLog(logging.Formatter):
    """Format records as ``2017-07-05T05:13:35.920Z <request id> [INFO] text``, cut at 128 KB."""

    converter = staticmethod(time.gmtime)
    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line under the request that is running."""
        record.fc_request_id = self.request_id
        return super().format(record)[:MAX_RECORD_CHARACTERS]


def set_up_logging() -> RequestLog:
    """Give the root logger FC's handler and level; return the formatter, whose `request_id` is to be kept current."""
    formatter = RequestLog(
        "%(asctime)s.%(msecs)03dZ %(fc_request_id)s [%(levelname)s] %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    return formatter
