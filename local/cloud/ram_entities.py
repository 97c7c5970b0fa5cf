"""What all actions of RAM share: may the caller do it, and where is what it names."""

from __future__ import annotations

from local.cloud.actions import Action
from local.cloud.authorization import find_denial
from local.cloud.calls import Act, Call
from local.cloud.clock import to_wire
from local.cloud.errors import Refusal
from local.cloud.policy import Question
from local.cloud.ram_parameters import read_choice, read_name
from local.cloud.regions import RAM_VERSION
from local.cloud.system_policies import DOCUMENTS, system_policy_record
from local.cloud.versioned_policy import VersionedPolicy
from local.cloud.world import Role, User

CUSTOM, SYSTEM = "Custom", "System"


def ram_action(name: str, act: Act) -> Action:
    """Return the action *name* of RAM's API."""
    return Action(name, RAM_VERSION, ("GET", "POST"), "/", act)


def authorise(call: Call, action: str, *resources: str) -> None:
    """Raise Refusal unless the caller may do *action* on all *resources* of its account, such as `role/reader`.

    Whole ARNs and `*` are taken as they are. Answers show `*` as an ARN's region; it is asked for without one, which
    policies match that write `*` and those that write nothing.
    """
    for resource in resources:
        whole = resource == "*" or resource.startswith("acs:")
        arn = resource if whole else f"acs:ram:*:{call.account.account_id}:{resource}"
        asked = arn.replace("acs:ram:*:", "acs:ram::", 1)
        denial = find_denial(call.caller, Question(f"ram:{action}", asked, call.context()))
        if denial is not None:
            message = f"You are not authorized to do this action. Resource: {arn} Action: ram:{action}"
            raise Refusal(403, "NoPermission", message, denial)


def read_policy(call: Call) -> tuple[str, str]:
    """Return the policy type and the name that *call* gives; raises Refusal."""
    return read_choice(call, "PolicyType", SYSTEM, CUSTOM), read_name(call, "PolicyName")


def policy_resource(call: Call, policy_type: str, name: str) -> str:
    """Return the ARN of a policy: that of a system policy has `system` as its account."""
    return f"acs:ram:*:{call.account.account_id if policy_type == CUSTOM else 'system'}:policy/{name}"


def find_policy(call: Call, policy_type: str, name: str) -> VersionedPolicy:
    """Return the policy *name*; raises Refusal."""
    if policy_type == SYSTEM and name in DOCUMENTS:
        return system_policy_record(name)
    if policy_type == CUSTOM and name in call.account.policies:
        return call.account.policies[name]
    raise Refusal(404, "EntityNotExist.Policy", "The policy does not exist.")


def find_role(call: Call, name: str) -> Role:
    """Return the role *name*; raises Refusal."""
    if name not in call.account.roles:
        raise Refusal(404, "EntityNotExist.Role", "The role does not exist.")
    return call.account.roles[name]


def find_user(call: Call, name: str) -> User:
    """Return the user *name*; raises Refusal."""
    if name not in call.account.users:
        raise Refusal(404, "EntityNotExist.User", "The user does not exist.")
    return call.account.users[name]


def now(call: Call) -> str:
    """Return the time of *call* as on the wire."""
    return to_wire(call.now)
