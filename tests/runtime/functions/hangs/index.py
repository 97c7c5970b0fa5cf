"""Never return; ignore a polite request to stop."""

import signal
import time


def handler(_event, _context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("before hanging")
    time.sleep(60)
