"""How a slim artefact starts fast: imports that wait, names that are found when asked for, certificates by their hash."""

from __future__ import annotations

import importlib
import ssl
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from artefact import certificates, deferral
from artefact.slimming import slim
from artefact.stand_ins import charset_normalizer, no_cookies
from artefact.stand_ins.deferred import Deferred, import_when_asked
from tests.tools import find_command

LEFT_OUT = (
    r"^aiohttp is not in this artefact, since no call of the function needs it; `make build FULL=1` leaves nothing out$"
)


@pytest.fixture
def without_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiohttp be missing, as in a slim artefact."""

    class Missing:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "aiohttp":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    for name in [name for name in sys.modules if name.partition(".")[0] == "aiohttp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing, *sys.meta_path])


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory of packages that modules are imported from, until the end of the test."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("source", "slimmed"),
    [
        ("import aiohttp\n", 'from __future__ import annotations; from deferred import Deferred; aiohttp = Deferred("aiohttp")\n'),
        ("import os\nimport aiohttp.web\n", 'from __future__ import annotations; import os\nfrom deferred import Deferred; aiohttp = Deferred("aiohttp")\n'),
        ("'Text.'\nimport aiohttp.web as web\n", '"Text."\nfrom __future__ import annotations; from deferred import Deferred; web = Deferred("aiohttp.web")\n'),
        (
            "from __future__ import annotations\nfrom aiohttp import (\n    A,\n    B as C,\n)\nx = 1\n",
            'from __future__ import annotations\nfrom deferred import Deferred; A = Deferred("aiohttp", "A"); C = Deferred("aiohttp", "B")\n\n\n\nx = 1\n',
        ),
        ("from . import inspect, json\n", 'from __future__ import annotations; from . import json; from deferred import Deferred; inspect = Deferred("msgspec.inspect")\n'),
        ("import os\n", "import os\n"),
        ("import aiohttp_of_mine\n", "import aiohttp_of_mine\n"),
        ("def call():\n    import aiohttp\n", "def call():\n    import aiohttp\n"),
        ("try:\n    import aiohttp\nexcept ImportError:\n    pass\n", "try:\n    import aiohttp\nexcept ImportError:\n    pass\n"),
    ],
)  # fmt: skip
def test_imports_of_what_is_deferred_wait(source: str, slimmed: str) -> None:
    """Only an import at the top of a module is rewritten; each line keeps its number, annotations are not evaluated."""
    assert deferral.defer_imports(source, "msgspec").replace("'", '"') == slimmed.replace("'", '"')


def test_a_relative_import_is_known_by_its_full_name() -> None:
    """`from ..inspect import type_info` in msgspec.deep is of msgspec.inspect; in another package it is of another."""
    source = "from ..inspect import type_info\n"

    assert "Deferred('msgspec.inspect', 'type_info')" in deferral.defer_imports(source, "msgspec.deep")
    assert deferral.defer_imports(source, "other.deep") == source


def test_what_is_deferred_imports_its_own_parts_at_once() -> None:
    """When the modules of a deferred package are imported, they are in use."""
    source = "from . import json\nfrom alibabacloud_credentials.provider.refreshable import Credentials\n"

    assert deferral.defer_imports(source, "alibabacloud_credentials.provider") == source


@pytest.mark.parametrize(
    ("source", "slimmed"),
    [
        ("from http.cookiejar import Cookie, CookieJar as J\n", "from no_cookies import Cookie, CookieJar as J\n"),
        ("import os\nfrom http import (\n    cookiejar as jars\n)\nx = 1\n", "import os\nimport no_cookies as jars\n\n\nx = 1\n"),
        ("from http import cookiejar\n", "import no_cookies as cookiejar\n"),
        ("from http import client\n", "from http import client\n"),
        ("from .http import cookiejar\n", "from .http import cookiejar\n"),
        ("if x:\n    from http import cookiejar\n", "if x:\n    from http import cookiejar\n"),
    ],
)  # fmt: skip
def test_a_replaced_module_is_imported_from_its_stand_in(source: str, slimmed: str) -> None:
    """Only an import at the top of a module is rewritten; each line keeps its number."""
    assert deferral.replace_imports(source) == slimmed


def test_a_jar_without_cookies_stays_empty() -> None:
    """What a server sets is not kept, nothing is sent, and who wants to make a cookie reads why there is none."""
    jar = no_cookies.CookieJar()

    jar.extract_cookies("response", "request")
    jar.add_cookie_header("request")

    assert (list(jar), len(jar)) == ([], 0)
    with pytest.raises(ImportError, match=r"^http\.cookiejar is not in this artefact"):
        no_cookies.Cookie(name="a")


@pytest.mark.usefixtures("without_aiohttp")
def test_what_is_left_out_is_named_at_its_first_use() -> None:
    """Naming it costs nothing; using it says which package is missing and what puts it in."""
    module, name = Deferred("aiohttp"), Deferred("aiohttp", "ClientSession")

    with pytest.raises(ImportError, match=LEFT_OUT):
        module.ClientSession  # noqa: B018 - the use itself
    with pytest.raises(ImportError, match=LEFT_OUT):
        name()
    with pytest.raises(ImportError, match=LEFT_OUT):
        isinstance(1, name)  # type: ignore[arg-type]


def test_what_is_there_is_used_as_ever() -> None:
    """A deferred module, function or class does what the real one does."""
    assert Deferred("json").loads("[1]") == [1]
    assert Deferred("json", "loads")("[1]") == [1]
    assert isinstance({}, Deferred("collections.abc", "Mapping"))  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match="'json' has no attribute 'missing'"):
        Deferred("json").missing  # noqa: B018 - the use itself


def test_a_name_is_collected_when_it_is_asked_for(code: Path) -> None:
    """A package that only collects names imports the module of one when it is asked for, and keeps it."""
    package = code / "collecting"
    package.mkdir()
    source = '"""Text."""\nfrom __future__ import annotations\n\nfrom ._a import A, B as C\nfrom ._d import D, E\n\n__all__ = ["A"]\n'
    (package / "__init__.py").write_text(
        deferral.defer_collected(source).replace("deferred", "artefact.stand_ins.deferred"), encoding="utf-8"
    )
    (package / "_a.py").write_text("A, B = 'a', 'b'\n", encoding="utf-8")
    (package / "_d.py").write_text("D, E = 'd', 'e'\n", encoding="utf-8")

    collecting = importlib.import_module("collecting")

    assert "collecting._a" not in sys.modules
    assert (collecting.A, collecting.C) == ("a", "b")
    assert vars(collecting)["A"] == "a"
    assert "collecting._d" not in sys.modules
    with pytest.raises(AttributeError, match=r"^module 'collecting' has no attribute 'missing'$"):
        collecting.missing  # noqa: B018 - the use itself


@pytest.mark.parametrize("more", ["x = 1\n", "import os\n", "from elsewhere import x\n", "from ._x import *\n"])
def test_a_package_that_does_more_than_collect_names_stays(more: str) -> None:
    """Whatever has an effect at import keeps it."""
    source = f"from ._a import A, B, C, D\n{more}"

    assert deferral.defer_collected(source) == source


def test_unknown_names_of_a_package_are_no_attributes() -> None:
    """`hasattr`, and Python itself, ask packages for names that they may lack."""
    package = types.ModuleType("package")
    package.__getattr__ = import_when_asked("package", {})  # type: ignore[method-assign]

    assert not hasattr(package, "missing")


def test_packages_are_slimmed_and_others_are_left_alone(code: Path) -> None:
    """The vendor's packages are rewritten, ours is not, and the stand-ins lie beside them."""
    for name in ("Tea/core.py", "fc_inventory/core.py"):
        (code / name).parent.mkdir()
        (code / name).write_text("import aiohttp\n", encoding="utf-8")

    slim(code)

    assert "Deferred('aiohttp')" in (code / "Tea" / "core.py").read_text(encoding="utf-8")
    assert (code / "fc_inventory" / "core.py").read_text(encoding="utf-8") == "import aiohttp\n"
    assert {path.name for path in code.glob("*.py")} == {"deferred.py", "charset_normalizer.py", "no_cookies.py"}


