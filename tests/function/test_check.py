"""The doctor names what is wrong, that and nothing else, and the fix that it gives mends it."""

import json
import shlex
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from fc_inventory import handler as function
from fc_inventory.check import shape
from fc_inventory.check.advice import ADVICE
from fc_inventory.errors import RequestError
from local.cloud import Fault, LocalCloud, load_world, parse_policy, parse_trust_policy
from local.cloud.world import AccessKey, Account, Role
from tests.function.deployment import COMPANY_A, COMPANY_C, COMPANY_D, Deployment, service_keys

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
B, C = "1345678901234567", "1456789012345678"
UNAUTHORIZED = "You are not authorized to do this action. You should be authorized by RAM."
PRINCIPAL = f"acs:ram::{B}:role/fc-inventory"
JSON = {"content-type": "application/json"}
TO_SESSION = ["caller_permission", "role", "trust_policy", "external_id", "session"]


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the default world without what its accounts have, which nobody looks at here."""
    document = yaml.safe_load((ROOT / "local" / "cloud" / "worlds" / "default.yaml").read_text(encoding="utf-8"))
    for account in document["accounts"]:
        account.pop("regions", None)
    path = tmp_path_factory.mktemp("check") / "world.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


@contextmanager
def deployment(world: Path, **cloud: Any) -> Iterator[Deployment]:
    with LocalCloud(load_world(world), **cloud) as running:
        deployed = Deployment(running, service_keys(running.url))
        deployed.configure(COMPANY_C)
        yield deployed
    function._instance = None


@pytest.fixture
def deployed(small_world: Path) -> Iterator[Deployment]:
    """The function, deployed for company-c, which demands an external ID, on a cloud of the test's own."""
    with deployment(small_world) as found:
        yield found


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once: how long the waits are is no matter here."""
    monkeypatch.setattr("fc_inventory.retries.FIRST_WAIT_SECONDS", 0.002)


def check(deployed: Deployment, event: dict[str, Any] | None = None, **context: Any) -> dict[str, Any]:
    report = deployed.report({"check": True, **(event or {})}, **context)
    jsonschema.validate(report, SCHEMA)
    return report


def target_check(deployed: Deployment, **context: Any) -> dict[str, Any]:
    (target,) = check(deployed, **context)["targets"]
    return dict(target)


def wrong_links(target: dict[str, Any]) -> list[dict[str, Any]]:
    return [link for link in target["links"] if link["status"] in ("warning", "broken")]


def causes(target: dict[str, Any]) -> set[str]:
    return {link["cause"] for link in target["links"] if link["cause"]}


def statuses(target: dict[str, Any]) -> dict[str, str]:
    return {
        link["name"]
        + (f" {link['region']}" if link["region"] else "")
        + (f" {link['api']}" if link["api"] else ""): link["status"]
        for link in target["links"]
    }


def customer(deployed: Deployment) -> Account:
    return deployed.cloud.world.accounts[C]


def customers_role(deployed: Deployment) -> Role:
    return customer(deployed).roles["fc-inventory-reader"]


def allow(deployed: Deployment, *actions: str, effect: str = "Allow") -> None:
    document = {"Version": "1", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}
    name = f"test-{effect}"
    customer(deployed).add_policy(name, parse_policy(document))
    role = customers_role(deployed)
    role.policies = [name] if effect == "Allow" else [*role.policies, name]


def trust(deployed: Deployment, *, effect: str = "Allow", principal: str = PRINCIPAL, condition: Any = None) -> None:
    statement = {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"RAM": [principal]}}
    statements = [statement | ({"Condition": condition} if condition else {})]
    if effect == "Deny":
        statements.append({**statement, "Effect": "Allow"})
    customers_role(deployed).trust = parse_trust_policy({"Version": "1", "Statement": statements})


def caller_policies(deployed: Deployment, *documents: dict[str, Any]) -> None:
    account = deployed.cloud.world.accounts[B]
    for number, statement in enumerate(documents):
        account.add_policy(f"test-{number}", parse_policy({"Version": "1", "Statement": [statement]}))
    account.roles["fc-inventory"].policies = [f"test-{number}" for number in range(len(documents))]


def session_of(deployed: Deployment, **changes: Any) -> None:
    """Give the function keys of a session with *changes*."""
    world = deployed.cloud.world
    account = world.accounts[B]
    ends = datetime.now(timezone.utc) + timedelta(hours=1)
    session = world.issue_session(account, account.roles["fc-inventory"], "fc", **{"expires": ends, **changes})
    deployed.keys = {
        "access_key_id": session.access_key_id,
        "access_key_secret": session.secret,
        "security_token": session.token,
    }


def long_lived(deployed: Deployment, *, root: bool = False, active: bool = True) -> None:
    account = deployed.cloud.world.accounts[B]
    key = AccessKey("LTAItestkey0000000001", "test-secret-000000000000000000", active=active)
    if root:
        account.root_key = key
    else:
        account.users["ops"].access_keys.append(key)
    deployed.keys = {"access_key_id": key.access_key_id, "access_key_secret": key.secret, "security_token": ""}


def keys_with(deployed: Deployment, **changes: str) -> None:
    deployed.keys = {**deployed.keys, **changes}


def refuse(deployed: Deployment, action: str, status: int, code: str, message: str = "x", **detail: str) -> None:
    """Let the cloud refuse *action* in its own words, which it has no reason for here."""
    body = {"Code": code, "Message": message, "RequestId": "A57FBFD7-FC9A-54FE-A876-4D5E19577186"}
    if detail:
        body["AccessDeniedDetail"] = detail  # type: ignore[assignment]
    deployed.cloud.faults.add(Fault(action=action, status=status, headers=JSON, body=json.dumps(body).encode()))


ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
IMPLICIT, EXPLICIT = {"NoPermissionType": "ImplicitDeny"}, {"NoPermissionType": "ExplicitDeny"}

# What is set up → the broken link, its cause, the layer that the cloud told, and who can mend it.
Setup = Callable[[Deployment], object]
BROKEN: dict[str, tuple[Setup, tuple[str, str, str | None, str]]] = {
    # the caller's keys
    "no keys": (lambda d: d.keys.update(access_key_id=""), ("caller_identity", "no_credentials", None, "account_b")),
    "root caller": (lambda d: long_lived(d, root=True), ("caller_identity", "caller_is_root", None, "account_b")),
    "expired token": (lambda d: session_of(d, expires=datetime.now(timezone.utc)), ("caller_identity", "token_expired", None, "account_b")),
    "malformed token": (lambda d: keys_with(d, security_token="cut off"), ("caller_identity", "token_invalid", None, "account_b")),
    "token of another session": (lambda d: keys_with(d, security_token=service_keys(d.cloud.url)["security_token"]), ("caller_identity", "token_invalid", None, "account_b")),
    "wrong secret": (lambda d: keys_with(d, access_key_secret="wrong-secret-00000000000"), ("caller_identity", "wrong_secret", None, "account_b")),
    "unknown key": (lambda d: keys_with(d, access_key_id="STS.unknown00000000000000"), ("caller_identity", "key_unknown", None, "account_b")),
    "disabled key": (lambda d: long_lived(d, active=False), ("caller_identity", "key_disabled", None, "account_b")),
    "execution role deleted": (lambda d: d.cloud.world.accounts[B].roles.pop("fc-inventory"), ("caller_identity", "key_unknown", None, "account_b")),
    # the caller's permission
    "caller lacks permission": (caller_policies, ("caller_permission", "caller_lacks_permission", "AccountLevelIdentityBasedPolicy", "account_b")),
    "caller may assume other roles only": (lambda d: caller_policies(d, ASSUME | {"Resource": "acs:ram:*:*:role/other"}), ("caller_permission", "caller_lacks_permission", "AccountLevelIdentityBasedPolicy", "account_b")),
    "explicit deny for the caller": (lambda d: caller_policies(d, ASSUME, ASSUME | {"Effect": "Deny"}), ("caller_permission", "caller_explicitly_denied", "AccountLevelIdentityBasedPolicy", "account_b")),
    "caller's session policy": (lambda d: session_of(d, policy=parse_policy({"Version": "1", "Statement": [ASSUME | {"Action": "fc:*"}]})), ("caller_permission", "caller_denied_by_session_policy", "SessionPolicy", "account_b")),
    "caller's control policy": (lambda d: refuse(d, "AssumeRole", 403, "NoPermission", UNAUTHORIZED, PolicyType="ControlPolicy", **EXPLICIT), ("caller_permission", "caller_denied_by_control_policy", "ControlPolicy", "account_b")),
    # the role and its trust
    "role missing": (lambda d: customer(d).roles.pop("fc-inventory-reader"), ("role", "role_not_found", None, "account_a")),
    "role missing, in other words": (lambda d: refuse(d, "AssumeRole", 404, "EntityNotExist.Role", "The role not exists: acs:ram::19981:role/x. "), ("role", "role_not_found", None, "account_a")),
    "account missing": (lambda d: d.cloud.world.accounts.pop(C), ("role", "role_not_found", None, "account_a")),
    "trust missing": (lambda d: trust(d, principal=f"acs:ram::{B}:role/other"), ("trust_policy", "trust_or_external_id", "AssumeRolePolicy", "account_a")),
    "another external ID": (lambda d: d.configure({**COMPANY_C, "external_id": "another"}), ("trust_policy", "trust_or_external_id", "AssumeRolePolicy", "account_a")),
    "no external ID sent": (lambda d: d.configure({key: COMPANY_C[key] for key in ("name", "role_arn")}), ("trust_policy", "trust_or_external_id", "AssumeRolePolicy", "account_a")),
    "explicit deny in the trust policy": (lambda d: trust(d, effect="Deny"), ("trust_policy", "trust_explicitly_denied", "AssumeRolePolicy", "account_a")),
    "denied, not told by what": (lambda d: refuse(d, "AssumeRole", 403, "NoPermission", UNAUTHORIZED), ("trust_policy", "assume_role_denied", None, "account_a")),
    "denied, in the older words": (lambda d: refuse(d, "AssumeRole", 403, "NoPermission", "No permission perform sts:AssumeRole on this Role. Maybe you are not authorized to perform sts:AssumeRole or the specified role does not trust you"), ("trust_policy", "assume_role_denied", None, "account_a")),
    # the session
    "duration too long": (lambda d: d.configure({**COMPANY_C, "duration_seconds": 7200}), ("session", "duration_too_long", None, "account_b")),
    "wrongly formed parameter": (lambda d: refuse(d, "AssumeRole", 400, "InvalidParameter.ExternalId", "The parameter ExternalId is wrongly formed."), ("session", "invalid_parameter", None, "account_b")),
    "missing parameter": (lambda d: refuse(d, "AssumeRole", 400, "MissingRoleArn", "RoleArn is mandatory for this action."), ("session", "invalid_parameter", None, "account_b")),
    "AssumeRole throttled": (lambda d: refuse(d, "AssumeRole", 400, "Throttling.User", "Request was denied due to user flow control."), ("session", "throttled", None, "cloud")),
    "AssumeRole broken down": (lambda d: refuse(d, "AssumeRole", 500, "InternalError", "STS Server Internal Error happened, please send the RequestId to us."), ("session", "unavailable", None, "cloud")),
    "AssumeRole answers nonsense": (lambda d: d.cloud.faults.add(Fault(action="AssumeRole", status=200, body=b"<html>")), ("session", "malformed_answer", None, "cloud")),
    "an error that nobody knows": (lambda d: refuse(d, "AssumeRole", 400, "New.Code"), ("session", "unexpected", None, "cloud")),
    # STS as a whole
    "GetCallerIdentity throttled": (lambda d: refuse(d, "GetCallerIdentity", 400, "Throttling.Api", "Request was denied due to api flow control."), ("caller_identity", "throttled", None, "cloud")),
    "GetCallerIdentity broken down": (lambda d: refuse(d, "GetCallerIdentity", 503, "ServiceUnavailable"), ("caller_identity", "unavailable", None, "cloud")),
    "key disabled, other code": (lambda d: refuse(d, "GetCallerIdentity", 403, "Forbidden.AccessKeyDisabled"), ("caller_identity", "key_disabled", None, "account_b")),
    "token missing": (lambda d: refuse(d, "GetCallerIdentity", 400, "MissingSecurityToken"), ("caller_identity", "token_invalid", None, "account_b")),
    "signature incomplete": (lambda d: refuse(d, "GetCallerIdentity", 400, "IncompleteSignature"), ("caller_identity", "wrong_secret", None, "account_b")),
    "expired with status 403": (lambda d: refuse(d, "GetCallerIdentity", 403, "InvalidSecurityToken.Expired"), ("caller_identity", "token_expired", None, "account_b")),
    "STS resets": (lambda d: d.cloud.faults.add(Fault(action="GetCallerIdentity", reset=True)), ("sts_endpoint", "connection_failed", None, "network")),
    "STS redirects": (lambda d: d.cloud.faults.add(Fault(action="GetCallerIdentity", status=302, location="http://elsewhere/")), ("sts_endpoint", "redirected", None, "network")),
    # the lists
    "Function Compute not activated": (lambda d: setattr(customer(d), "fc_enabled", False), ("list_permission", "not_activated", None, "account_a")),
    "another account's host": (lambda d: d.cloud.faults.add(Fault(action="ListServices", status=403, code="AccessDenied", message="The service or function doesn't belong to you.")), ("list_permission", "wrong_account", None, "account_b")),
    "ListServices not allowed": (lambda d: allow(d, "fc:ListFunctions"), ("list_permission", "list_denied", None, "account_a")),
    "ListFunctions not allowed": (lambda d: allow(d, "fc:ListServices"), ("list_permission", "list_permission_missing", "AccountLevelIdentityBasedPolicy", "account_a")),
    "explicit deny of ListFunctions": (lambda d: allow(d, "fc:ListFunctions", effect="Deny"), ("list_permission", "list_explicitly_denied", "AccountLevelIdentityBasedPolicy", "account_a")),
    "A's control policy": (lambda d: refuse(d, "ListFunctions", 403, "AccessDenied", "the caller is not authorized", PolicyType="ControlPolicy", **EXPLICIT), ("list_permission", "list_denied_by_control_policy", "ControlPolicy", "account_a")),
    "our session policy": (lambda d: refuse(d, "ListFunctions", 403, "AccessDenied", "the caller is not authorized", PolicyType="SessionPolicy", **IMPLICIT), ("list_permission", "list_denied_by_session_policy", "SessionPolicy", "account_b")),
    "session refused": (lambda d: d.cloud.faults.add(Fault(action="ListFunctions", expire_token=True)), ("list_permission", "session_rejected", None, "account_a")),
    "lists throttled": (lambda d: d.cloud.faults.add(Fault(action="ListFunctions", calls_per_second=0.001, after=0)), ("list_permission", "throttled", None, "cloud")),
    "lists broken down": (lambda d: refuse(d, "ListFunctions", 500, "InternalServerError"), ("list_permission", "unavailable", None, "cloud")),
    "no way out of a VPC": (lambda d: d.cloud.faults.add(Fault(action="GetCallerIdentity", times=3, reset=True)), ("sts_endpoint", "no_way_out_of_vpc", None, "account_b")),
    "FC resets": (lambda d: d.cloud.faults.add(Fault(action="ListServices", reset=True)), ("fc_endpoint", "connection_failed", None, "network")),
}  # fmt: skip


@pytest.mark.parametrize(("is_allowed", "status"), [(True, "ok"), (False, "broken")])
def test_a_function_that_lists_triggers_is_checked_for_them(*, is_allowed: bool, status: str) -> None:
    """One link for each generation; the fix has the action."""
    with deployment(ROOT / "local" / "cloud" / "worlds" / "default.yaml") as deployed:
        deployed.configure(COMPANY_C, TRIGGERS="true")
        if is_allowed:
            allow(deployed, "fc:ListServices", "fc:ListFunctions", "fc:ListTriggers")

        target = target_check(deployed)

    links = [link for link in target["links"] if str(link["api"]).startswith("ListTriggers")]
    assert [(link["api"], link["status"]) for link in links] == [
        ("ListTriggers v2", status),
        ("ListTriggers v3", status),
    ]
    assert is_allowed or any("fc:ListTriggers" in command for command in links[1]["fix"]["commands"])
    assert target["status"] == status


def test_without_functions_no_trigger_can_be_asked_for(deployed: Deployment) -> None:
    """That breaks nothing, and is said."""
    deployed.configure(COMPANY_C, TRIGGERS="true")

    target = target_check(deployed)

    links = [link for link in target["links"] if str(link["api"]).startswith("ListTriggers")]
    assert [link["found"] for link in links] == ["there is no function whose triggers could be asked for"] * 2
    assert target["status"] == "ok"


@pytest.mark.parametrize(("setup", "expected"), BROKEN.values(), ids=BROKEN)
def test_each_cause_is_named_and_no_other(
    deployed: Deployment, setup: Setup, expected: tuple[str, str, str | None, str]
) -> None:
    """One thing is wrong: the doctor calls the target broken there, for that cause, by that layer, for that company."""
    name, cause, layer, account = expected
    setup(deployed)

    target = target_check(deployed)

    first = wrong_links(target)[0]
    assert (target["status"], target["cause"], causes(target)) == ("broken", cause, {cause})
    assert (first["name"], first["cause"], first["layer"], first["fix"]["account"]) == (name, cause, layer, account)


def test_the_published_schema_is_that_of_the_code() -> None:
    """`make schemas` has been run."""
    assert shape.json_schema() == SCHEMA


def test_each_cause_has_its_advice() -> None:
    """Nothing is called wrong without saying who can mend it and how."""
    assert set(ADVICE) == set(get_args(shape.Cause))


def test_what_works_is_called_so(deployed: Deployment) -> None:
    """Nothing is wrong: every link is there and good, the caller is named, and no session is left in use."""
    report = check(deployed)

    assert (report["status"], report["side"], report["caller"]["identity_type"]) == (
        "ok",
        "account_b",
        "AssumedRoleUser",
    )
    assert statuses(report["targets"][0]) == dict.fromkeys(
        ["sts_endpoint", "clock", "caller_identity", *TO_SESSION, "session_policy", "fc_endpoint cn-hangzhou", "list_permission cn-hangzhou ListServices", "list_permission cn-hangzhou ListFunctions v2", "list_permission cn-hangzhou ListFunctions v3"],
        "ok",
    )  # fmt: skip
    assert deployed.calls("AssumeRole") == 3


def test_one_listing_may_be_denied_and_the_others_not(deployed: Deployment) -> None:
    """Lists do not depend on each other: behind one that is denied the others are still checked."""
    allow(deployed, "fc:ListServices")

    target = target_check(deployed)

    assert {key: value for key, value in statuses(target).items() if "hangzhou" in key} == {
        "fc_endpoint cn-hangzhou": "ok",
        "list_permission cn-hangzhou ListServices": "ok",
        "list_permission cn-hangzhou ListFunctions v2": "broken",
        "list_permission cn-hangzhou ListFunctions v3": "broken",
    }


def test_of_two_denials_by_one_policy_the_explained_one_counts(deployed: Deployment) -> None:
    """FC 2.0 does not tell which policy denied; FC 3.0 does, and its word is the target's."""
    allow(deployed, "fc:List*", effect="Deny")

    target = target_check(deployed)

    assert (target["cause"], causes(target)) == ("list_explicitly_denied", {"list_denied", "list_explicitly_denied"})


