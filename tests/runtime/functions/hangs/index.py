"""Never return; ignore a polite request to stop."""

import os
import signal
import time


def handler(_event, _context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("hanging in", os.getpid())
    time.sleep(60)
