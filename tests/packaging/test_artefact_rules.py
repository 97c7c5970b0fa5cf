"""The rules of the artefact that need no build: which requirements, which files, which libraries."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

import pytest

from artefact import content, libraries, requirements, runtimes
from artefact.runtimes import RUNTIMES
from fc_inventory import regions
from local.runtime.function import Function

ROOT = Path(__file__).parents[2]
X86_64 = b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\x00"
LOCK = """\
# made by a tool
always==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via requirements.in
either==1.0 ; python_full_version < '3.11' \\
    --hash=sha256:cc
either==2.0 ; python_full_version >= '3.11' \\
    --hash=sha256:dd
windows==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:ee
"""


@pytest.mark.parametrize(
    ("runtime", "either"),
    [("python3.10", "either==1.0 --hash=sha256:cc"), ("python3.12", "either==2.0 --hash=sha256:dd")],
)
def test_markers_hold_for_the_runtime_not_for_this_python(runtime: str, either: str) -> None:
    """Of one lock for all Pythons, each runtime gets its own lines, with all their hashes."""
    chosen = requirements.select(LOCK, RUNTIMES[runtime])

    assert chosen == f"always==1.0 --hash=sha256:aa --hash=sha256:bb\n{either}\n"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"])
def test_locks_pin_everything_and_name_no_place(name: str) -> None:
    """Each requirement has one version and hashes; no index, address or path of a machine is in a lock."""
    lock = (ROOT / name).read_text(encoding="utf-8")
    lines = [" ".join(line.split()) for line in lock.replace("\\\n", " ").splitlines()]
    pinned = [line for line in lines if line and not line.startswith("#")]

    assert pinned
    assert [
        line for line in pinned if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ;.*?)?( --hash=sha256:[0-9a-f]{64})+", line)
    ] == []
    assert re.findall(r"://|--index|--find-links|@ ", lock) == []


def test_the_lock_of_npm_pins_everything_by_hash() -> None:
    """Each package has the hash of its one version, wherever it comes from; CI runs no script of theirs."""
    lock = json.loads((ROOT / "tests" / "npm" / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((ROOT / "tests" / "npm" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert {name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")} == set()
    assert {name for name, entry in packages.items() if "resolved" in entry} == set()
    assert re.findall(r"npm (?:ci|install|i)\b.*", (ROOT / ".ci" / "run").read_text(encoding="utf-8")) == [
        "npm ci --silent --ignore-scripts --no-audit --no-fund --prefix tests/npm"
    ]


def test_the_development_lock_has_what_ships_in_the_same_version() -> None:
    """Tests run with the very versions that are deployed."""
    shipped, developed = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert shipped - developed == set()


@pytest.mark.parametrize(
    ("path", "shipped"),
    [
        ("requests/sessions.py", True),
        ("cryptography/hazmat/bindings/_rust.abi3.so", True),
        ("_cffi_backend.cpython-310-x86_64-linux-gnu.so", True),
        ("certifi/cacert.pem", True),
        ("typing_extensions.py", True),
        ("yaml/_yaml.cpython-310-x86_64-linux-gnu.so", True),
        ("attr/__init__.pyi", False),
        ("aiohttp/_websocket/mask.pxd", False),
        ("yarl/py.typed", False),
        ("requests-2.34.2.dist-info/METADATA", False),
        ("websocket/tests/test_http.py", False),
        ("multidict/_testcapi.cpython-310-x86_64-linux-gnu.so", False),
        ("cffi/api.py", False),
        ("pycparser/c_ast.py", False),
        ("bin/wsdump", False),
    ],
)
def test_only_what_runs_ships(path: str, shipped: bool) -> None:
    """Code, libraries and certificates ship; types, sources of libraries, tests, metadata and commands don't."""
    assert content.ships(PurePosixPath(path), full=True) is shipped


@pytest.mark.parametrize(
    ("path", "shipped"),
    [
        ("requests/sessions.py", True),
        ("yaml/reader.py", True),
        ("yaml/_yaml.cpython-310-x86_64-linux-gnu.so", False),
        ("cryptography/hazmat/bindings/_rust.abi3.so", False),
        ("_cffi_backend.cpython-310-x86_64-linux-gnu.so", False),
        ("typing_extensions.py", False),
        ("attrs/__init__.py", False),
        ("attributes.py", True),
    ],
)
def test_a_slim_artefact_has_what_calls_run(path: str, shipped: bool) -> None:
    """Unless everything is asked for, packages and libraries that no call of the function runs are left out."""
    assert content.ships(PurePosixPath(path), full=False) is shipped


def test_the_newest_glibc_that_a_library_names_counts() -> None:
    """Versions are compared as numbers: 2.28 is newer than 2.4, and a library without any needs none."""
    assert libraries.glibc_needed(b"\0GLIBC_2.4\0GLIBC_2.28\0GLIBC_2.3.4\0GLIBC_PRIVATE\0") == (2, 28)
    assert libraries.glibc_needed(b"\0static\0") == (0, 0)


@pytest.mark.parametrize(
    ("name", "library", "mistake"),
    [
        ("ok.abi3.so", X86_64 + b"\0GLIBC_2.28\0", None),
        ("ok.cpython-310-x86_64-linux-gnu.so", X86_64, None),
        ("new.so", X86_64 + b"\0GLIBC_2.29\0", "new.so needs glibc 2.29, python3.10 has 2.28"),
        ("arm.so", X86_64[:18] + b"\xb7\x00", "arm.so is not a library for x86_64"),
        ("mac.so", b"\xcf\xfa\xed\xfe" + bytes(16), "mac.so is not a library for x86_64"),
        (
            "py.cpython-311-x86_64-linux-gnu.so",
            X86_64,
            "py.cpython-311-x86_64-linux-gnu.so is built for CPython 311, not 310",
        ),
    ],
)
def test_a_library_loads_or_is_named(name: str, library: bytes, mistake: str | None, tmp_path: Path) -> None:
    """A library for another processor, a newer glibc or another Python is found, with the reason."""
    (tmp_path / name).write_bytes(library)

    assert list(libraries.mistakes(tmp_path, RUNTIMES["python3.10"])) == ([mistake] if mistake else [])


def test_wheels_are_tried_from_the_newest_that_loads() -> None:
    """No tag promises a glibc that the runtime lacks; the best comes first, the oldest names last."""
    platforms = RUNTIMES["python3.10"].platforms

    assert platforms[:2] == ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64")
    assert platforms[-3:] == ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")


def test_every_region_of_the_default_runtime_is_one_of_function_compute() -> None:
    """No slip of the pen in the table; Singapore, Kuala Lumpur and Jakarta are not in it, nor are closed regions."""
    assert runtimes.REGIONS_OF_DEFAULT < regions.KNOWN
    assert {
        "ap-southeast-1",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-2",
        "ap-south-1",
        "me-central-1",
    } <= regions.KNOWN - runtimes.REGIONS_OF_DEFAULT


def test_what_serverless_devs_alone_deploys_is_the_default_runtime() -> None:
    """s.yaml, the builder and the local runtime agree."""
    declared = re.search(r"env\('RUNTIME', '(.*?)'\)", (ROOT / "s.yaml").read_text(encoding="utf-8"))

    assert declared
    assert declared[1] == runtimes.DEFAULT == Function(name="f", code_directory=ROOT, role_arn="").runtime
