"""Errors in the shape that Function Compute answers: ``errorMessage``, ``errorType``, ``stackTrace``.

Source: https://www.alibabacloud.com/help/en/functioncompute/fc/error-handling-1-1
"""

from __future__ import annotations

import traceback
from typing import Any

Failure = dict[str, Any]


class LoadError(Exception):
    """A handler that can't be loaded. *error_type* is the platform's name for the cause."""

    def __init__(self, error_type: str, message: str, cause: Exception) -> None:
        super().__init__(message)
        self.failure: Failure = {"errorMessage": message, "errorType": error_type, "stackTrace": _cause_lines(cause)}


def describe_failure(error: Exception) -> Failure:
    """Return what FC answers for *error*: file, line, function and source of each frame but the runtime's own."""
    frames = traceback.format_tb(error.__traceback__)[1:]
    failure: Failure = {"errorMessage": str(error), "errorType": type(error).__name__}
    if frames:
        failure["stackTrace"] = [_frame_parts(frame) for frame in frames]
    return failure


def _frame_parts(frame: str) -> list[str]:
    place, _, source = frame.partition("\n")
    return [*(part.strip() for part in place.split(",")), source.split("\n")[0].strip()]


def _cause_lines(cause: Exception) -> list[str]:
    """Return the flat list that a load error carries: the first line cut at its commas, the others without carets."""
    first, *rest = (
        line.replace("^", "").strip() for line in "".join(traceback.format_exception_only(cause)).split("\n")
    )
    return [line for line in [*(part.strip() for part in first.split(",")), *rest] if line]
