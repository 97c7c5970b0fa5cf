"""build/code, where `make build` has made it from the sources as they are (a stale one is told): what ships, and that it loads."""

from __future__ import annotations

import importlib
import io
import json
import re
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import certifi
import pytest

from artefact import bytecode, certificates, content, libraries, records
from artefact.runtimes import RUNTIMES, Runtime
from tests.tools import find_command, miss

ROOT = Path(__file__).parents[2]
CODE = ROOT / "build" / "code"

OURS = {"index.py", "fc_inventory"}
THEIRS = """
Tea alibabacloud_credentials alibabacloud_credentials_api alibabacloud_endpoint_util alibabacloud_fc20230330
alibabacloud_fc_open20210406 alibabacloud_gateway_fc_util alibabacloud_gateway_spi alibabacloud_openapi_util
alibabacloud_sts20150401 alibabacloud_tea_openapi alibabacloud_tea_util darabonba idna msgspec requests urllib3 yaml
"""
STAND_INS = {"deferred.py", "charset_normalizer.py", "no_cookies.py", "certifi.py", "certificates"}
LEFT_OUT = """
aiofiles aiohappyeyeballs aiohttp aiosignal apscheduler attr attrs certifi charset_normalizer cryptography frozenlist
multidict propcache typing_extensions.py tzlocal websocket _yaml yarl
"""
ONLY = {"python3.10": {"async_timeout"}, "python3.12": set[str]()}
SLIM_ZIP_BYTES = 3_500_000


@pytest.fixture
def record() -> records.Record:
    """Return what build/code was made from; a missing or a stale one is not judged."""
    found = records.read(CODE)
    if found is None:
        miss("build/code is missing: make build")
    if found.inputs != records.digest(ROOT):
        miss("build/code is stale, made from other sources, builder or locks than these: make build")
    return found


@pytest.fixture
def runtime(record: records.Record) -> Runtime:
    """Return the runtime that build/code was made for."""
    return RUNTIMES[record.runtime]


@pytest.fixture
def slim(record: records.Record, runtime: Runtime) -> Runtime:
    """Return the runtime of build/code; skip where it was made by `make build FULL=1`."""
    if record.full:
        pytest.skip("build/code is full")
    return runtime


@pytest.fixture
def interpreter(runtime: Runtime) -> str:
    """Return the command of the Python that build/code was made for; skip where this machine has none."""
    found = bytecode.find_interpreter(runtime)
    if found is None:
        pytest.skip(f"no Python {runtime.version} on this machine")
    return found


def invoke(kind: str, *options: str) -> dict[str, Any]:
    """Return the report of one invocation in the local cloud's default world."""
    command = [sys.executable, "-m", "local", "invoke", "--kind", kind, "--event", "{}", "--no-log", *options]
    report: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return report