def test_text_without_a_charset_is_utf_8() -> None:
    """Nobody guesses charsets in a slim artefact."""
    assert charset_normalizer.detect("é".encode()) == {"encoding": "utf-8"}


def test_openssl_finds_each_certificate_by_its_hash(tmp_path: Path) -> None:
    """The directory is as good as the file: a certificate of an authority in it is verified, another is not."""
    openssl = find_command("openssl", "Debian: apt install openssl")
    for name in ("trusted", "other"):
        key_and_certificate = [
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-subj",
            f"/O=  Ünnamed/CN={name.upper()} ca",
        ]
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-utf8", *key_and_certificate],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(
        Path(certifi.where()).read_text(encoding="utf-8") + (tmp_path / "trusted.pem").read_text(encoding="utf-8"),
        encoding="utf-8",
    )

    assert certificates.split(bundle, tmp_path / "directory")

    verified = {}
    for name in ("trusted", "other"):
        command = [openssl, "verify", "-no-CAfile", "-CApath", str(tmp_path / "directory"), f"{name}.pem"]
        verified[name] = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    assert verified == {"trusted": True, "other": False}


def test_without_openssl_the_certificates_stay_in_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody knows the hashes, nothing is written."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not certificates.split(Path(certifi.where()), tmp_path / "directory")
    assert list(tmp_path.iterdir()) == []


def test_ssl_takes_the_directory(tmp_path: Path) -> None:
    """Making a context reads none of the certificates."""
    context = ssl.create_default_context(capath=str(tmp_path))

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.cert_store_stats() == {"x509": 0, "crl": 0, "x509_ca": 0}
