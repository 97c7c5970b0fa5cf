"""Every way to fail has Function Compute's shape."""

import json
from pathlib import Path

import pytest

from local.runtime.function import Function
from local.runtime.instance import Instance
from tests.runtime.running import REQUEST_ID, Start, call_of, credentials_of, function_of


def test_an_exception_is_answered_with_its_stack(start: Start) -> None:
    """The body names message, type and, frame by frame, file, line, function and source; the runtime's frame is left out."""
    invocation = start("raises").invoke(call_of())

    file = f'File "{function_of("raises").code_directory / "index.py"}"'
    assert invocation.error_type == "UnhandledInvocationError"
    assert json.loads(invocation.body) == {
        "errorMessage": "no such thing",
        "errorType": "LookupError",
        "stackTrace": [
            [file, "line 9", "in handler", "_fail()"],
            [file, "line 5", "in _fail", 'raise LookupError("no such thing")'],
        ],
    }


def test_a_failure_is_logged_and_ends_the_log_with_an_error(start: Start) -> None:
    """The log holds the error body and says at its end that the error wasn't handled."""
    log = start("raises").invoke(call_of()).log.decode()

    assert '"errorType": "LookupError"' in log
    assert log.endswith(f"FC Invoke End RequestId: {REQUEST_ID}, Error: Unhandled function error\n")


@pytest.mark.parametrize(
    ("case", "handler", "expected"),
    [
        (
            "bad_import",
            "index.handler",
            {
                "errorMessage": "Unable to import module 'index'",
                "errorType": "ImportModuleError",
                "stackTrace": ["ModuleNotFoundError: No module named 'not_there_at_all'"],
            },
        ),
        (
            "raises",
            "missing.handler",
            {
                "errorMessage": "Unable to import module 'missing'",
                "errorType": "ImportModuleError",
                "stackTrace": ["ModuleNotFoundError: No module named 'missing'"],
            },
        ),
        (
            "raises",
            "index.absent",
            {
                "errorMessage": "Handler 'absent' is missing on module 'index'",
                "errorType": "HandlerNotFound",
                "stackTrace": ["AttributeError: module 'index' has no attribute 'absent'"],
            },
        ),
        (
            "raises",
            "index",
            {
                "errorMessage": "Invalid handler 'index'",
                "errorType": "InvalidHandleName",
                "stackTrace": ["ValueError: not enough values to unpack (expected 2", "got 1)"],
            },
        ),
        (
            "broken_value",
            "index.handler",
            {
                "errorMessage": "Invalid handler 'index'",
                "errorType": "InvalidHandleName",
                "stackTrace": ["ValueError: invalid literal for int() with base 10: 'x'"],
            },
        ),
        (
            "broken_other",
            "index.handler",
            {
                "errorMessage": "Module initialization error: 'no settings'",
                "errorType": "UserCodeError",
                "stackTrace": ["RuntimeError: no settings"],
            },
        ),
    ],
)
def test_a_handler_that_cannot_be_loaded_says_why(
    start: Start, case: str, handler: str, expected: dict[str, object]
) -> None:
    """Load errors have types of their own and a flat stack."""
    invocation = start(case, handler=handler).invoke(call_of())

    assert (json.loads(invocation.body), invocation.error_type) == (expected, "UnhandledInvocationError")


def test_a_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    """Code that can't be parsed is a UserCodeSyntaxError with the place of the mistake."""
    (tmp_path / "index.py").write_text("def handler(event, context):\n    return (\n")
    instance = Instance(Function("tested", tmp_path, "acs:ram::1:role/r"), credentials_of("start"), lambda _: None)

    failure = json.loads(instance.invoke(call_of()).body)
    instance.close()

    assert (failure["errorType"], failure["errorMessage"]) == ("UserCodeSyntaxError", "Syntax error in module 'index'")
    assert failure["stackTrace"][:2] == [f'File "{tmp_path / "index.py"}"', "line 2"]
    assert failure["stackTrace"][-1] == "SyntaxError: '(' was never closed"


def test_standard_library_modules_are_no_handlers(start: Start) -> None:
    """A handler is looked for in the code directory only."""
    invocation = start("raises", handler="json.loads").invoke(call_of())

    assert json.loads(invocation.body)["errorType"] == "ImportModuleError"


@pytest.mark.parametrize(
    ("handler", "body"),
    [
        ("deep/alone.handler", b"from the directory"),
        ("deep.alone.handler", b"from the directory"),
        ("deep.package.main.handler", b"from the package"),
    ],
)
def test_handlers_may_live_in_directories_and_packages(start: Start, handler: str, body: bytes) -> None:
    """The name is split at its last dot; slashes and dots before it lead through directories."""
    invocation = start("nested", handler=handler).invoke(call_of())

    assert invocation.body == body


@pytest.mark.parametrize("handler", ["politely", "at_once", "with_a_thread_left"])
def test_a_process_that_exits_is_told_apart_from_an_exception(start: Start, handler: str) -> None:
    """Exiting ends the instance, with FC's text for it and without waiting for threads."""
    instance = start("exits", handler=f"index.{handler}")

    invocation = instance.invoke(call_of())

    message = json.loads(invocation.body)["errorMessage"]
    assert message.startswith("Process exited unexpectedly before completing request (duration: ")
    assert invocation.error_type == "UnhandledInvocationError"
    assert not instance.alive


def test_a_handler_that_hangs_is_killed(start: Start) -> None:
    """At its time-out the process is killed; what it had logged by then is kept."""
    instance = start("hangs", timeout_seconds=0.5)

    invocation = instance.invoke(call_of())

    message = json.loads(invocation.body)["errorMessage"]
    assert message.startswith("Function timed out after 0.5 seconds (maxMemoryUsage: ")
    assert invocation.error_type == "UnhandledInvocationError"
    assert b"hanging in" in invocation.log
    assert 500 <= invocation.duration_milliseconds < 2000
    assert not instance.alive


def test_a_failed_initializer_ends_the_instance(start: Start) -> None:
    """Its error is answered as InitializationError."""
    instance = start("initializer", initializer="index.fails")

    failure = instance.initialize(call_of())

    assert failure is not None
    assert failure.error_type == "InitializationError"
    assert json.loads(failure.body)["errorMessage"] == "no database"
    assert b"FC Initialize End RequestId" in failure.log
    assert not instance.alive


def test_a_slow_initializer_is_killed(start: Start) -> None:
    """Initializers have a time-out of their own."""
    instance = start("initializer", initializer="index.takes_long", initializer_timeout_seconds=0.5)

    failure = instance.initialize(call_of())

    assert failure is not None
    assert failure.error_type == "InitializationError"
    assert "timed out after 0.5 seconds" in json.loads(failure.body)["errorMessage"]
    assert not instance.alive