def run(interpreter: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run *script* with the artefact as the only place that packages come from, and warnings shown."""
    script = f"import sys; sys.path.insert(0, {str(CODE)!r}); {script}"
    options = ["-I", "-S", "-B", "-W", "always"]
    return subprocess.run([interpreter, *options, "-c", script], capture_output=True, text=True, check=False)


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[int]:
    """Run a server on loopback that answers each GET; give its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_exactly_this_ships(record: records.Record, runtime: Runtime) -> None:
    """The top of the artefact is our two names, the packages that run, and what stands in for the others.

    A targets document beside them is its user's.
    """
    names = {path.name for path in CODE.iterdir()} - {"__pycache__"} - content.TARGETS_DOCUMENTS
    backend = f"_cffi_backend.cpython-{runtime.tag}-x86_64-linux-gnu.so"

    expected = OURS | set(THEIRS.split())
    if record.full:
        assert names == expected | set(LEFT_OUT.split()) | ONLY[runtime.name] | {backend}
    else:
        assert names == expected | STAND_INS


def test_every_file_is_of_a_kind_that_runs(runtime: Runtime) -> None:
    """Code, its byte code, libraries it can load, certificates, and the parts of our page: no other file is in it."""
    page, certificates = CODE / "fc_inventory" / "browser", CODE / "certificates"
    targets = {CODE / name for name in content.TARGETS_DOCUMENTS}
    files = {path for path in CODE.rglob("*") if path.is_file()} - targets
    kinds = {path.suffix for path in files if path.parent not in (page, certificates)}
    byte_code = {path.name.split(".")[-2] for path in CODE.rglob("*.pyc")}

    assert kinds - {".pyc", ".pem"} == {".py", ".so"}
    assert byte_code <= {f"cpython-{runtime.tag}"}
    assert list(libraries.mistakes(CODE, runtime)) == []
    assert {path.suffix for path in page.iterdir()} == {".css", ".html", ".js"}


def test_it_loads_on_its_own(interpreter: str) -> None:
    """The runtime's Python imports handler, initializer and SDKs from this directory alone, without a warning."""
    finished = run(interpreter, "import index; print(callable(index.handler), callable(index.initialize))")

    assert (finished.stdout, finished.stderr) == ("True True\n", "")


@pytest.mark.parametrize("kind", ["invoke", "http", "timer"])
def test_it_answers_as_the_sources_do(kind: str, runtime: Runtime, interpreter: str) -> None:
    """What was left out of the packages is not missed: signed calls, pages and refusals give the sources' own answer."""
    staged = invoke(kind, "--code", str(CODE), "--python", interpreter, "--runtime", runtime.name)

    assert staged["summary"] == invoke(kind)["summary"]
    assert staged["summary"]["complete"] > 0


def test_a_slim_artefact_is_small(slim: Runtime) -> None:
    """Function Compute downloads and unpacks the code for each new instance."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in CODE.rglob("*"):
            archive.write(path, path.relative_to(CODE))

    assert len(packed.getvalue()) <= SLIM_ZIP_BYTES, slim.name


@pytest.mark.parametrize(
    ("statement", "package"),
    [
        ("import darabonba.core; darabonba.core.aiohttp.ClientSession", "aiohttp"),
        ("from alibabacloud_tea_openapi import utils; utils.load_pem_private_key(b'', None)", "cryptography"),
        ("import requests; requests.get('http://localhost', cookies={'a': 'b'})", "http.cookiejar"),
        ("import darabonba.websocket; darabonba.websocket.websocket.WebSocketApp", "websocket"),
        ("from alibabacloud_credentials.provider import EcsRamRoleCredentialsProvider as E; E()", "apscheduler"),
    ],
)
def test_what_is_left_out_is_named_when_it_is_needed(
    statement: str, package: str, slim: Runtime, interpreter: str
) -> None:
    """Whoever comes to need a package that is not in the artefact reads which, and what puts it in."""
    finished = run(interpreter, statement)

    assert finished.returncode == 1, slim.name
    assert finished.stderr.splitlines()[-1] == (
        f"ImportError: {package} is not in this artefact, since no call of the function needs it; "
        "`make build FULL=1` leaves nothing out"
    )


def test_a_cold_start_imports_nothing_in_vain(slim: Runtime, interpreter: str) -> None:
    """Each of these takes up to ten milliseconds, and no listing needs it; `deferred.py` and lazy imports keep it so."""
    in_vain = (
        "asyncio csv dataclasses difflib http.cookiejar inspect pathlib tempfile urllib.request xml yaml zipfile "
        "fc_inventory.check fc_inventory.page"
    )

    finished = run(interpreter, f"import index; print(*(name for name in {in_vain.split()!r} if name in sys.modules))")

    assert (finished.stdout, finished.stderr) == ("\n", ""), slim.name


def test_a_server_is_verified_by_a_certificate_in_the_directory(
    slim: Runtime, interpreter: str, tmp_path: Path
) -> None:
    """A TLS connection needs nothing that is left out; a server whose certificate is not in the directory is refused."""
    openssl, verdicts = find_command("openssl", "Debian: apt install openssl"), {}
    for name in ("trusted", "other"):
        command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}"]
        files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subprocess.run([*command, *files], cwd=tmp_path, check=True, capture_output=True)
    assert certificates.split(tmp_path / "trusted.pem", tmp_path / "directory")
    for name in ("trusted", "other"):
        with tls_server(tmp_path / f"{name}.pem", tmp_path / f"{name}.key") as port:
            script = (
                f"import requests.utils; requests.utils.DEFAULT_CA_BUNDLE_PATH = {str(tmp_path / 'directory')!r};"
                "from fc_inventory.transport import Session, TlsAdapter, exchange; session = Session();"
                "session.mount('https://', TlsAdapter()); import contextlib\n"
                f"with contextlib.suppress(OSError): session.get('https://localhost:{port}/', timeout=5)\n"
                "print(exchange.status, exchange.transport)"
            )
            verdicts[name] = run(interpreter, script).stdout

    assert verdicts == {"trusted": "200 None\n", "other": "None tls_failed\n"}, slim.name


def test_every_model_of_the_sdks_is_still_there(slim: Runtime, interpreter: str) -> None:
    """Models that wait until they are asked for are found then, each once, whatever uses it."""
    names = {
        module: sorted(name for name, value in vars(importlib.import_module(module)).items() if isinstance(value, type))
        for module in (
            "alibabacloud_fc20230330.models",
            "alibabacloud_fc_open20210406.models",
            "alibabacloud_sts20150401.models",
        )
    }
    script = (
        f"import importlib; names = {names!r}; found = {{module: importlib.import_module(module) for module in names}};"
        "classes = [getattr(found[module], name) for module in names for name in names[module]];"
        "classes == [getattr(found[module], name) for module in names for name in names[module]] and print(len(classes));"
        "f = found['alibabacloud_fc_open20210406.models'];"
        "print(type(f.GetServiceResponse().from_map({'body': {'vpcConfig': {}}}).body.vpc_config) is f.VPCConfig)"
    )

    finished = run(interpreter, script)

    count = sum(map(len, names.values()))
    assert (finished.stdout, finished.stderr) == (f"{count}\nTrue\n", ""), slim.name
    assert count > 500


def test_it_trusts_the_pinned_certificates(slim: Runtime, interpreter: str) -> None:
    """Each certificate of certifi is in the directory that stands in for it, under a name that OpenSSL looks up."""
    finished = run(
        interpreter,
        "import certifi, os; print(*sorted(os.listdir(certifi.where())), sep=chr(10)); print(certifi.where())",
    )

    *names, place = finished.stdout.splitlines()
    assert place == str(CODE / "certificates"), slim.name
    assert all(re.fullmatch(r"[0-9a-f]{8}\.\d", name) for name in names)
    bundle = Path(certifi.where()).read_text(encoding="utf-8")  # a machine may have added certificates of its own
    assert len(names) > 100
    assert [name for name in names if (CODE / "certificates" / name).read_text(encoding="utf-8") not in bundle] == []
