"""A server that is nobody's API: whatever it sends, the answer is a report, in time, that claims nothing."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import urllib3

from local.cloud import LocalCloud
from tests.function.deployment import COMPANY_A, Deployment

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
ASSUMED = json.dumps(
    {
        "RequestId": "R",
        "AssumedRoleUser": {"Arn": "a", "AssumedRoleId": "b"},
        "Credentials": {
            "AccessKeyId": "STS.hostile",
            "AccessKeySecret": "hostile-secret",
            "SecurityToken": "hostile-token",
            "Expiration": "2999-01-01T00:00:00Z",
        },
    }
).encode()

Misbehaviour = Callable[[socket.socket], None]


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def sends(content: bytes) -> Misbehaviour:
    return lambda client: client.sendall(content)


def never_ends(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    for _ in range(400):
        client.sendall(b" " * 65_536)


def drips(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(100):
        client.sendall(b"x")
        time.sleep(0.05)


def drips_headers(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        client.sendall(f"x-{number}: y\r\n".encode())
        time.sleep(0.05)


MISBEHAVIOURS: dict[str, Misbehaviour] = {
    "closes": lambda client: client.close(),
    "speaks another protocol": sends(b"220 smtp.example.com ESMTP\r\n"),
    "sends a thousand headers": sends(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1000 + b"\r\n"),
    "sends a broken chunk": sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    "nests too deeply": sends(answer(b"[" * 200_000)),
    "nests too deeply where nothing is read": sends(answer(b'{"services": [], "functions": [], "x": ' + b"[" * 200_000)),
    "sends text that is not UTF-8": sends(answer(b'{"services": [{"serviceName": "\xff"}], "functions": [{"functionName": "\xff"}]}')),
    "nests a list in the list": sends(answer(b'{"services": [[]], "functions": [[]]}')),
    "sends the wrong types": sends(answer(b'{"services": "all", "functions": {"a": 1}, "nextToken": 7}')),
    "sends a token that is no text": sends(answer(b'{"services": [], "functions": [], "nextToken": {"a": 1}}')),
    "sends NaN": sends(answer(b"NaN")),
    "packs a bomb": sends(answer(gzip.compress(b" " * 40_000_000), "content-encoding: gzip")),
    "lies about gzip": sends(answer(b"{}", "content-encoding: gzip")),
    "answers 204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "answers 304": sends(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "answers 401 in HTML": sends(answer(b"<html>", status="401 Unauthorized")),
    "answers 999": sends(answer(b"{}", status="999 Strange")),
    "redirects to nonsense": sends(answer(b"", "location: http://[", status="302 Found")),
    "echoes the token": sends(answer(b'{"Code": "X", "Message": "hostile-token hostile-secret STS.hostile"}', status="403 Forbidden")),
    "forges a log line": sends(answer(b'{"Code": "X\\n{}", "Message": "a\\nb\\u001b[2J"}', status="403 Forbidden")),
    "never ends": never_ends,
    "drips": drips,
    "drips headers": drips_headers,
}  # fmt: skip


class HostileServer:
    """Answers AssumeRole as STS would, and every listing with *misbehaviour*."""

    def __init__(self, misbehaviour: Misbehaviour) -> None:
        self.misbehaviour = misbehaviour
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            request = client.recv(65_536)
            if b"AssumeRole" in request:
                client.sendall(answer(ASSUMED, "connection: close"))
            else:
                self.misbehaviour(client)


@pytest.fixture
def hostile(request: pytest.FixtureRequest) -> Iterator[HostileServer]:
    """A running hostile server; the parameter names what it does."""
    server = HostileServer(MISBEHAVIOURS[request.param])
    yield server
    server.listener.close()


@pytest.mark.parametrize("hostile", MISBEHAVIOURS, indirect=True)
def test_a_hostile_server_gets_a_failed_report_and_no_more(
    hostile: HostileServer, cloud: LocalCloud, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is claimed, nothing leaks, nothing hangs, and no line is forged."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.005)
    deployed = Deployment(
        cloud, {"access_key_id": "STS.caller", "access_key_secret": "caller-secret", "security_token": "caller-token"}
    )
    deployed.configure(COMPANY_A, FC_INVENTORY_ENDPOINT=hostile.url)
    began = time.monotonic()

    text = deployed.invoke(timeout_seconds=2)

    assert time.monotonic() - began < 2
    report = json.loads(text)
    jsonschema.validate(report, SCHEMA)
    (outcome,) = report["outcomes"]
    assert (outcome["status"], outcome["services"], outcome["functions"]) == ("failed", None, None)
    log = "".join(capfd.readouterr())
    assert not [
        secret for secret in ("hostile-secret", "hostile-token", "STS.hostile", "caller-secret") if secret in text + log
    ]
    assert all(json.loads(line)["request_id"] == report["request_id"] for line in log.splitlines())


@pytest.mark.parametrize("hostile", MISBEHAVIOURS, indirect=True)
def test_a_check_of_a_hostile_server_ends_in_time(
    hostile: HostileServer, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor, too, answers before the function's time-out, and calls nothing well that it has not seen."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.005)
    keys = {"access_key_id": "STS.caller", "access_key_secret": "caller-secret", "security_token": "caller-token"}
    deployed = Deployment(cloud, keys)
    deployed.configure(COMPANY_A, FC_INVENTORY_ENDPOINT=hostile.url)
    began = time.monotonic()

    report = deployed.report({"check": True}, timeout_seconds=2)

    assert time.monotonic() - began < 2
    assert report["status"] == "broken"


def test_calls_share_their_connections(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a body by pieces gives its connection back: a warm instance opens no more than it has listings."""
    deployed.invoke()
    opened: list[str] = []
    connect = urllib3.connection.HTTPConnection.connect

    def counted(connection: urllib3.connection.HTTPConnection) -> None:
        opened.append(connection.host)
        connect(connection)

    monkeypatch.setattr(urllib3.connection.HTTPConnection, "connect", counted)

    for _ in range(5):
        deployed.invoke()

    assert len(opened) <= 2
    assert deployed.calls("ListServices") == 6


def test_all_hosts_share_one_tls_context(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would cost tens of milliseconds of CPU, and every account of FC 2.0 has a host of its own."""
    made: list[int] = []
    create = ssl.create_default_context

    def counted(*given: Any, **named: Any) -> ssl.SSLContext:
        made.append(1)
        return create(*given, **named)

    deployed.invoke()
    monkeypatch.setattr(ssl, "create_default_context", counted)
    regions = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-1"]  # hosts that no other test has called
    deployed.configure({**COMPANY_A, "regions": regions})

    report = deployed.report()

    assert report["summary"]["outcomes"] == 4
    assert made == []
