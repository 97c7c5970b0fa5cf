"""The console's sign-in by federation: a session's keys give a token, and the token signs in once."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest

from local.cloud import LocalCloud
from tests.cloud.conftest import Clock

ROLE_ARN = "acs:ram::1345678901234567:role/fc-inventory"
HOST = {"host": "signin.aliyun.com"}
DESTINATION = "https://fcnext.console.aliyun.com/cn-hangzhou/functions?a=b#c"
LOGIN = {"Action": "Login", "LoginUrl": "https://example.com/login", "Destination": DESTINATION}
Form = dict[str, str]


class Browser:
    """Whoever asks for tokens, and follows links."""

    def __init__(self, cloud: LocalCloud, clock: Clock) -> None:
        self.cloud, self.clock = cloud, clock

    def session(self) -> Form:
        """Return the form of GetSigninToken for a new session."""
        ask = {"role_arn": ROLE_ARN, "service": "fc.aliyuncs.com", "session_name": "s"}
        keys = httpx.post(f"{self.cloud.url}/_local/service-sessions", json=ask).raise_for_status().json()
        return {
            "Action": "GetSigninToken",
            "AccessKeyId": keys["access_key_id"],
            "AccessKeySecret": keys["access_key_secret"],
            "SecurityToken": keys["security_token"],
            "TicketType": "mini",
        }

    def post(self, form: Form) -> httpx.Response:
        """Send *form*."""
        return httpx.post(f"{self.cloud.url}/federation", data=form, headers=HOST)

    def get(self, query: Form) -> httpx.Response:
        """Open a link."""
        return httpx.get(f"{self.cloud.url}/federation", params=query, headers=HOST)

    def token(self) -> str:
        """Return a new token."""
        return str(self.post(self.session()).raise_for_status().json()["SigninToken"])


@pytest.fixture
def browser(cloud: LocalCloud, clock: Clock) -> Browser:
    """A browser on a cloud of its own."""
    return Browser(cloud, clock)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()
    assert set(body) == {"RequestId", "Code", "Message"}
    return answer.status_code, body["Code"], body["Message"]


NOT_AUTHENTIC = (401, "InvalidCredential.AuthenticateFail", "The credential you provided is invalid.")


@pytest.mark.parametrize("send", [Browser.post, Browser.get])
def test_a_session_gets_a_token_that_signs_in(browser: Browser, send: object) -> None:
    """By form or query, as the documentation shows both; the answer to the link leads to the destination."""
    assert callable(send)
    answer = send(browser, browser.session())

    login = browser.get({**LOGIN, "SigninToken": answer.json()["SigninToken"]})
    assert (answer.status_code, set(answer.json())) == (200, {"RequestId", "SigninToken"})
    assert (login.status_code, login.headers["location"], login.content) == (302, DESTINATION, b"")


def test_a_client_that_changes_only_its_endpoint_is_served(browser: Browser) -> None:
    """As everywhere in the local cloud."""
    answer = httpx.post(f"{browser.cloud.url}/federation", data=browser.session())

    assert answer.status_code == 200


def test_a_token_signs_in_once(browser: Browser) -> None:
    """Whoever opens the link second is not let in."""
    token = browser.token()

    answers = [browser.get({**LOGIN, "SigninToken": token}) for _ in range(2)]

    assert (answers[0].status_code, refusal(answers[1])) == (302, NOT_AUTHENTIC)


def test_a_token_must_be_encoded_in_the_link(browser: Browser) -> None:
    """It is base64: a `+` that is left as it is arrives as a space."""
    token = next(token for token in iter(browser.token, None) if "+" in token)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in LOGIN.items())

    answer = httpx.get(f"{browser.cloud.url}/federation?{query}&SigninToken={token}", headers=HOST)

    assert refusal(answer) == NOT_AUTHENTIC


def test_a_token_lives_30_seconds(browser: Browser) -> None:
    """Then a new one is needed."""
    young, old = browser.token(), browser.token()

    browser.clock.ahead += timedelta(seconds=29)
    in_time = browser.get({**LOGIN, "SigninToken": young})
    browser.clock.ahead += timedelta(seconds=1)
    late = browser.get({**LOGIN, "SigninToken": old})

    assert (in_time.status_code, refusal(late)) == (302, NOT_AUTHENTIC)


def test_a_token_dies_with_its_role(browser: Browser) -> None:
    """A revocation counts here, too."""
    token = browser.token()
    browser.cloud.world.accounts["1345678901234567"].roles.pop("fc-inventory")

    assert refusal(browser.get({**LOGIN, "SigninToken": token})) == NOT_AUTHENTIC


@pytest.mark.parametrize("name", ["AccessKeyId", "AccessKeySecret", "SecurityToken", "TicketType"])
@pytest.mark.parametrize("given", [None, ""])
def test_every_parameter_is_demanded(browser: Browser, name: str, given: str | None) -> None:
    """In the documented words."""
    form = {key: value for key, value in {**browser.session(), name: given}.items() if value is not None}

    assert refusal(browser.post(form)) == (400, f"MissingParameter.{name}", f"The parameter {name} is missing.")


@pytest.mark.parametrize(
    "changes",
    [
        {"AccessKeyId": "STS.unknown"},
        {"AccessKeySecret": "wrong"},
        {"SecurityToken": "CAISwrong"},
        {"SecurityToken": "é"},
    ],
)
def test_keys_that_do_not_belong_together_get_nothing(browser: Browser, changes: Form) -> None:
    """All three are compared."""
    assert refusal(browser.post({**browser.session(), **changes})) == NOT_AUTHENTIC


def test_a_long_lived_key_gets_nothing(browser: Browser) -> None:
    """Only sessions sign in."""
    key = browser.cloud.world.accounts["1345678901234567"].users["ops"].access_keys[0]
    form = {**browser.session(), "AccessKeyId": key.access_key_id, "AccessKeySecret": key.secret}

    assert refusal(browser.post(form)) == NOT_AUTHENTIC


def test_a_session_that_has_ended_gets_nothing(browser: Browser) -> None:
    """Its keys are worthless, here as anywhere."""
    form = browser.session()

    browser.clock.ahead += timedelta(days=2)

    assert refusal(browser.post(form)) == NOT_AUTHENTIC


def test_another_ticket_type_is_refused(browser: Browser) -> None:
    """Documented is `mini` alone."""
    answer = browser.post({**browser.session(), "TicketType": "normal"})

    assert refusal(answer) == (400, "InvalidParameter.TicketType", "The parameter TicketType is invalid.")


@pytest.mark.parametrize("name", ["LoginUrl", "Destination", "SigninToken"])
def test_every_parameter_of_the_link_is_demanded(browser: Browser, name: str) -> None:
    """In the documented words."""
    query = {**LOGIN, "SigninToken": browser.token()}
    del query[name]

    assert refusal(browser.get(query)) == (400, f"MissingParameter.{name}", f"The parameter {name} is missing.")


@pytest.mark.parametrize(
    "destination",
    [
        "https://example.com/",
        "https://aliyun.com.example.com/",
        "https://notaliyun.com/",
        "http://ecs.console.aliyun.com/",
        "https://x@example.com/.aliyun.com",
        "//aliyun.com",
    ],
)
def test_only_official_pages_are_destinations(browser: Browser, destination: str) -> None:
    """Or the sign-in would lead anywhere."""
    answer = browser.get({**LOGIN, "Destination": destination, "SigninToken": browser.token()})

    assert refusal(answer) == (400, "InvalidParameter.Destination", "The parameter Destination is invalid.")


@pytest.mark.parametrize("action", ["Logout", "", "getsignintoken"])
def test_there_are_two_actions(browser: Browser, action: str) -> None:
    """In their own spelling."""
    answer = browser.post({**browser.session(), "Action": action})

    assert refusal(answer) == (400, "InvalidAction", f"The action {action} is invalid.")


def test_a_link_is_opened_and_not_posted(browser: Browser) -> None:
    """Login is for browsers."""
    answer = browser.post({**LOGIN, "SigninToken": browser.token()})

    assert refusal(answer) == (400, "InvalidAction", "The action Login is invalid.")


def test_parameters_must_be_a_form(browser: Browser) -> None:
    """Another content type fails, as documented."""
    answer = httpx.post(f"{browser.cloud.url}/federation", json=browser.session(), headers=HOST)

    assert answer.json()["Code"] == "InvalidParameter.ContentType"


def test_there_is_nothing_else_at_the_host(browser: Browser) -> None:
    """Nor is an API there."""
    answer = httpx.get(f"{browser.cloud.url}/?Action=GetCallerIdentity", headers=HOST)

    assert answer.status_code == 404


def test_what_is_recorded_holds_no_secret(browser: Browser) -> None:
    """Who asked and what came of it, without keys and tokens."""
    form = browser.session()
    token = browser.post(form).json()["SigninToken"]
    browser.get({**LOGIN, "SigninToken": token})

    asked, opened = browser.cloud.requests[-2:]

    assert (asked.action, asked.access_key_id, asked.account_id, asked.status) == (
        "GetSigninToken",
        form["AccessKeyId"],
        "1345678901234567",
        200,
    )
    assert (opened.action, opened.query, opened.account_id, opened.status) == ("Login", LOGIN, "1345678901234567", 302)
    secrets = (form["AccessKeySecret"], form["SecurityToken"], token)
    assert not [secret for secret in secrets if secret in repr((asked, opened))]


def test_a_reset_forgets_tokens(browser: Browser) -> None:
    """With the sessions that they were for."""
    token = browser.token()

    browser.cloud.reset()

    assert refusal(browser.get({**LOGIN, "SigninToken": token})) == NOT_AUTHENTIC
