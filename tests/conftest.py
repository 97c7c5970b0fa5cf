"""What every test starts from: an environment without settings or keys of the machine it runs on."""

import os
from collections.abc import Iterator

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
