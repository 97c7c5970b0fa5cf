"""The world that is asked, and the requests, signed by ACS3-HMAC-SHA256, each with a nonce of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from datetime import datetime, timezone

KEY_ID, SECRET, ACCOUNT = "LTAIbenchmark0001", "benchmark-secret", "1900000000000001"
HOST = f"{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com"
OTHERS = 100


def make_world(functions: int) -> str:
    """Return a world file, in JSON: accounts that nobody asks for, and behind them one with so many functions."""
    others = [
        {"id": str(1_800_000_000_000_000 + number), "users": [{"name": "user", "access_keys": [{}]}]}
        for number in range(OTHERS)
    ]
    reader = {
        "name": "reader",
        "policies": ["AliyunFCReadOnlyAccess"],
        "access_keys": [{"id": KEY_ID, "secret": SECRET}],
    }
    region = {
        "id": "cn-hangzhou",
        "services": [{"name": "service-{n:05}", "count": 100}],
        "functions": [{"name": "function-{n:05}", "count": functions}],
    }
    return json.dumps({"accounts": [*others, {"id": ACCOUNT, "users": [reader], "regions": [region]}]})


def list_services() -> bytes:
    """Return a ListServices of the default page: 20 services."""
    return _sign("ListServices", "2021-04-06", "/2021-04-06/services", "")


def list_functions(start: int) -> bytes:
    """Return a ListFunctions of 100 functions from the one numbered *start* on."""
    query = f"limit=100&prefix=function-&startKey=function-{start:05}"
    return _sign("ListFunctions", "2023-03-30", "/2023-03-30/functions", query)


def hello() -> bytes:
    """Return a request for the bare Starlette with the same headers."""
    return _sign("ListServices", "2021-04-06", "/", "")


def _sign(action: str, version: str, path: str, query: str) -> bytes:
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": HOST,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-version": version,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"GET\n{path}\n{query}\n{lines}\n{names}\n{empty}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={names},Signature={signature}"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path}{'?' if query else ''}{query} HTTP/1.1\r\n{head}\r\n".encode()
