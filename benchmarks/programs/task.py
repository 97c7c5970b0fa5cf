"""What the programs are asked, and what they answer, as JSON objects."""

from __future__ import annotations

import json
import sys
from typing import TypedDict


class Target(TypedDict):
    """One account and the role that is assumed there."""

    account_id: str
    role_arn: str


class Task(TypedDict):
    """Whom to list, with whose key, through which local cloud (`http://127.0.0.1:PORT`)."""

    endpoint: str
    access_key_id: str
    access_key_secret: str
    region: str
    targets: list[Target]


class Count(TypedDict):
    """How many services and functions a program saw."""

    services: int
    functions: int


def read_task() -> Task:
    """Return the task on standard input."""
    task: Task = json.load(sys.stdin)
    return task


def answer(services: int, functions: int) -> None:
    """Print the count."""
    sys.stdout.write(json.dumps({"services": services, "functions": functions}) + "\n")