@pytest.mark.parametrize(
    ("at", "known"), [("caller lacks permission", []), ("role missing", []), ("duration too long", TO_SESSION[:4])]
)
def test_behind_a_broken_link_nothing_is_claimed(deployed: Deployment, at: str, known: list[str]) -> None:
    """Only what an answer proved is called good: the order in which the cloud looks at the links is not documented."""
    setup, (name, *_) = BROKEN[at]
    setup(deployed)

    target = target_check(deployed)

    found = statuses(target)
    assert [link for link in TO_SESSION if found[link] == "ok"] == known
    assert {
        status
        for link, status in found.items()
        if link not in (*known, name, "sts_endpoint", "clock", "caller_identity")
    } == {"not_checked"}


@pytest.mark.parametrize(
    ("condition", "how"),
    [
        (None, "without an external ID"),
        ({"StringNotEquals": {"sts:ExternalId": "c-1"}}, "without an external ID"),
        ({"StringLike": {"sts:ExternalId": "*"}}, "with a wrong external ID"),
    ],
)  # fmt: skip
def test_a_role_that_lets_anybody_in_is_a_warning(deployed: Deployment, condition: Any, how: str) -> None:
    """A canary gets in: a confused deputy, told as a warning, and its session may do nothing and is never used."""
    trust(deployed, condition=condition)

    target = target_check(deployed)

    (warning,) = wrong_links(target)
    assert (target["status"], warning["name"], warning["cause"]) == (
        "warning",
        "external_id",
        "external_id_not_demanded",
    )
    assert how in warning["found"]
    denying = [
        session
        for session in deployed.cloud.world.sessions.values()
        if session.policy and session.policy.statements[0].denies
    ]
    used = {request.access_key_id for request in deployed.cloud.requests}
    assert len(denying) == 1 and denying[0].access_key_id not in used  # noqa: PT018 - one thought


