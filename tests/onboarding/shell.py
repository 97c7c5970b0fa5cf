"""A shell in which somebody runs `python -m onboarding`, here in the test's own process."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from alibabacloud_credentials.utils import auth_util

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.calls import Call, Line, RoleRequest
from fc_inventory.errors import CloudError
from fc_inventory.grants import session_policy
from fc_inventory.settings import Keys
from local.cloud import LocalCloud
from local.cloud.world import AccessKey
from onboarding.__main__ import main

A, B = "1234567890123456", "1345678901234567"
ROLE_ARN, PRINCIPAL = f"acs:ram::{A}:role/reader", f"acs:ram::{B}:role/fc-inventory"
EXTERNAL_ID = "a-5d1c0b7e93f24a68"
GRANT = ("grant", "--account", A, "--role-name", "reader", "--trust", PRINCIPAL, "--external-id", EXTERNAL_ID)
GRANT_B = ("grant-b", "--account", B, "--role-arn", ROLE_ARN, "--replace")
REVOKE = ("revoke", "--account", A, "--role-name", "reader")


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


class GrantingShell(Shell):
    """A shell of administrators who grant and revoke."""

    def outcome(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command with --json; return exit status and the answer."""
        code, out, _ = self.run(*words, "--json")
        return code, dict(json.loads(out))

    def assume(self, external_id: str | None = EXTERNAL_ID) -> str:
        """Assume A's new role as B's function does; return "assumed" or the category of the refusal."""
        ask = {"role_arn": PRINCIPAL, "service": "fc.aliyuncs.com", "session_name": "fc"}
        answer = httpx.post(f"{self.cloud.url}/_local/service-sessions", json=ask).raise_for_status().json()
        keys = Keys(**{name: answer[name] for name in ("access_key_id", "access_key_secret", "security_token")})
        line = Line(budget=Budget(time.monotonic(), time.monotonic() + 5), endpoint=self.cloud.url)
        call = Call(operation="AssumeRole", host="sts.aliyuncs.com", keys=keys, role_arn=ROLE_ARN, line=line)
        role = RoleRequest(
            role_arn=ROLE_ARN,
            role_session_name="test",
            policy=session_policy(),
            duration_seconds=900,
            external_id=external_id,
        )
        try:
            sdk.assume_role(call, role)
        except CloudError as error:
            return error.problem.category
        return "assumed"
