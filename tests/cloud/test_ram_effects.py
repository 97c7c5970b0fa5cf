"""What is granted and revoked through RAM is what STS and Function Compute go by, from the next call on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alibabacloud_fc20230330 import models as fc_models
from alibabacloud_ram20150501 import models
from alibabacloud_sts20150401.models import AssumeRoleRequest
from Tea.exceptions import TeaException

from local.cloud import LocalCloud, parse_policy
from local.cloud.state_file import decode_state, encode_state
from tests.cloud.acs3 import Keys
from tests.cloud.clients import (
    COMPANY_A,
    COMPANY_B,
    FC_ADMIN,
    account,
    assume,
    fc3,
    list_functions_call,
    sts,
    user_keys,
)
from tests.cloud.conftest import Clock
from tests.cloud.envelopes import fc3 as fc3_refusal
from tests.cloud.old_signatures import Rpc
from tests.cloud.ram_requests import LISTING_POLICY, RAM_HOST, ram, ram_call, refusal, said, trust_text

TRUST_B = trust_text(f"acs:ram::{COMPANY_B}:root")
TRUST_NOBODY = json.dumps({"Version": "1", "Statement": []})
READ_ONLY = {"policy_type": "System", "policy_name": "AliyunFCReadOnlyAccess"}
GUEST = f"acs:ram::{COMPANY_A}:role/guest"


def names(cloud: LocalCloud, keys: Keys) -> list[str]:
    """Return the functions that Function Compute lists for *keys*."""
    listed = fc3(cloud, keys).list_functions(fc_models.ListFunctionsRequest(fc_version="v3"))
    return [function.function_name for function in listed.body.functions]


def code_of(error: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    """Return status and code of what an SDK raised."""
    return error.value.status_code, error.value.code


def test_a_customer_is_taken_on_and_leaves(cloud: LocalCloud, admin_a: Keys, ops: Keys) -> None:
    """A creates a role and attaches a policy; B sees functions; A deletes the role, and B's session is dead at once."""
    company_a = ram(cloud, admin_a)

    company_a.create_role(models.CreateRoleRequest(role_name="guest", assume_role_policy_document=TRUST_B))
    session = assume(cloud, ops, GUEST)
    with pytest.raises(Exception, match="fc:ListFunctions") as not_yet:
        names(cloud, session)
    company_a.attach_policy_to_role(models.AttachPolicyToRoleRequest(role_name="guest", **READ_ONLY))
    seen = names(cloud, session)
    company_a.detach_policy_from_role(models.DetachPolicyFromRoleRequest(role_name="guest", **READ_ONLY))
    with pytest.raises(Exception, match="fc:ListFunctions") as no_more:
        names(cloud, session)
    company_a.delete_role(models.DeleteRoleRequest(role_name="guest"))
    with pytest.raises(Exception, match="invalid access key ID") as dead:
        names(cloud, session)
    with pytest.raises(Exception, match="The specified Role not exists") as gone:
        assume(cloud, ops, GUEST)

    assert seen == ["nightly-backup", "webhook"]
    assert [code_of(error) for error in (not_yet, no_more)] == [(403, "AccessDenied")] * 2
    assert code_of(dead) == (403, "InvalidAccessKeyID")
    assert code_of(gone) == (404, "EntityNotExist.Role")


def test_trust_is_revoked_and_granted_for_the_next_assume_role(cloud: LocalCloud, admin_a: Keys, ops: Keys) -> None:
    """A session that was issued before goes on."""
    company_a = ram(cloud, admin_a)

    def trust(text: str) -> None:
        company_a.update_role(models.UpdateRoleRequest(role_name="fc-admin", new_assume_role_policy_document=text))

    session = assume(cloud, ops)
    trust(TRUST_NOBODY)
    with pytest.raises(TeaException, match="not authorized") as revoked:
        assume(cloud, ops)
    still = names(cloud, session)
    trust(trust_text(f"acs:ram::{COMPANY_B}:user/ops"))
    again = names(cloud, assume(cloud, ops))

    assert code_of(revoked) == (403, "NoPermission")
    assert revoked.value.accessDeniedDetail["PolicyType"] == "AssumeRolePolicy"
    assert still == again == ["nightly-backup", "webhook"]


