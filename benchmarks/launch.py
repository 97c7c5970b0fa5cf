"""Runs a command and says on standard error how long it took and how much CPU and memory: `launch.py COMMAND...`.

A process of its own, and a small one: Linux counts what a parent has in memory when it starts a child as the child's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def main(command: list[str]) -> None:
    """Run *command* with this process's input and output."""
    begun = time.perf_counter()
    with subprocess.Popen(command) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found = {
        "wall_seconds": time.perf_counter() - begun,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss / 1024,  # kilobytes on Linux
    }
    sys.stderr.write("\n" + json.dumps(found))
    sys.exit(process.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
