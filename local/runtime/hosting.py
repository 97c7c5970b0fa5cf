"""Runs the functions of a local cloud: what `local.cloud.functions.host.FunctionHost` asks for."""

from __future__ import annotations

import shutil
import tempfile
import threading
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.errors import Refusal
from local.cloud.functions.archive import ArchiveError
from local.cloud.functions.host import HttpAnswer, Outcome

from .credentials import Credentials
from .environment import ENDPOINT_VARIABLE
from .errors import HarnessError
from .function import Function
from .http_trigger import BadResponseError, HttpRequest, http_event, http_response
from .instance import Call
from .instance_pool import InstancePool, NoInstanceError
from .pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.cloud import http_request
    from local.cloud.functions.host import HostedFunction, Work

    from .invocation import Invocation

Key = tuple[str, str, str]

_CODE_ON_FC = "/code"


class Hosting:
    """Functions in processes of their own, with the Python of their runtime.

    *python* runs those whose runtime this machine doesn't have. Of each function up to *instances* run at the same
    time, and are ended when they were idle for *idle_seconds*. *log_sink* gets what functions write.
    """

    def __init__(
        self,
        *,
        python: str = "",
        instances: int = 10,
        idle_seconds: float = 300,
        log_sink: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self._find_python = cache(lambda runtime: find_python(runtime, python))
        self._instances = instances
        self._idle_seconds = idle_seconds
        self._log_sink = log_sink
        self._cloud_url = ""
        self._pools: dict[Key, tuple[str, InstancePool]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def open(self, cloud_url: str) -> None:
        """Get ready; functions find the cloud at *cloud_url* in the variable that this project's function knows."""
        self._cloud_url = cloud_url
        self._closed.clear()
        threading.Thread(target=self._end_idle, name="idle-instances", daemon=True).start()

    def invoke(self, work: Work) -> Outcome:
        """Deliver an event and wait for its end; raises Refusal."""
        credentials = Credentials(work.keys.access_key_id, work.keys.secret, work.keys.token)
        call = Call(work.request_id, credentials, work.event, work.retry_count)
        try:
            return _outcome(self._pool(work.function).invoke(call))
        except NoInstanceError as error:
            raise Refusal(429, "ResourceExhausted", str(error)) from error
        except (HarnessError, ArchiveError) as error:
            raise Refusal(500, "InternalServerError", f"local cloud: {error}") from error

    def http_event(self, function: HostedFunction, request: http_request.HttpRequest, request_id: str) -> bytes:
        """Return the event that the trigger makes of *request*."""
        as_sent = HttpRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
            source_ip=request.client_ip,
        )
        return http_event(as_sent, _described(function, Path()), request_id)

    def http_answer(self, body: bytes) -> HttpAnswer:
        """Return what the trigger makes of a handler's answer; raises Refusal."""
        try:
            response = http_response(body)
        except BadResponseError as error:
            raise Refusal(502, "BadResponse", str(error)) from error
        return HttpAnswer(response.status, response.headers, response.body)

    def retire(self, key: Key) -> None:
        """End the instances of a function that was changed or deleted."""
        with self._lock:
            _, pool = self._pools.pop(key, ("", None))
        if pool:
            pool.retire()

    def close(self) -> None:
        """End everything at once; nothing is started afterwards."""
        self._closed.set()
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for _, pool in pools:
            pool.kill()

    def _pool(self, hosted: HostedFunction) -> InstancePool:
        """Return the pool of the function as it is now."""
        with self._lock:
            if self._closed.is_set():
                raise HarnessError("the cloud is ending")
            revision, pool = self._pools.get(hosted.key, ("", None))
            if pool is None or revision != hosted.revision:
                if pool:
                    pool.retire()
                pool = InstancePool(partial(self._unpack, hosted), limit=self._instances, log_sink=self._log_sink)
                self._pools[hosted.key] = (hosted.revision, pool)
            return pool

    def _unpack(self, hosted: HostedFunction) -> Function:
        python = self._find_python(hosted.settings.runtime)
        directory = Path(tempfile.mkdtemp(prefix="fc-code-"))
        try:
            hosted.archive.unpack(directory)
        except ArchiveError:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        return _described(hosted, directory, python=python, endpoint=self._cloud_url)

    def _end_idle(self) -> None:
        while not self._closed.wait(min(self._idle_seconds / 2, 10)):
            with self._lock:
                pools = [pool for _, pool in self._pools.values()]
            for pool in pools:
                pool.end_idle(self._idle_seconds)


def _described(hosted: HostedFunction, directory: Path, *, python: str = "", endpoint: str = "") -> Function:
    settings = hosted.settings
    initializer = settings.instance_lifecycle_config.initializer
    variables = dict(settings.environment_variables)
    if "PYTHONPATH" in variables:  # there the code is at /code, here it isn't
        parts = variables["PYTHONPATH"].split(":")
        variables["PYTHONPATH"] = ":".join(_moved(part, directory) for part in parts)
    return Function(
        name=hosted.name,
        code_directory=directory,
        role_arn=settings.role,
        handler=settings.handler,
        initializer=initializer.handler or None if initializer else None,
        runtime=settings.runtime,
        region=hosted.region,
        timeout_seconds=settings.timeout,
        initializer_timeout_seconds=initializer.timeout if initializer else 3,
        memory_megabytes=settings.memory_size,
        environment={ENDPOINT_VARIABLE: endpoint, **variables},
        python=python,
        owner=hosted.account_id,
    )


def _moved(part: str, directory: Path) -> str:
    if part == _CODE_ON_FC or part.startswith(f"{_CODE_ON_FC}/"):
        return f"{directory}{part.removeprefix(_CODE_ON_FC)}"
    return part


def _outcome(invocation: Invocation) -> Outcome:
    return Outcome(
        instance_id=invocation.instance_id,
        body=invocation.body,
        error_type=invocation.error_type,
        log=invocation.log,
        duration_milliseconds=invocation.duration_milliseconds,
        max_memory_megabytes=invocation.max_memory_megabytes,
    )
