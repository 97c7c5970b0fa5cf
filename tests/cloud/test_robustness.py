"""Whatever arrives, the cloud answers in good order, tells no inner secrets, and goes on serving."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from local.cloud import LocalCloud, load_world
from local.cloud.gateway import Gateway
from local.cloud.resetting import Reset
from local.cloud.serving import make_app
from tests.cloud.acs3 import Keys
from tests.cloud.clients import A_HOST, list_functions_call, list_services_call
from tests.cloud.envelopes import fc2, fc3


@pytest.fixture(autouse=True)
def still_serving(cloud: LocalCloud) -> Iterator[None]:
    """Check after each test that the cloud still answers."""
    yield
    assert httpx.get(f"{cloud.url}/_local/health", trust_env=False).status_code == 200


def exchange(cloud: LocalCloud, raw: bytes) -> bytes:
    """Send *raw* bytes and return everything that comes back."""
    host, port = cloud.url.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=5)) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /2021-04-06/services HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /2021-04-06/services HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET http://a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /%zz?%zz=%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
        (b"BREW / HTTP/1.1\r\nHost: sts.aliyuncs.com\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: " + b"a" * 70_000, b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"404"),
        (b"POST / HTTP/1.1\r\nHost: sts.aliyuncs.com\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    ],
)
def test_broken_requests_get_an_answer(cloud: LocalCloud, raw: bytes, status: bytes) -> None:
    """Malformed HTTP, hosts, paths and methods."""
    answer = exchange(cloud, raw)

    assert answer.split(b" ", 2)[1] == status
    assert b"Traceback" not in answer


def test_a_whole_url_may_be_the_target(cloud: LocalCloud, in_company_a: Keys) -> None:
    """As clients send it through a proxy: its host counts, whatever `Host` says, and the signature covers its path."""
    call = list_services_call(in_company_a, limit="1")
    headers = call.signed_headers() | {"host": "elsewhere\t", "connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    answer = exchange(cloud, f"GET HTTP://{A_HOST}/2021-04-06/services?limit=1 HTTP/1.1\r\n{head}\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["services"][0]["serviceName"] == "billing"
    assert (cloud.requests[-1].host, cloud.requests[-1].path) == (A_HOST, "/2021-04-06/services")


def test_a_whole_url_reaches_the_cloud_s_own_paths(cloud: LocalCloud) -> None:
    """Those of the control, and nothing of them under another host."""
    ask = "GET http://{}/_local/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    own = exchange(cloud, ask.format(cloud.url.removeprefix("http://")).encode())
    foreign = exchange(cloud, ask.format("evil.example").encode())

    assert own.endswith(b'{"status":"ok"}')
    assert foreign.split(b" ", 2)[1] == b"403"


def test_a_client_that_leaves_early_is_no_harm(cloud: LocalCloud) -> None:
    """In the middle of a body that it had promised."""
    answer = exchange(cloud, b"POST / HTTP/1.1\r\nHost: sts.aliyuncs.com\r\nContent-Length: 100\r\n\r\nhalf")

    assert answer == b""
    assert cloud.requests == []


def test_head_is_answered_without_a_body(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Function Compute's listing has no HEAD."""
    answer = list_services_call(in_company_a).but(method="HEAD").send(cloud.url)

    assert (answer.status_code, answer.content) == (400, b"")


def test_a_query_that_is_not_text_is_refused(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Signed correctly over its bytes, but not UTF-8."""
    answer = list_services_call(in_company_a, prefix="\udcff").send(cloud.url)

    assert (answer.status_code, answer.json()) == (
        400,
        fc2("InvalidArgument", "The parameters could not be read."),
    )


def test_a_body_over_ten_megabytes_is_refused(cloud: LocalCloud, in_company_a: Keys) -> None:
    """Read to its end, but not kept."""
    answer = list_functions_call(in_company_a).but(body=b"x" * (10 * 1024 * 1024 + 1)).send(cloud.url)

    message = "payload size exceeds maximum allowed size (10485760 bytes)"
    assert (answer.status_code, answer.json()) == (400, fc3(answer, "EntityTooLarge", message))


def test_a_chunked_body_is_verified_as_a_whole(cloud: LocalCloud, in_company_a: Keys) -> None:
    """The hash is that of the body, not of the chunks."""
    call = list_functions_call(in_company_a).but(body=b"twelve bytes")
    head = "".join(f"{name}: {value}\r\n" for name, value in call.signed_headers().items())
    raw = f"GET {call.path} HTTP/1.1\r\n{head}transfer-encoding: chunked\r\nconnection: close\r\n\r\n"

    good = exchange(cloud, raw.encode() + b"6\r\ntwelve\r\n6\r\n bytes\r\n0\r\n\r\n")
    again = "".join(f"{name}: {value}\r\n" for name, value in call.signed_headers().items())
    raw = f"GET {call.path} HTTP/1.1\r\n{again}transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    bad = exchange(cloud, raw.encode() + b"6\r\ntwelve\r\n6\r\n_bytes\r\n0\r\n\r\n")

    assert good.startswith(b"HTTP/1.1 200")
    assert bad.startswith(b"HTTP/1.1 403")
    assert b"SignatureNotMatch" in bad


def test_a_fault_of_the_cloud_itself_tells_nothing() -> None:
    """An exception inside is answered as an internal error, without its text."""

    def broken() -> object:
        raise RuntimeError("secret detail")

    gateway = Gateway(load_world(), broken)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(make_app(gateway, Reset(gateway)), raise_app_exceptions=False)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/2023-03-30/functions")

    answer = asyncio.run(ask())

    message = "an internal error has occurred. Please retry."
    assert (answer.status_code, answer.json()) == (500, {"Code": "InternalServerError", "Message": message})


texts = some.text(some.characters(min_codepoint=33, max_codepoint=126), max_size=30)
names = some.sampled_from(["authorization", "x-acs-version", "x-acs-action", "x-acs-date", "content-type"])
hosts = some.sampled_from(["sts.aliyuncs.com", "fcv3.cn-hangzhou.aliyuncs.com", "127.0.0.1", "a"])
heads = some.tuples(some.sampled_from(["GET", "POST", "PUT"]), texts, texts, hosts)


@given(heads, some.dictionaries(names, texts), some.binary(max_size=50))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_request_breaks_the_cloud(
    cloud: LocalCloud, head: tuple[str, str, str, str], headers: dict[str, str], body: bytes
) -> None:
    """Whatever stands in it, the answer is a refusal in JSON."""
    method, path, query, host = head
    lines = [f"{method} /{path}?{query} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]

    answer = exchange(cloud, "\r\n".join([*lines, "", ""]).encode() + body)

    assert answer.split(b" ", 2)[1] in (b"400", b"403", b"404")
    assert b'{"' in answer
