"""No secret leaves the process, whatever text it hides in."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.redaction import MASK, _Secrets, one_line, protect, redact


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a property protects here, ordinary words among it, must not be masked in other tests."""
    monkeypatch.setattr("fc_inventory.redaction._secrets", _Secrets())


SECRETS = st.text(min_size=6, max_size=60).filter(lambda secret: "*" not in secret)


@given(secret=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    """Once protected, a value is gone from every text, plain or percent-encoded."""
    protect(secret)

    assert secret not in redact(f"{before}{secret}{after}")
    assert quote(secret, safe="") not in redact(f"{before}{quote(secret, safe='')}{after}")


@pytest.mark.parametrize("others", [0, 5000])
def test_a_secret_that_holds_another_is_masked_whole(others: int) -> None:
    """The longer one goes first, among few and among thousands: nothing of it is left around the shorter one."""
    protect(*(f"{number:08}" for number in range(others)))
    protect("inner-secret", "outer-inner-secret-outer")

    assert redact("<outer-inner-secret-outer> <inner-secret>") == f"<{MASK}> <{MASK}>"


def test_the_last_secrets_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance that lives long forgets the oldest sessions, never one that it still uses."""
    kept = 100
    monkeypatch.setattr("fc_inventory.redaction.KEPT_VALUES", kept)
    secrets = [f"secret-{number:06}" for number in range(3 * kept)]
    for secret in secrets:
        protect(secret)

    masked = [redact(secret) == MASK for secret in secrets]

    assert all(masked[-kept:])
    assert not any(masked[: -2 * kept])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key STS.NUabcdef123 unknown", "key *** unknown"),
        ("key LTAI5tAbCdEf0123 unknown", "key *** unknown"),
        ("x-acs-security-token:CAISabc/+=\nhost:x", "x-acs-security-token:***\nhost:x"),
        ("GET /?SecurityToken=CAIS%2Fabc&Action=x", "GET /?SecurityToken=***&Action=x"),
        ('{"SecurityToken": "CAISabc", "x": 1}', '{"SecurityToken": "***", "x": 1}'),
        (
            "> Authorization : ACS3-HMAC-SHA256 Credential=x,SignedHeaders=host",
            "> Authorization : ***,SignedHeaders=host",
        ),
        ("SignedHeaders=host,Signature=0a1b2c", "SignedHeaders=host,Signature=***"),
        ("AccessKeySecret=abc", "AccessKeySecret=***"),
        ("the signature does not match", "the signature does not match"),
    ],
)
def test_what_is_shaped_like_a_secret_is_masked(text: str, expected: str) -> None:
    """Keys, tokens, secrets and signatures are known by their shape, too."""
    assert redact(text) == expected


def test_foreign_text_becomes_one_short_line() -> None:
    """Line breaks, escape sequences and direction marks can't forge a log line or a terminal; the length is bounded."""
    assert one_line("a\r\nb\x1b[31mc\u202ed\x00") == "a b [31mc d"
    assert one_line("x" * 600) == "x" * 499 + "…"
