"""Start a process that outlives the event, and hang."""

import subprocess
import time


def handler(_event, _context):
    child = subprocess.Popen(["sleep", "60"])
    print("child", child.pid)
    time.sleep(60)
