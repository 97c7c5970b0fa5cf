"""What every test starts from: an environment without settings or keys of the machine it runs on."""

import os
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, max_examples=60)  # a busy machine is no error
settings.load_profile("suite")

FOREIGN_PREFIXES = ("ALIBABA_CLOUD_", "FC_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "DEBUG")
SETTINGS = (
    "ROLE_ARN",
    "EXTERNAL_ID",
    "REGIONS",
    "TARGETS",
    "TARGETS_FILE",
    "DURATION_SECONDS",
    "ROLE_SESSION_NAME",
    "LOG_LEVEL",
    "SHARD_DIR",
    "SNAPSHOT_DIR",
    "SNAPSHOT_KEEP",
)


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_auto_num_workers() -> int:
    """Return one more process than there are cores, since tests wait for clocks, but not many: each imports everything."""
    return min((os.cpu_count() or 1) + 1, 5)


@pytest.fixture(scope="session", autouse=True)
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let clients of loopback servers read one certificate, not all: hundreds of them would take ten seconds."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(f"{first}{end}\n", encoding="utf-8")
    os.environ["SSL_CERT_FILE"] = str(path)


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """Take away what would change an answer, and put everything back afterwards."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(FOREIGN_PREFIXES) or name in SETTINGS:
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)
