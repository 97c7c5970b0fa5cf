"""Functions that are deployed and run: their code, settings, triggers and invocations, as API 2023-03-30 has them.

What runs a function is not here: a `FunctionHost` (host.py) is handed in by whoever composes the cloud.
"""
