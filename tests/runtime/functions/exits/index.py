"""End the process in the middle of an event."""

import os
import sys
import threading
import time


def politely(_event, _context):
    print("leaving")
    sys.exit(3)


def at_once(_event, _context):
    os._exit(3)


def with_a_thread_left(_event, _context):
    threading.Thread(target=time.sleep, args=(60,)).start()
    sys.exit(3)
