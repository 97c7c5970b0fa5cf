"""The console's sign-in by federation: the keys of a session become a link that signs in once.

https://help.aliyun.com/en/document_detail/91913.html (GetSigninToken), https://help.aliyun.com/en/document_detail/91914.html
(Login). They are written for companies that embed pages of the console; that all of the console takes such a session,
and that there is another host for the international site, is unverified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec
import requests

from fc_inventory.calls import Line
from fc_inventory.diagnosis import diagnose
from fc_inventory.errors import CloudError
from fc_inventory.redaction import protect
from fc_inventory.refusals import read_refusal
from fc_inventory.retries import call_with_retries
from fc_inventory.sdk import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from fc_inventory.settings import Keys
from fc_inventory.transport import Session, exchange

ORIGIN = "https://signin.aliyun.com"
PATH = "/federation"
TOKEN_SECONDS = 30
# "an official Alibaba Cloud website address"; which domains count is unverified.
OFFICIAL = re.compile(r"https://([a-z0-9-]+\.)*(aliyun|alibabacloud)\.com([/?#][!-~]*)?", re.ASCII)
PAGE = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?", re.ASCII)
_REMEDY = (
    "The console's sign-in did not take the session. That it takes sessions of every role is unverified; the link of "
    "switch-url needs none."
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where a link leads: a page of the console (`destination`), and the page for when the session has ended."""

    destination: str
    return_url: str


@dataclass(frozen=True)
class SigninToken:
    """Signs in once, within 30 seconds."""

    text: str = field(repr=False)


def get_signin_token(keys: Keys, line: Line) -> SigninToken:
    """Exchange the keys of a session for a token. Raises CloudError.

    They travel in the body: a query would stand in the logs of proxies.
    """
    return call_with_retries(lambda: _attempt(keys, line), line.budget)


def sign_in_url(token: SigninToken, visit: Visit, endpoint: str | None) -> str:
    """Return the link that *token* is good for; with *endpoint* one to the local cloud."""
    query = {
        "Action": "Login",
        "LoginUrl": visit.return_url,
        "Destination": visit.destination,
        "SigninToken": token.text,
    }
    return f"{endpoint or ORIGIN}{PATH}?{urlencode(query)}"


def _attempt(keys: Keys, line: Line) -> SigninToken:
    form = {
        "Action": "GetSigninToken",
        "AccessKeyId": keys.access_key_id,
        "AccessKeySecret": keys.access_key_secret,
        "SecurityToken": keys.security_token or "",
        "TicketType": "mini",
    }
    url, timeout = f"{ORIGIN}{PATH}", (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
    exchange.begin(line.endpoint, line.budget)
    try:
        with Session() as session:
            proxies = requests.utils.get_environ_proxies(url)
            response = session.post(url, data=form, timeout=timeout, proxies=proxies)
    except requests.RequestException:
        raise _error({}) from None
    answer = _read(response.content)
    token = answer.get("SigninToken")
    if not response.ok:
        raise _error(answer)
    if not isinstance(token, str) or not token:
        raise _error({})
    protect(token)
    return SigninToken(token)


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _error(answer: dict[str, Any]) -> CloudError:
    """Return the error of this thread's last call; *answer* is empty where none arrived that can be read."""
    found = diagnose(read_refusal(answer, "GetSigninToken", ORIGIN.removeprefix("https://"), ""))
    if not answer:
        return found
    problem = msgspec.structs.replace(found.problem, remedy=_REMEDY)
    return CloudError(problem, retryable=found.retryable, retry_after_seconds=found.retry_after_seconds)