def test_a_canary_that_fails_for_another_reason_proves_nothing(deployed: Deployment) -> None:
    """Throttled, it is no sign that an external ID is demanded."""
    deployed.cloud.faults.add(Fault(action="AssumeRole", after=1, status=400, code="Throttling.User", message="x"))

    target = target_check(deployed)

    assert (target["status"], statuses(target)["external_id"]) == ("ok", "not_checked")


def test_a_session_that_may_more_than_asked_is_a_warning(deployed: Deployment) -> None:
    """The session policy is tried, not trusted."""
    deployed.cloud.faults.add(Fault(action="ListAsyncInvokeConfigs", status=200, headers=JSON, body=b'{"configs": []}'))

    target = target_check(deployed)

    assert (target["status"], causes(target)) == ("warning", {"session_policy_ignored"})


@pytest.mark.parametrize(
    ("minutes", "status", "link"), [(20, "broken", "clock"), (-20, "broken", "clock"), (5, "warning", "session"), (-5, "warning", "session"), (1, "ok", None)]
)  # fmt: skip
def test_a_clock_that_is_off_is_told_before_it_matters(
    small_world: Path, minutes: int, status: str, link: str | None
) -> None:
    """Beyond 15 minutes the cloud refuses; from 2 minutes on the end of a session shows it."""
    with deployment(small_world, clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=minutes)) as deployed:
        target = target_check(deployed)

    assert (target["status"], target["cause"]) == (status, "clock_skew" if link else None)
    assert [wrong["name"] for wrong in wrong_links(target)] == ([link] if link else [])


