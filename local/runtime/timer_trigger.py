"""What the timer trigger hands to a function.

https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/time-triggers
"""

import json
from datetime import datetime, timezone


def timer_event(payload: str, trigger_name: str = "timer") -> bytes:
    """Return the event of a timer that fires now; *payload* is passed on as a string, JSON or not."""
    trigger_time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"triggerTime": trigger_time, "triggerName": trigger_name, "payload": payload}).encode()
