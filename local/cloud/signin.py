"""The console's sign-in by federation: keys of a session for a token, the token for a page of the console.

Sources: https://help.aliyun.com/en/document_detail/91913.html (GetSigninToken),
https://help.aliyun.com/en/document_detail/91914.html (Login). Neither is signed. What no page says is listed in
local/README.md.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from local.cloud.errors import Refusal
from local.cloud.gateway import Answer, Gateway
from local.cloud.http_request import FORM_TYPE, HttpRequest, first_values
from local.cloud.recording import RecordedRequest, record, without_secrets
from local.cloud.world import Session

HOST = "signin.aliyun.com"
PATH = "/federation"
TOKEN_LIFE = timedelta(seconds=30)
_BODY_LIMIT_BYTES = 64 * 1024
_KEYS = ("AccessKeyId", "AccessKeySecret", "SecurityToken", "TicketType")
_OFFICIAL = re.compile(r"https://([a-z0-9-]+\.)*(aliyun|alibabacloud)\.com(:443)?([/?#].*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class SigninToken:
    """What signs in once: as which session, until when."""

    session: Session = field(repr=False)
    expires: datetime


@dataclass
class Found:
    """What is known of a request for the record."""

    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    session: Session | None = field(default=None, repr=False)


def is_for_signin(request: HttpRequest) -> bool:
    """Tell whether *request* is for the sign-in: by its host, or by its path where it is for this machine."""
    return request.host_name == HOST or (request.is_for_loopback and request.path == PATH)


async def answer_signin(gateway: Gateway, request: HttpRequest) -> Answer:
    """Return the answer to a request for the sign-in, and record both; keys and tokens are not kept."""
    found, code, request_id = Found(), "", str(uuid.uuid4()).upper()
    try:
        answer = _carry_out(gateway, request, found, request_id)
    except Refusal as refusal:
        code = refusal.code
        answer = _json(refusal.status, {"RequestId": request_id, "Code": code, "Message": refusal.message})
    recorded = RecordedRequest(
        time=gateway.clock(),
        host=request.host,
        method=request.method,
        path=request.path,
        query=without_secrets(found.parameters),
        action=found.parameters.get("Action", ""),
        version="federation",
        access_key_id=found.parameters.get("AccessKeyId", ""),
        account_id=found.session.account.account_id if found.session else "",
        status=answer.status,
        code=code,
    )
    record(gateway.requests, recorded)
    return answer


def _carry_out(gateway: Gateway, request: HttpRequest, found: Found, request_id: str) -> Answer:
    if request.path != PATH:
        raise Refusal(404, "NotFound", f"there is nothing at {request.path}")
    found.parameters = _parameters(request)
    action = found.parameters.get("Action", "")
    if action == "GetSigninToken" and request.method in ("GET", "POST"):
        token = _get_signin_token(gateway, found)
        return _json(200, {"RequestId": request_id, "SigninToken": token})
    if action == "Login" and request.method == "GET":
        return Answer(302, {"location": _login(gateway, found)}, b"")
    raise Refusal(400, "InvalidAction", f"The action {action} is invalid.")


def _parameters(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of query and form; a body that is no form is refused."""
    if len(request.body) > _BODY_LIMIT_BYTES:
        raise Refusal(413, "EntityTooLarge", f"the body exceeds {_BODY_LIMIT_BYTES} bytes")
    content_type = request.header("content-type").partition(";")[0].strip().lower()
    if request.body and content_type != FORM_TYPE:
        raise Refusal(400, "InvalidParameter.ContentType", f"The parameters must be {FORM_TYPE}.")
    try:
        return first_values((*request.query_pairs, *request.form_pairs))
    except UnicodeDecodeError as error:
        raise Refusal(400, "InvalidParameter", "The parameters could not be read.") from error


def _get_signin_token(gateway: Gateway, found: Found) -> str:
    """GetSigninToken: a token for a session that is alive; never for a long-lived key."""
    given = {name: _required(found, name) for name in _KEYS}
    if given["TicketType"] != "mini":
        raise Refusal(400, "InvalidParameter.TicketType", "The parameter TicketType is invalid.")
    session = gateway.world.sessions.get(given["AccessKeyId"])
    if session is None or not _is_held(session, given) or not _is_alive(session, gateway.clock()):
        raise _not_authentic()
    found.session = session
    token = base64.b64encode(secrets.token_bytes(96)).decode()  # its `+`, `/` and `=` must be encoded in a link
    now = gateway.clock()
    for old in [old for old, issued in gateway.signin_tokens.items() if issued.expires <= now]:
        del gateway.signin_tokens[old]
    gateway.signin_tokens[token] = SigninToken(session, now + TOKEN_LIFE)
    return token


def _login(gateway: Gateway, found: Found) -> str:
    """Login: the page to go to, for a token that is young and was not used; used it is by any attempt."""
    _required(found, "LoginUrl")
    destination = _required(found, "Destination")
    token = gateway.signin_tokens.pop(_required(found, "SigninToken"), None)
    if token is None or token.expires <= gateway.clock() or not _is_alive(token.session, gateway.clock()):
        raise _not_authentic()
    found.session = token.session
    if not _OFFICIAL.fullmatch(destination):
        raise Refusal(400, "InvalidParameter.Destination", "The parameter Destination is invalid.")
    return destination


def _required(found: Found, name: str) -> str:
    value = found.parameters.get(name, "")
    if not value:
        raise Refusal(400, f"MissingParameter.{name}", f"The parameter {name} is missing.")
    return value


def _is_held(session: Session, given: Mapping[str, str]) -> bool:
    pairs = ((session.secret, given["AccessKeySecret"]), (session.token, given["SecurityToken"]))
    return all(hmac.compare_digest(known.encode(), told.encode()) for known, told in pairs)


def _is_alive(session: Session, now: datetime) -> bool:
    return session.role_exists and now < session.expires


def _not_authentic() -> Refusal:
    return Refusal(401, "InvalidCredential.AuthenticateFail", "The credential you provided is invalid.")


def _json(status: int, body: Mapping[str, str]) -> Answer:
    return Answer(status, {"content-type": "application/json"}, msgspec.json.encode(body))
