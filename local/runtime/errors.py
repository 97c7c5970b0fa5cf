"""Errors of the harness itself; what the function does wrong is an `Invocation` with an error type instead."""


class HarnessError(Exception):
    """Nothing was invoked, and the message says whose side it is on and what to do: shown as one line."""


class RoleRefusedError(HarnessError):
    """The local cloud wouldn't let Function Compute assume the execution role."""
