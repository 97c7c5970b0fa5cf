"""What functions do wrong ends as Function Compute would end it, and the cloud serves the others meanwhile."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.cloud import LocalCloud, load_world
from local.runtime.hosting import Hosting
from tests.hosting.deploying import Deployer, body_of, user, wait_for

HANDLER = "def handler(event, context):\n"


def failure_of(answer: Any) -> tuple[str, str]:
    """Return the error type and the message of a failed invocation."""
    return answer.headers["x-fc-error-type"], json.loads(body_of(answer))["errorMessage"]


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        (
            "exits",
            "import sys\n" + HANDLER + "    sys.exit(0)\n",
            "Process exited unexpectedly before completing request",
        ),
        ("kills-itself", "import os\n" + HANDLER + "    os.kill(os.getpid(), 9)\n", "Process exited unexpectedly"),
        ("aborts", "import os\n" + HANDLER + "    os.abort()\n", "Process exited unexpectedly"),
        ("closes-all", "import os\n" + HANDLER + "    os.closerange(0, 500)\n", "Process exited unexpectedly"),
        ("recurses", HANDLER + "    return handler(event, context)\n", "maximum recursion depth exceeded"),
        ("answers-no-json", HANDLER + "    return object()\n", "is not JSON serializable"),
        ("has-a-typo", "def handler(event context):\n", "Syntax error in module 'index'"),
        ("lacks-a-module", "import no_such_module\n" + HANDLER + "    pass\n", "Unable to import module 'index'"),
        ("has-no-handler", "def other(event, context):\n    pass\n", "Handler 'handler' is missing on module 'index'"),
        ("exits-at-import", "raise SystemExit(3)\n" + HANDLER + "    pass\n", "Process exited unexpectedly"),
        ("hangs", "import time\n" + HANDLER + "    time.sleep(60)\n", "Function timed out after 1 seconds"),
        (
            "ignores-signals",
            "import signal, time\nsignal.signal(15, signal.SIG_IGN)\n" + HANDLER + "    while True: pass\n",
            "timed out",
        ),
    ],
)
def test_a_bad_handler_fails_and_the_next_event_finds_a_new_instance(
    deployer: Deployer, name: str, code: str, expected: str
) -> None:
    """Status 200 with the error; nothing is left over for the next."""
    deployer.deploy(name, code, timeout=1)

    answers = [deployer.invoke(name) for _ in range(1 if "timed" in expected else 2)]

    for answer in answers:
        error_type, message = failure_of(answer)
        assert error_type == "UnhandledInvocationError"
        assert expected in message


def test_the_cloud_serves_others_while_a_handler_hangs(cloud: LocalCloud, deployer: Deployer) -> None:
    """Other functions, and other calls."""
    deployer.deploy("hanging", "import time\n" + HANDLER + "    time.sleep(60)\n", timeout=2)
    deployer.deploy("quick", HANDLER + "    return 'done'\n")
    hanging = threading.Thread(target=deployer.invoke, args=("hanging",))
    hanging.start()

    started = time.monotonic()
    answer = body_of(deployer.invoke("quick"))
    health = httpx.get(f"{cloud.url}/_local/health", trust_env=False).json()
    took = time.monotonic() - started

    assert hanging.is_alive()
    hanging.join()
    assert (answer, health) == (b"done", {"status": "ok"})
    assert took < 2


def test_a_handler_that_prints_without_end_is_read_and_forgotten(deployer: Deployer) -> None:
    """A hundred megabytes of log go by; the last 4 KB are told."""
    code = "import os\n" + HANDLER + "    for _ in range(100):\n        os.write(1, b'x' * 2**20)\n    return 'ok'\n"
    deployer.deploy("flooding", code, timeout=30)

    answer = deployer.invoke("flooding", log_type="Tail")

    assert body_of(answer) == b"ok"
    assert len(answer.headers["x-fc-log-result"]) < 6000


def test_threads_and_processes_that_are_left_behind_do_no_harm(deployer: Deployer) -> None:
    """The answer doesn't wait for them; the instance goes on."""
    code = (
        "import subprocess, threading, time\n"
        + HANDLER
        + "    for _ in range(20):\n        threading.Thread(target=time.sleep, args=(60,)).start()\n"
        + "    subprocess.Popen(['sleep', '60'])\n    return str(threading.active_count())\n"
    )
    deployer.deploy("leaking", code)

    counts = [int(body_of(deployer.invoke("leaking"))) for _ in range(2)]

    assert counts == [21, 41]


def test_a_handler_that_writes_where_the_runtime_answers_is_ended(deployer: Deployer) -> None:
    """Whatever it writes there: the next event finds a new instance."""
    code = (
        "import os\n"
        + HANDLER
        + "    for number in range(3, 500):\n        try:\n            os.write(number, event * 3)\n"
        + "        except OSError:\n            pass\n    return 'ok'\n"
    )
    deployer.deploy("meddling", code, timeout=1)

    answers = [
        deployer.invoke("meddling", event)
        for event in (b"\xff\xff\xff\xf0", b"\x00\x00\x00\x01{", b"\x00\x00\x00\x02{}")
    ]

    assert [failure_of(answer)[1].partition(" (")[0] for answer in answers] == [
        "Process exited unexpectedly before completing request"
    ] * 3


def test_the_memory_is_that_of_the_function(deployer: Deployer) -> None:
    """In MB; what it once held counts, what the process that started it holds doesn't."""
    deployer.deploy("hungry", HANDLER + "    return str(len(bytearray(64 * 2**20)))\n")
    deployer.deploy("frugal", HANDLER + "    pass\n")

    hungry, frugal = (float(deployer.invoke(name).headers["x-fc-max-memory-usage"]) for name in ("hungry", "frugal"))

    assert frugal < 60
    assert 64 < hungry < 140


def test_the_cloud_ends_in_the_middle_of_an_event() -> None:
    """It doesn't wait for handlers, nor leave their processes behind."""
    with LocalCloud(load_world(), host=Hosting(python=sys.executable)) as cloud:
        deployer = Deployer(cloud, user(cloud, "deployer", "AliyunFCFullAccess"))
        code = (
            "import os, time\n"
            + HANDLER
            + "    print(os.getpid())\n    open(event, 'w').write(str(os.getpid()))\n    time.sleep(60)\n"
        )
        deployer.deploy("endless", code, timeout=60)
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "pid"
            calling = threading.Thread(target=_invoke_in_vain, args=(deployer, "endless", str(file).encode()))
            calling.start()
            wait_for(lambda: file.exists() and file.read_text())
            pid = int(file.read_text())
        started = time.monotonic()

    took = time.monotonic() - started
    calling.join()
    assert took < 2
    assert wait_for(lambda: not Path(f"/proc/{pid}").exists())


def _invoke_in_vain(deployer: Deployer, name: str, event: bytes) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - however the vendor's client words it
        deployer.invoke(name, event)