def unresolvable(_: ExitStack) -> Any:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    return getaddrinfo


def leading_to(listener: socket.socket) -> Any:
    port = listener.getsockname()[1]
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def refusing(_: ExitStack) -> Any:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return leading_to(closed)


def silent(stack: ExitStack) -> Any:
    """Return the way to a port whose queue of connections is full, so that a new one gets no answer."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(3):
        filler = stack.enter_context(socket.socket())
        filler.settimeout(0)
        filler.connect_ex(listener.getsockname())
    return leading_to(listener)


def without_tls(stack: ExitStack) -> Any:
    cloud = stack.enter_context(LocalCloud(load_world()))
    return leading_to(cloud._listener)  # type: ignore[arg-type] # it is running


@pytest.mark.parametrize(
    ("way", "cause"),
    [(unresolvable, "name_not_resolved"), (refusing, "connection_failed"), (silent, "connect_timed_out"), (without_tls, "tls_failed")],
)  # fmt: skip
def test_a_host_that_is_not_reached_is_told_by_where_it_stops(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, way: Callable[[ExitStack], Any], cause: str
) -> None:
    """DNS, TCP and TLS are told apart, and the way out of a VPC is hinted at where it can be the reason."""
    monkeypatch.setattr("fc_inventory.sdk.CONNECT_TIMEOUT_SECONDS", 0.1)
    deployed.configure(COMPANY_C, FC_INVENTORY_ENDPOINT="")
    with ExitStack() as stack:
        monkeypatch.setattr(socket, "getaddrinfo", way(stack))

        target = target_check(deployed)

    first = wrong_links(target)[0]
    assert (first["name"], target["cause"], causes(target)) == ("sts_endpoint", cause, {cause})
    assert ("VPC" in first["fix"]["text"]) == (cause != "tls_failed")


def test_a_vpc_is_recognised_by_the_host_that_only_vpcs_reach(deployed: Deployment) -> None:
    """Only where the public host is away, and by one call."""
    target_check(deployed)
    healthy = {request.host for request in deployed.cloud.requests if request.action == "GetCallerIdentity"}
    deployed.cloud.requests.clear()
    deployed.cloud.faults.add(Fault(action="GetCallerIdentity", times=3, reset=True))

    target_check(deployed)

    asked = [request.host for request in deployed.cloud.requests if request.action == "GetCallerIdentity"]
    assert (healthy, asked) == (
        {"sts.cn-hangzhou.aliyuncs.com"},
        ["sts.cn-hangzhou.aliyuncs.com"] * 3 + ["sts-vpc.cn-hangzhou.aliyuncs.com"],
    )


def test_an_answer_that_does_not_come_is_told_from_a_host_that_is_away(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection was taken: no way out of a VPC is missing."""
    monkeypatch.setattr("fc_inventory.sdk.READ_TIMEOUT_SECONDS", 0.05)
    deployed.cloud.faults.add(Fault(action="ListServices", delay_seconds=0.3))

    target = target_check(deployed)

    assert (target["cause"], causes(target)) == ("answer_timed_out", {"answer_timed_out"})
    assert statuses(target)["list_permission cn-hangzhou ListServices"] == "not_checked"