def test_a_new_role_of_the_name_doesn_t_revive_old_sessions(cloud: LocalCloud, admin_a: Keys, ops: Keys) -> None:
    """They belonged to the role that was deleted."""
    company_a = ram(cloud, admin_a)
    guest = models.CreateRoleRequest(role_name="guest", assume_role_policy_document=TRUST_B)
    company_a.create_role(guest)
    session = assume(cloud, ops, GUEST)

    company_a.delete_role(models.DeleteRoleRequest(role_name="guest"))
    company_a.create_role(guest)
    answer = ram_call(session, "GetRole", RoleName="guest").send(cloud.url)

    assert said(answer) == refusal(answer, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def test_a_role_s_longest_session_is_what_was_written(cloud: LocalCloud, admin_a: Keys, ops: Keys) -> None:
    """Two hours once MaxSessionDuration says so."""
    request = AssumeRoleRequest(role_arn=FC_ADMIN, role_session_name="alice", duration_seconds=7200)

    with pytest.raises(TeaException, match="DurationSeconds") as too_long:
        sts(cloud, ops).assume_role(request)
    update = models.UpdateRoleRequest(role_name="fc-admin", new_max_session_duration=7200)
    ram(cloud, admin_a).update_role(update)
    issued = sts(cloud, ops).assume_role(request)

    assert code_of(too_long) == (400, "InvalidParameter.DurationSeconds")
    assert issued.body.credentials.access_key_id.startswith("STS.")


def test_the_version_in_force_is_the_one_that_counts(cloud: LocalCloud, admin_a: Keys, in_company_a: Keys) -> None:
    """A new version changes nothing until it is the default."""
    company_a = ram(cloud, admin_a)
    lists = {"policy_name": "lists", "policy_type": "Custom"}
    company_a.create_policy(models.CreatePolicyRequest(policy_name="lists", policy_document=LISTING_POLICY))
    company_a.attach_policy_to_role(models.AttachPolicyToRoleRequest(role_name="fc-admin", **lists))
    company_a.detach_policy_from_role(models.DetachPolicyFromRoleRequest(role_name="fc-admin", **READ_ONLY))

    company_a.create_policy_version(
        models.CreatePolicyVersionRequest(policy_name="lists", policy_document=TRUST_NOBODY)
    )
    before = names(cloud, in_company_a)
    company_a.set_default_policy_version(models.SetDefaultPolicyVersionRequest(policy_name="lists", version_id="v2"))
    after = list_functions_call(in_company_a).send(cloud.url)

    assert before == ["nightly-backup", "webhook"]
    assert after.status_code == 403


def test_a_caller_s_own_permission_counts_from_the_next_call(cloud: LocalCloud, admin_b: Keys, intern: Keys) -> None:
    """The intern may assume roles as long as company B's administrator lets it."""
    company_b = ram(cloud, admin_b)
    policy = {"policy_type": "System", "policy_name": "AliyunSTSAssumeRoleAccess", "user_name": "intern"}

    company_b.attach_policy_to_user(models.AttachPolicyToUserRequest(**policy))
    granted = names(cloud, assume(cloud, intern))
    company_b.detach_policy_from_user(models.DetachPolicyFromUserRequest(**policy))
    with pytest.raises(TeaException, match="not authorized") as revoked:
        assume(cloud, intern)

    assert granted == ["nightly-backup", "webhook"]
    assert revoked.value.accessDeniedDetail["PolicyType"] == "AccountLevelIdentityBasedPolicy"


def decode(cloud: LocalCloud, keys: Keys, detail: dict[str, str]) -> dict[str, Any]:
    """Return what DecodeDiagnosticMessage says of a denial, without time and place."""
    request = models.DecodeDiagnosticMessageRequest(encoded_diagnostic_message=detail["EncodedDiagnosticMessage"])
    decoded = ram(cloud, keys).decode_diagnostic_message(request).body.decoded_diagnostic_message.to_map()
    conditions = {each["ConditionKey"]: each["ConditionValues"] for each in decoded.pop("AuthConditions")}
    assert conditions.pop("acs:CurrentTime")[0].endswith("Z")
    assert conditions == {
        "acs:SourceIp": ["127.0.0.1"],
        "acs:SecureTransport": ["true"],
        "acs:MFAPresent": ["false"],
    }
    assert isinstance(decoded, dict)
    return decoded


@pytest.mark.parametrize(
    ("statements", "kind", "matched"),
    [
        ([], "ImplicitDeny", []),
        ([{"Effect": "Deny", "Action": "fc:List*", "Resource": "*"}], "ExplicitDeny", ["own"]),
    ],
)
def test_function_compute_names_the_role_s_policies(
    cloud: LocalCloud, admin_a: Keys, in_company_a: Keys, statements: list[Any], kind: str, matched: list[str]
) -> None:
    """With the policy that denies, where one does, to the role's own account."""
    owner = account(cloud, COMPANY_A)
    owner.add_policy("own", parse_policy({"Version": "1", "Statement": statements}))
    owner.roles["fc-admin"].policies = ["own"]

    answer = list_functions_call(in_company_a).send(cloud.url)
    decoded = decode(cloud, admin_a, answer.json()["AccessDeniedDetail"])

    resource = f"acs:fc:cn-hangzhou:{COMPANY_A}:functions/*"
    principal = {
        "AuthPrincipalType": "AssumedRoleUser",
        "AuthPrincipalOwnerId": COMPANY_A,
        "AuthPrincipalDisplayName": "fc-admin:alice",
    }
    layer = "AccountLevelIdentityBasedPolicy"
    detail = {"AuthAction": "fc:ListFunctions", **principal, "NoPermissionType": kind, "PolicyType": layer}
    message = f"the caller is not authorized to perform 'fc:ListFunctions' on resource '{resource}'"
    policy = {
        "Effect": "Deny",
        "PolicyType": "Custom",
        "PolicyVersion": "v1",
        "AttachedEntityType": "RamRole",
        "AttachedScope": "Account",
    }
    assert answer.json() == fc3_refusal(answer, "AccessDenied", message, detail)
    assert decoded == {
        "ExplicitDeny": kind == "ExplicitDeny",
        "NoPermissionPolicyType": layer,
        "AuthAction": "fc:ListFunctions",
        "AuthResource": resource,
        "AuthPrincipal": principal,
        "MatchedPolicies": [policy | {"PolicyIdentifier": name} for name in matched],
    }


@pytest.mark.parametrize(("effect", "kind"), [("Allow", "ImplicitDeny"), ("Deny", "ExplicitDeny")])
def test_function_compute_names_the_session_policy(
    cloud: LocalCloud, admin_a: Keys, ops: Keys, effect: str, kind: str
) -> None:
    """Before the role's own, which would allow it."""
    action = "fc:ListServices" if effect == "Allow" else "fc:ListFunctions"
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    session = assume(cloud, ops, policy=json.dumps({"Version": "1", "Statement": [statement]}))

    detail = list_functions_call(session).send(cloud.url).json()["AccessDeniedDetail"]
    decoded = decode(cloud, admin_a, detail)

    assert (detail["PolicyType"], detail["NoPermissionType"]) == ("SessionPolicy", kind)
    assert (decoded["NoPermissionPolicyType"], decoded["ExplicitDeny"]) == ("SessionPolicy", effect == "Deny")
    assert decoded["MatchedPolicies"] == []


@pytest.mark.parametrize(
    ("effects", "layer", "kind"),
    [
        (("Allow", None), "AssumeRolePolicy", "ImplicitDeny"),
        (("Allow", "Deny"), "AssumeRolePolicy", "ExplicitDeny"),
        ((None, "Allow"), "AccountLevelIdentityBasedPolicy", "ImplicitDeny"),
        (("Deny", "Allow"), "AccountLevelIdentityBasedPolicy", "ExplicitDeny"),
        ((None, "Deny"), "AssumeRolePolicy", "ExplicitDeny"),
        (("Deny", "Deny"), "AccountLevelIdentityBasedPolicy", "ExplicitDeny"),
        ((None, None), "AccountLevelIdentityBasedPolicy", "ImplicitDeny"),
    ],
)
def test_sts_names_the_layer_that_denied(
    cloud: LocalCloud, admin_b: Keys, ops: Keys, effects: tuple[str | None, str | None], layer: str, kind: str
) -> None:
    """Caller's policy or trust policy, each silent, allowing or denying; the caller's account may decode it."""
    own, trusted = effects
    written = [{"Effect": own, "Action": "sts:AssumeRole", "Resource": "*"}] if own else []
    owner = account(cloud, COMPANY_B)
    owner.add_policy("own", parse_policy({"Version": "1", "Statement": written}))
    owner.users["ops"].policies = ["own"]
    trust = TRUST_B.replace('"Allow"', f'"{trusted}"') if trusted else TRUST_NOBODY
    update = models.UpdateRoleRequest(role_name="fc-admin", new_assume_role_policy_document=trust)
    ram(cloud, user_keys(cloud, "admin", COMPANY_A)).update_role(update)

    with pytest.raises(TeaException, match="not authorized") as denied:
        assume(cloud, ops)
    detail = denied.value.accessDeniedDetail
    decoded = decode(cloud, admin_b, detail)

    assert (detail["PolicyType"], detail["NoPermissionType"]) == (layer, kind)
    assert (decoded["AuthAction"], decoded["AuthResource"]) == ("sts:AssumeRole", FC_ADMIN)
    matched = layer == "AccountLevelIdentityBasedPolicy" and kind == "ExplicitDeny"
    assert [policy["PolicyIdentifier"] for policy in decoded["MatchedPolicies"]] == ["own"] * matched


def test_a_denial_is_decoded_only_for_the_account_that_it_befell(
    cloud: LocalCloud, admin_a: Keys, admin_b: Keys, intern: Keys
) -> None:
    """For others it isn't there; and whoever decodes must be allowed to."""
    encoded = ram_call(intern, "ListRoles").send(cloud.url).json()["AccessDeniedDetail"]["EncodedDiagnosticMessage"]

    def ask(keys: Keys, text: str) -> Any:
        return ram_call(keys, "DecodeDiagnosticMessage", EncodedDiagnosticMessage=text).send(cloud.url)

    own, other, unknown, denied = (
        ask(admin_b, encoded),
        ask(admin_a, encoded),
        ask(admin_b, "AQE="),
        ask(intern, encoded),
    )

    none = ("EntityNotExist", "The specific DecodedDiagnosticMessage cannot be found.")
    detail = {
        "AuthAction": "ram:DecodeDiagnosticMessage",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": COMPANY_B,
        "AuthPrincipalDisplayName": account(cloud, COMPANY_B).users["intern"].user_id,
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    assert own.json()["DecodedDiagnosticMessage"]["AuthAction"] == "ram:ListRoles"
    assert [said(answer) for answer in (other, unknown)] == [refusal(answer, *none) for answer in (other, unknown)]
    assert said(denied) == refusal(denied, "NoPermission", "You do not have the required permissions.", detail)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_sts_names_the_session_policy_of_a_chained_caller(
    cloud: LocalCloud, admin_b: Keys, clock: Clock, effect: str
) -> None:
    """A session of company B's role, whose policy is silent on AssumeRole or denies it, assumes nothing."""
    action = "fc:*" if effect == "Allow" else "sts:*"
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    owner = account(cloud, COMPANY_B)
    session = cloud.world.issue_session(
        owner,
        owner.roles["fc-inventory"],
        "limited",
        expires=clock() + timedelta(hours=1),
        policy=parse_policy({"Version": "1", "Statement": [statement]}),
    )

    with pytest.raises(TeaException, match="not authorized") as denied:
        assume(cloud, Keys(session.access_key_id, session.secret, session.token))
    decoded = decode(cloud, admin_b, denied.value.accessDeniedDetail)

    assert decoded == {
        "ExplicitDeny": effect == "Deny",
        "NoPermissionPolicyType": "SessionPolicy",
        "AuthAction": "sts:AssumeRole",
        "AuthResource": FC_ADMIN,
        "AuthPrincipal": {
            "AuthPrincipalType": "AssumedRoleUser",
            "AuthPrincipalOwnerId": COMPANY_B,
            "AuthPrincipalDisplayName": "fc-inventory:limited",
        },
        "MatchedPolicies": [],
    }


def test_a_state_keeps_what_ram_wrote(cloud: LocalCloud, admin_a: Keys, ops: Keys) -> None:
    """Roles with their sessions, policies with their versions, keys and denials; letter by letter."""
    company_a = ram(cloud, admin_a)
    company_a.create_role(models.CreateRoleRequest(role_name="guest", assume_role_policy_document=TRUST_B))
    company_a.create_policy(models.CreatePolicyRequest(policy_name="lists", policy_document=LISTING_POLICY))
    company_a.create_access_key(models.CreateAccessKeyRequest())
    session = assume(cloud, ops, GUEST)
    denied = list_functions_call(session).send(cloud.url).json()["AccessDeniedDetail"]["EncodedDiagnosticMessage"]

    kept = decode_state(encode_state(cloud.world))

    owner = kept.accounts[COMPANY_A]
    assert encode_state(kept) == encode_state(cloud.world)
    assert kept.sessions[session.access_key_id].role is owner.roles["guest"]
    assert owner.roles["guest"].trust.text == TRUST_B
    assert owner.policies["lists"].policy.text == LISTING_POLICY
    assert [key.active for key in owner.users["admin"].access_keys] == [True, True]
    assert list(kept.denials) == [denied]


@pytest.mark.parametrize("wanted", ["JSON", "XML"])
def test_older_clients_reach_ram_by_rpc_1(cloud: LocalCloud, admin_a: Keys, wanted: str) -> None:
    """In query or form, answered in the format that they ask for."""
    request = Rpc(admin_a, "ListPoliciesForRole", {"RoleName": "fc-admin"}, RAM_HOST, "POST")
    request = replace(request, system={"Version": "2015-05-01", "Format": wanted})

    answers = [sent.send(cloud.url) for sent in (request.in_query(), request.in_form())]

    policy = {
        "PolicyName": "AliyunFCReadOnlyAccess",
        "PolicyType": "System",
        "Description": "",
        "DefaultVersion": "v1",
        "AttachDate": "2024-03-01T08:00:00Z",
    }
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in policy.items())
    for answer in answers:
        request_id = answer.headers["x-acs-request-id"]
        assert answer.status_code == 200
        if wanted == "JSON":
            assert answer.json() == {"RequestId": request_id, "Policies": {"Policy": [policy]}}
        else:
            body = f"<RequestId>{request_id}</RequestId><Policies><Policy>{elements}</Policy></Policies>"
            root = "ListPoliciesForRoleResponse"
            assert answer.text == f"<?xml version='1.0' encoding='UTF-8'?><{root}>{body}</{root}>"


def test_only_the_latest_denials_are_remembered(cloud: LocalCloud, admin_b: Keys, intern: Keys) -> None:
    """A thousand of them; an older one can't be decoded any more."""
    first = ram_call(intern, "ListRoles").send(cloud.url).json()["AccessDeniedDetail"]["EncodedDiagnosticMessage"]
    denial = cloud.world.denials[first]
    for number in range(1000):
        cloud.world.remember(replace(denial, diagnostic_id=str(number)))

    answer = ram_call(admin_b, "DecodeDiagnosticMessage", EncodedDiagnosticMessage=first).send(cloud.url)

    none = refusal(answer, "EntityNotExist", "The specific DecodedDiagnosticMessage cannot be found.")
    assert (len(cloud.world.denials), said(answer)) == (1000, none)
