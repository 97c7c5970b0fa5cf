"""What runs functions for the cloud: gives each event its keys and hands it to the host, off the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from local.cloud.errors import Refusal
from local.cloud.functions.deployment import Deployment
from local.cloud.functions.host import FunctionHost, HostedFunction, Outcome, SessionKeys, Work
from local.cloud.service_sessions import issue_service_session
from local.cloud.world import Session, World

FC_SERVICE = "fc.aliyuncs.com"
_THREADS = 256
_KEPT_AFTER_END = timedelta(hours=1)

Result = TypeVar("Result")


class Platform:
    """The running side of Function Compute.

    `host` may be None: then nothing can be invoked. `cloud_url` is known once the cloud runs.
    """

    def __init__(self, world: World, clock: Callable[[], datetime], host: FunctionHost | None = None) -> None:
        self.world = world
        self.clock = clock
        self.cloud_url = ""
        self._host = host
        self._threads = ThreadPoolExecutor(_THREADS, "local-cloud-function")
        self._tasks: set[asyncio.Task[None]] = set()
        self._issued: deque[Session] = deque()

    @property
    def host(self) -> FunctionHost:
        """The host; raises Refusal where there is none."""
        if self._host is None:
            raise Refusal(500, "InternalServerError", "this local cloud was started without a host for functions")
        return self._host

    def open(self, cloud_url: str) -> None:
        """Let functions run, and call the cloud at *cloud_url*."""
        self.cloud_url = cloud_url
        if self._host:
            self._host.open(cloud_url)

    async def close_after(self, ended: asyncio.Event) -> None:
        """Wait until *ended*, then end all functions at once."""
        await ended.wait()
        for task in self._tasks:
            task.cancel()
        if self._host:
            await self.run(self._host.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def find(self, account_id: str, region: str, name: str) -> Deployment | None:
        """Return the deployed function, or None."""
        account = self.world.accounts.get(account_id)
        inventory = account.inventories.get(region) if account else None
        return inventory.deployments.get(name) if inventory else None

    async def deliver(self, work: Work) -> Outcome:
        """Return what became of *work*; raises Refusal where it could not be delivered."""
        return await self.run(lambda: self.host.invoke(work))

    async def run(self, step: Callable[[], Result]) -> Result:
        """Run *step*, which takes time, without holding up the others."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, step)

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Let *work* go on by itself; it ends with the cloud at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def retire(self, account_id: str, region: str, name: str) -> None:
        """End the idle instances of a function that was changed or deleted."""
        if self._host:
            host = self._host
            self._threads.submit(host.retire, (account_id, region, name))

    def work(self, where: tuple[str, str], deployment: Deployment, event: bytes, request_id: str) -> Work:
        """Return *event* as work for the function *deployment* of an account and region; raises Refusal.

        The execution role is assumed for each event, so that its keys are fresh.
        """
        if deployment.archive is None:
            raise Refusal(
                400, "InvalidArgument", f"function '{deployment.name}' of the world file has no code: deploy some first"
            )
        account_id, region = where
        hosted = HostedFunction(
            account_id, region, deployment.name, deployment.revision, deployment.settings, deployment.archive
        )
        return Work(hosted, event, request_id, self._keys(deployment.settings.role, request_id))

    def _keys(self, role_arn: str, request_id: str) -> SessionKeys:
        if not role_arn:
            return SessionKeys()
        try:
            session = issue_service_session(
                self.world, role_arn, service=FC_SERVICE, session_name=request_id, now=self.clock()
            )
        except Refusal as refusal:
            message = f"Function Compute may not assume the role {role_arn}: {refusal.code}: {refusal.message}"
            raise Refusal(403, "AccessDenied", message) from refusal
        self._issued.append(session)
        self._forget_sessions()
        return SessionKeys(session.access_key_id, session.secret, session.token)

    def _forget_sessions(self) -> None:
        """Forget sessions of functions that ended long ago: there is one for each event."""
        while self._issued and self._issued[0].expires + _KEPT_AFTER_END < self.clock():
            self.world.sessions.pop(self._issued.popleft().access_key_id, None)
