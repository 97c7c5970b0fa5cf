"""What tests deploy, and the vendor's client to deploy and invoke it with."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

from local.cloud import LocalCloud
from local.cloud.world import AccessKey, User
from tests.cloud.acs3 import Keys

ACCOUNT = "1345678901234567"
REGION = "cn-hangzhou"
ROLE = f"acs:ram::{ACCOUNT}:role/fc-inventory"
ECHO = "def handler(event, context):\n    return event\n"

Value = TypeVar("Value")


def zip_of(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of *files*, the same each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def user(cloud: LocalCloud, name: str, *policies: str) -> Keys:
    """Return the keys of a user of company B who has *policies*."""
    key = AccessKey(f"LTAI-{name}", f"secret-of-{name}")
    cloud.world.accounts[ACCOUNT].users[name] = User(name, "200000000000000001", list(policies), [key])
    return Keys(key.access_key_id, key.secret)


@dataclass(frozen=True)
class Deployer:
    """Somebody with keys, and the SDK's client."""

    cloud: LocalCloud
    keys: Keys

    @property
    def client(self) -> Any:
        """The vendor's client, pointed at the cloud by its endpoint."""
        return Client(
            Config(
                protocol="http",
                endpoint=self.cloud.url.removeprefix("http://"),
                region_id=REGION,
                access_key_id=self.keys.access_key_id,
                access_key_secret=self.keys.secret,
                security_token=self.keys.token,
            )
        )

    def deploy(self, name: str, source: str | bytes = ECHO, /, **settings: Any) -> Any:
        """Create a function whose `index.py` is *source* (or whose zip), and return what the cloud says of it."""
        content = source if isinstance(source, bytes) else zip_of({"index.py": source})
        given = {
            "functionName": name,
            "runtime": "python3.10",
            "handler": "index.handler",
            "code": {"zipFile": base64.b64encode(content).decode()},
            **settings,
        }
        request = models.CreateFunctionRequest(body=models.CreateFunctionInput().from_map(given))
        return self.client.create_function(request).body

    def update(self, name: str, **settings: Any) -> Any:
        """Update a function."""
        given = models.UpdateFunctionInput().from_map(settings)
        return self.client.update_function(name, models.UpdateFunctionRequest(body=given)).body

    def invoke(self, name: str, event: bytes = b"", **headers: str) -> Any:
        """Invoke a function; `log_type="Tail"` and so on are the headers x-fc-…."""
        named = models.InvokeFunctionHeaders(**{f"x_fc_{key}": value for key, value in headers.items()})
        request = models.InvokeFunctionRequest(body=event or None)
        return self.client.invoke_function_with_options(name, request, named, RuntimeOptions())

    def trigger(self, function: str, name: str, type_: str, config: Mapping[str, Any]) -> Any:
        """Create a trigger."""
        given = {"triggerName": name, "triggerType": type_, "triggerConfig": json.dumps(config)}
        request = models.CreateTriggerRequest(body=models.CreateTriggerInput().from_map(given))
        return self.client.create_trigger(function, request).body

    def configure_async(self, name: str, **config: Any) -> Any:
        """Put an asynchronous configuration."""
        given = models.PutAsyncInvokeConfigInput().from_map(config)
        return self.client.put_async_invoke_config(name, models.PutAsyncInvokeConfigRequest(body=given)).body


def body_of(answer: Any) -> bytes:
    """Return the bytes that an invocation answered."""
    content = answer.body.read()
    return content if isinstance(content, bytes) else content.encode()


def refusal_of(action: Callable[[], Any]) -> tuple[int, str, str]:
    """Return status, code and message with which *action* is refused."""
    with pytest.raises((ClientException, ServerException)) as caught:
        action()
    error = caught.value
    message = error.message.removeprefix(f"code: {error.status_code}, ").partition(" request id:")[0]
    return error.status_code, error.code, message


def wait_for(look: Callable[[], Value], seconds: float = 5) -> Value:
    """Return what *look* returns as soon as that is something, or at the end of the time."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found
