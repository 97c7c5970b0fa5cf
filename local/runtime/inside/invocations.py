"""The loop inside the function's process: one request from the parent, one call of the handler, one reply.

A request is two messages: a JSON object ``{"phase": "Initialize" | "Invoke", "handler": …, "context": {…}}`` and the
event's bytes.
A reply is two messages: ``{"succeeded": bool, "max_memory_bytes": int}`` and the body's bytes.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .answers import serialise_answer, to_json
from .context import Context, build_context
from .failures import LoadError, describe_failure
from .loading import load_handler
from .logs import set_up_logging
from .memory import own_peak_memory_bytes

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from .loading import Handler


def serve_invocations(control: Connection, runtime: str) -> None:
    """Answer requests that arrive on *control* until the parent closes it."""
    code_directory = Path(os.environ["FC_FUNC_CODE_PATH"])
    sys.path.insert(0, str(code_directory))
    log = set_up_logging()
    handlers: dict[str, Handler] = {}
    while True:
        try:
            request, event = json.loads(control.recv_bytes()), control.recv_bytes()
        except (EOFError, ConnectionError):
            return
        log.request_id = request["context"]["request_id"]
        context = build_context(runtime, request["context"])
        print(f"FC {request['phase']} Start RequestId: {log.request_id}")  # noqa: T201 - FC writes it to the function's log
        succeeded, body = _run(request, handlers, code_directory, (event, context))
        print(f"FC {request['phase']} End RequestId: {log.request_id}{'' if succeeded else _FAILED}")  # noqa: T201
        control.send_bytes(json.dumps({"succeeded": succeeded, "max_memory_bytes": own_peak_memory_bytes()}).encode())
        control.send_bytes(body)


_FAILED = ", Error: Unhandled function error"


def _run(
    request: dict[str, Any], handlers: dict[str, Handler], code_directory: Path, arguments: tuple[bytes, Context]
) -> tuple[bool, bytes]:
    """Load and call the handler; return whether it succeeded, and the body of the answer or of the error."""
    name = request["handler"]
    try:
        if name not in handlers:
            handlers[name] = load_handler(name, code_directory)
    except LoadError as error:
        logging.getLogger().error(error.failure)  # noqa: TRY400 - FC logs the answer, not the traceback
        return False, to_json(error.failure).encode()
    return _call(handlers[name], request["phase"], *arguments)


def _call(handler: Handler, phase: str, event: bytes, context: Context) -> tuple[bool, bytes]:
    try:
        if phase == "Initialize":
            handler(context)
            return True, b""
        return True, serialise_answer(handler(event, context))
    except Exception as error:  # noqa: BLE001 - the function's code may raise anything; SystemExit ends the process, as on FC
        failure = to_json(describe_failure(error))
        logging.getLogger().error(failure)  # noqa: TRY400 - as above
        return False, failure.encode()
