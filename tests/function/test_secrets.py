"""No key, token or signature in any answer, error or log line, at any level."""

import json
import logging
import os
from typing import Any

import pytest

from local.cloud import Fault
from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_E, Deployment


def log_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_log_lines_are_json_with_the_request_id(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a noteworthy fact, whatever thread it happened in."""
    deployed.configure(COMPANY_A, COMPANY_E)

    report = deployed.report()

    lines = log_lines(capsys.readouterr().out)
    assert {line["request_id"] for line in lines} == {report["request_id"]}
    events = {str(line["event"]): line for line in lines}
    assert sorted(events) == ["answered", "initialized", "listed", "not_listed", "session_assumed"]
    assert 0 <= events["answered"]["listing_ms"] <= events["answered"]["duration_ms"] == report["duration_ms"]
    assert events["initialized"]["duration_ms"] >= 0


@pytest.mark.parametrize("debug", ["", "sdk"])
def test_secrets_never_show(deployed: Deployment, capfd: pytest.CaptureFixture[str], debug: str) -> None:
    """Not even with DEBUG=sdk, which makes the SDK log every header, and not in an error that echoes the request."""
    deployed.configure(COMPANY_A, COMPANY_C, COMPANY_E, LOG_LEVEL="DEBUG")
    os.environ["DEBUG"] = debug
    token = deployed.keys["security_token"]
    echo = json.dumps(
        {"Code": "SignatureDoesNotMatch", "Message": f"server CanonicalRequest is [x-acs-security-token:{token}]"}
    ).encode()
    deployed.cloud.faults.add(
        Fault(
            action="AssumeRole",
            times=1,
            status=400,
            body=echo,
            headers={"content-type": "application/json", "x-echo": token},
        )
    )

    answers = [deployed.invoke({"format": form}) for form in ("json", "csv", "ndjson")]

    shown = "".join(answers) + "".join(capfd.readouterr())
    sessions = list(deployed.cloud.world.sessions.values())
    secrets = [
        *deployed.keys.values(),
        *(secret for session in sessions for secret in (session.access_key_id, session.secret, session.token)),
    ]
    assert not [secret for secret in secrets if secret in shown]
    assert "Signature=" not in shown.replace("Signature=***", "")
    assert ("ACS3-HMAC-SHA256" in shown or '"event":"sdk"' in shown) == (debug == "sdk")


def test_the_sdks_own_handler_is_gone(deployed: Deployment) -> None:
    """It would print to standard error past every filter."""
    deployed.invoke()

    handlers = logging.getLogger("darabonba-core").handlers
    assert [type(handler).__module__ for handler in handlers] == ["fc_inventory.logs"]
