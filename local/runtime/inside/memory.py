"""The most memory that a process has held."""

from __future__ import annotations

import os
import re
import resource
import sys
from pathlib import Path


def own_peak_memory_bytes() -> int:
    """Return the most memory that this process has held since it began."""
    found = peak_memory_bytes(os.getpid())
    return found or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def peak_memory_bytes(process_id: int) -> int:
    """Return the most memory that a living process has held, 0 where the system doesn't tell (or it has ended).

    Linux counts the memory of the process that it was forked from as well in what `getrusage` says, not in this.
    """
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
