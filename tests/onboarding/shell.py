"""A shell in which somebody runs `python -m onboarding`, here in the test's own process."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest
from alibabacloud_credentials.utils import auth_util

from local.cloud import LocalCloud
from local.cloud.world import AccessKey
from onboarding.__main__ import main


@dataclass
class Shell:
    """A shell on a cloud of the test's own."""

    cloud: LocalCloud
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def sign_in(self, account_id: str, user: str) -> None:
        """Act with the user's key from now on."""
        self.use(self.cloud.world.accounts[account_id].users[user].access_keys[0])

    def use(self, key: AccessKey | None) -> None:
        """Put *key* where the vendor's chain of credentials has put the environment, which it reads when imported."""
        self.monkeypatch.setattr(auth_util, "environment_access_key_id", key.access_key_id if key else None)
        self.monkeypatch.setattr(auth_util, "environment_access_key_secret", key.secret if key else None)
        self.monkeypatch.setattr(auth_util, "environment_security_token", None)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return exit status, standard output, standard error."""
        self.monkeypatch.setattr(sys, "argv", ["onboarding", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *self.capsys.readouterr())