def test_the_time_that_runs_out_is_told(deployed: Deployment) -> None:
    """A check ends within the invocation's time and says what it did not reach."""
    deployed.cloud.faults.add(Fault(action="ListServices", delay_seconds=0.5))

    target = target_check(deployed, timeout_seconds=0.7)

    assert target["status"] == "broken"
    assert target["cause"] in {"deadline", "answer_timed_out"}


def test_targets_and_regions_are_selected_as_for_a_listing(deployed: Deployment) -> None:
    """The usual selectors narrow a check; the caller is asked for once."""
    deployed.configure({**COMPANY_A, "regions": ["cn-hangzhou", "cn-wulanchabu"]}, COMPANY_C, COMPANY_D)

    report = check(deployed, {"targets": ["company-a", "company-d"], "regions": "cn-hangzhou"})

    assert [target["target"] for target in report["targets"]] == ["company-a", "company-d"]
    assert {link["region"] for target in report["targets"] for link in target["links"]} == {None, "cn-hangzhou"}
    assert deployed.calls("GetCallerIdentity") == 1


def test_a_region_without_services_has_no_link_to_them(deployed: Deployment) -> None:
    """Where FC 2.0 does not exist, only FC 3.0's list is checked."""
    deployed.configure({**COMPANY_C, "regions": ["cn-wulanchabu"]})

    target = target_check(deployed)

    assert [link["api"] for link in target["links"] if link["api"]] == ["ListFunctions v3"]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"version": "v1", "rawPath": "/", "queryParameters": {"check": "true"}, "requestContext": {"http": {"method": "GET"}}}, "check"),
        ({"version": "v1", "rawPath": "/", "body": '{"check": true}', "requestContext": {"http": {"method": "POST"}}}, "check"),
        ({"check": True, "service_prefix": "x"}, "service_prefix"),
        ({"check": True, "format": "csv"}, "format"),
        ({"check": "yes"}, "check"),
    ],
)  # fmt: skip
def test_a_check_is_for_plain_invocations_alone(deployed: Deployment, event: dict[str, Any], field: str) -> None:
    """Over HTTP it is refused, as is what a check would pass over; no call is made."""
    answer = deployed.report(event)

    refusal = json.loads(answer["body"]) if "body" in answer else answer
    assert (refusal["status"], refusal["error"]["status"], refusal["error"]["field"]) == ("refused", 400, field)
    assert not deployed.cloud.requests


