"""One function's configuration, as Function Compute keeps it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RUNTIMES = ("python3.10", "python3.12")


@dataclass(frozen=True)
class Function:
    """What has to be known to run a function.

    *code_directory* is what FC mounts at ``/code``. *python* is the executable that runs it, whatever *runtime* says:
    the runtime decides the shape of the context and the environment. *role_arn* is the execution role, "" for a
    function without one; then *owner* names the account that the function belongs to. A change of one of the
    *watched_files* counts as a change of the code.
    """

    name: str
    code_directory: Path
    role_arn: str
    handler: str = "index.handler"
    initializer: str | None = None
    runtime: str = "python3.12"
    region: str = "cn-hangzhou"
    timeout_seconds: float = 60
    initializer_timeout_seconds: float = 30
    memory_megabytes: int = 512
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    watched_files: tuple[Path, ...] = ()
    owner: str = ""

    @property
    def account_id(self) -> str:
        """The account that the function belongs to: *owner*, or the one in ``acs:ram::<account>:role/<name>``."""
        return self.owner or self.role_arn.split(":")[3]