def test_a_timer_can_not_ask_for_a_check(deployed: Deployment) -> None:
    """Nobody would read the answer."""
    event = {"triggerName": "t", "triggerTime": "2026-11-24T06:00:00Z", "payload": '{"check": true}'}

    with pytest.raises(RequestError, match="plain invocations"):
        deployed.invoke(event)


def test_no_secret_is_told(deployed: Deployment, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither keys nor tokens nor the external ID stand in the answer or the log."""
    trust(deployed, principal=f"acs:ram::{B}:role/other")

    answer = deployed.invoke({"check": True})

    told = answer + "".join(capfd.readouterr())
    assert not [secret for secret in (*deployed.keys.values(), COMPANY_C["external_id"]) if secret in told]


@pytest.mark.parametrize(
    ("setup", "account_id"),
    [("caller lacks permission", B), ("ListServices not allowed", C), ("ListFunctions not allowed", C), ("role missing", C)],
)  # fmt: skip
def test_the_fix_mends_it(deployed: Deployment, setup: str, account_id: str) -> None:
    """The commands of the fix, carried out by the account that they are for, leave nothing broken."""
    BROKEN[setup][0](deployed)
    fix = wrong_links(target_check(deployed))[0]["fix"]

    for command in fix["commands"]:
        carry_out(command, deployed, account_id)

    assert target_check(deployed)["status"] == "ok"


def carry_out(command: str, deployed: Deployment, account_id: str) -> None:
    """Do in *account_id* what the Alibaba Cloud CLI would."""
    words = shlex.split(command.replace('"${EXTERNAL_ID:?}"', COMPANY_C["external_id"]))
    if words[:2] != ["aliyun", "ram"]:
        return
    options = dict(zip((word.removeprefix("--") for word in words[3::2]), words[4::2], strict=True))
    call_ram(words[2], options, deployed.cloud, account_id)


def call_ram(action: str, parameters: dict[str, str], cloud: LocalCloud, account_id: str) -> None:
    from alibabacloud_tea_openapi.client import Client  # noqa: PLC0415 - stands in for the command line
    from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params  # noqa: PLC0415
    from alibabacloud_tea_util.models import RuntimeOptions  # noqa: PLC0415

    account = cloud.world.accounts[account_id]
    account.root_key = account.root_key or AccessKey("LTAIadministrator0001", "test-secret-111111111111111111")
    config = Config(
        access_key_id=account.root_key.access_key_id,
        access_key_secret=account.root_key.secret,
        endpoint=cloud.url.removeprefix("http://"),
        protocol="http",
    )
    about = {"protocol": "HTTP", "pathname": "/", "method": "POST", "auth_type": "AK", "style": "RPC"}
    params = Params(action=action, version="2015-05-01", req_body_type="formData", body_type="json", **about)
    Client(config).call_api(params, OpenApiRequest(query=parameters), RuntimeOptions())
