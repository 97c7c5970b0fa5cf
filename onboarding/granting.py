"""`grant`, `grant-b` and `revoke`: look, plan, show, and with --yes carry out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from fc_inventory.documents import read_document
from fc_inventory.errors import SettingsError
from fc_inventory.targets import read_targets
from onboarding import documents, options, parameters
from onboarding.administrator import Administrator, sign_in
from onboarding.execution import carry_out, show_only
from onboarding.observation import observe
from onboarding.outcome import EXIT_CODES, Outcome, Status, differences
from onboarding.plan import Plan, Policy, Wanted, plan_grant
from onboarding.presentation import show
from onboarding.revocation import explain_absence, explain_sessions, observe_granted, plan_closing, plan_removal

ANY_REGION = "cn-hangzhou"  # targets are only read for their roles
MADE_BY_GRANT = ("list", "manage")  # levels with a policy of their own
MANAGE_NOTE = (
    "FC 2.0 can't hold new services to the prefix: fc:CreateService knows only services/*. What doesn't begin with the "
    "prefix can be created, then, but not changed, filled or deleted."
)


@dataclass(frozen=True)
class Manner:
    """How a command was given."""

    command: str
    replace: bool
    yes: bool
    as_json: bool


def grant(  # noqa: PLR0913 - a command's parameters are its options
    *,
    account: options.Account,
    trust: Annotated[
        list[str], typer.Option(metavar="ARN", help="The execution role of B's function, which is trusted.")
    ],
    external_id: options.ExternalId,
    role_name: Annotated[str, typer.Option(metavar="NAME", help="The role to create.")] = "fc-inventory-reader",
    level: Annotated[
        str, typer.Option(metavar="|".join(documents.LEVELS), help="What B may do: list only, read all, or manage.")
    ] = "list",
    prefix: Annotated[
        str, typer.Option(metavar="TEXT", help="With --level manage: how names of what B manages begin.")
    ] = "",
    triggers: Annotated[
        bool, typer.Option("--triggers", help="Let B list the triggers of functions, too: who may call them.")
    ] = False,
    trust_account: Annotated[
        bool, typer.Option("--trust-account", help="Trust all of account B, as the console does, not the role alone.")
    ] = False,
    max_session_seconds: options.SessionSeconds = 3600,
    replace: options.Replace = False,
    yes: options.Yes = False,
    profile: options.Profile = None,
    as_json: options.AsJson = False,
) -> None:
    """Account A: create the role that trusts account B, and give it its permissions."""
    parameters.check_account_id(account, "--account")
    arns = [parameters.check_role_arn(arn, "--trust") for arn in trust]
    parameters.check_account_of(arns, account, "--trust")
    parameters.check_external_id(external_id, "--external-id")
    parameters.check_policy_stem(role_name, "--role-name")
    principals = [f"acs:ram::{parameters.account_of(arn)}:root" for arn in arns] if trust_account else arns
    wanted = Wanted(
        role_name=role_name,
        description=f"Lets {' and '.join(sorted({parameters.account_of(arn) for arn in arns}))} see Function Compute",
        trust=documents.trust_policy(list(dict.fromkeys(principals)), external_id),
        max_session_seconds=parameters.check_session_seconds(max_session_seconds, "--max-session-seconds"),
        policy=_permissions(account, role_name, level, prefix, triggers=triggers),
    )
    administrator = _sign_in_after_checks(wanted, profile, account)
    _grant(wanted, administrator, Manner("grant", replace, yes, as_json), [MANAGE_NOTE] if level == "manage" else [])


def grant_b(  # noqa: PLR0913 - a command's parameters are its options
    *,
    account: options.Account,
    role_arn: Annotated[
        list[str] | None, typer.Option(metavar="ARN", help="A customer's role that may be assumed; again for each.")
    ] = None,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take the roles from a targets document instead.")
    ] = None,
    any_role: Annotated[
        bool, typer.Option("--any-role", help="Attach AliyunSTSAssumeRoleAccess: every role, as in the guide.")
    ] = False,
    user: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A RAM user that may assume the roles, too.")
    ] = None,
    role_name: Annotated[str, typer.Option(metavar="NAME", help="The function's execution role.")] = "fc-inventory",
    max_session_seconds: options.SessionSeconds = 3600,
    replace: options.Replace = False,
    yes: options.Yes = False,
    profile: options.Profile = None,
    as_json: options.AsJson = False,
) -> None:
    """Account B: create the function's execution role, and let it (and RAM users) assume the customers' roles.

    All roles are given each time. Other policies of the execution role are left alone.
    """
    parameters.check_account_id(account, "--account")
    parameters.check_policy_stem(role_name, "--role-name")
    if sum((bool(role_arn), targets is not None, any_role)) != 1:
        raise SettingsError(
            "--role-arn", expected="one of --role-arn, --targets and --any-role", found="another choice"
        )
    arns = [parameters.check_role_arn(arn, "--role-arn") for arn in role_arn or ()] or _roles_of(targets)
    parameters.check_account_of(arns, account, "--role-arn")
    own = Policy(
        name=f"{role_name}-assume", document=documents.assume_policy(arns), description="Roles of customers to assume"
    )
    wanted = Wanted(
        role_name=role_name,
        description="Execution role of the function fc-inventory",
        trust=documents.execution_trust_policy(),
        max_session_seconds=parameters.check_session_seconds(max_session_seconds, "--max-session-seconds"),
        policy=Policy(name=documents.ASSUME_ANY_POLICY) if any_role else own,
        users=tuple(parameters.check_user_name(name, "--user") for name in user or ()),
        exclusive=False,
    )
    administrator = _sign_in_after_checks(wanted, profile, account)
    _grant(wanted, administrator, Manner("grant-b", replace, yes, as_json))


def revoke(  # noqa: PLR0913 - a command's parameters are its options
    *,
    account: options.Account,
    role_name: Annotated[str, typer.Option(metavar="NAME", help="The role that account B assumes.")] = (
        "fc-inventory-reader"
    ),
    trust_only: Annotated[
        bool, typer.Option("--trust-only", help="Keep role and policies, and take only the trust away.")
    ] = False,
    if_exists: Annotated[
        bool, typer.Option("--if-exists", help="All is well where the role is gone already; else that is an error.")
    ] = False,
    yes: options.Yes = False,
    profile: options.Profile = None,
    as_json: options.AsJson = False,
) -> None:
    """Account A: take back what was granted, and say which sessions stay valid until when.

    Exit status: 0 shown or done; 1 there is no such role (0 with --if-exists), or the cloud refused; 2 wrong usage; 3
    only a part was done.
    """
    parameters.check_account_id(account, "--account")
    parameters.check_role_name(role_name, "--role-name")
    administrator = sign_in(profile, account)
    own = () if "." in role_name else tuple(f"{role_name}-{level}" for level in MADE_BY_GRANT)
    granted = observe_granted(role_name, own, administrator)
    plan = plan_closing(granted, account) if trust_only else plan_removal(granted)
    manner = Manner("revoke", replace=True, yes=yes, as_json=as_json)
    if granted.trust is None:
        nothing: Status = "unchanged" if if_exists else "absent"
        _end(plan, administrator, role_name, manner, explain_absence(role_name, administrator), nothing=nothing)
    _end(
        plan,
        administrator,
        role_name,
        manner,
        explain_sessions(granted, datetime.now(timezone.utc), trust_only=trust_only),
    )


def _sign_in_after_checks(wanted: Wanted, profile: str | None, account_id: str) -> Administrator:
    """Return the administrator of *account_id*, once the documents are known to fit. Raises SettingsError."""
    parameters.check_size(wanted.trust, parameters.TRUST_CHARACTERS, "trust policy")
    if wanted.policy.document is not None:
        parameters.check_size(wanted.policy.document, parameters.POLICY_CHARACTERS, f"policy {wanted.policy.name}")
    return sign_in(profile, account_id)


def _permissions(account_id: str, role_name: str, level: str, prefix: str, *, triggers: bool) -> Policy:
    chosen = next((known for known in documents.LEVELS if known == level), None)
    if chosen is None:
        raise SettingsError("--level", expected=", ".join(documents.LEVELS), found=repr(level))
    if chosen == "manage":
        parameters.check_prefix(prefix, "--prefix")
    elif prefix:
        raise SettingsError("--prefix", expected="it only with --level manage", found=f"it with --level {level}")
    if chosen == "read" and triggers:
        raise SettingsError("--triggers", expected="it with another level", found="it with read, which has it anyway")
    document = documents.permission_policy(chosen, account_id, prefix, triggers=triggers)
    if document is None:
        return Policy(name=documents.READ_POLICY)
    return Policy(name=f"{role_name}-{chosen}", document=document, description=f"What {role_name} may do: {chosen}")


def _roles_of(targets: Path | None) -> list[str]:
    if targets is None:
        return []
    try:
        text = targets.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("--targets", expected="a readable file", found=type(error).__name__) from None
    return [target.role_arn for target in read_targets(read_document(str(targets), text), ANY_REGION)]


def _grant(wanted: Wanted, administrator: Administrator, manner: Manner, notes: Sequence[str] = ()) -> NoReturn:
    _end(plan_grant(wanted, observe(wanted, administrator)), administrator, wanted.role_name, manner, notes)


def _end(
    plan: Plan,
    administrator: Administrator,
    role_name: str,
    manner: Manner,
    notes: Sequence[str] = (),
    *,
    nothing: Status = "unchanged",
) -> NoReturn:
    """Carry *plan* out as far as *manner* lets it, show what became of it, and end the command.

    *nothing* is the status of a plan without steps.
    """
    status: Status = "planned" if plan.steps else nothing
    steps, problem = show_only(plan), None
    if plan.conflicts and not manner.replace:
        status = "conflict"
    elif manner.yes and plan.steps:
        status, steps, problem = carry_out(plan, administrator)
    outcome = Outcome(
        command=manner.command,
        status=status,
        account_id=administrator.account_id,
        arn=f"acs:ram::{administrator.account_id}:role/{role_name}",
        steps=steps,
        conflicts=differences(plan),
        notes=list(notes),
        problem=problem,
    )
    show(outcome, as_json=manner.as_json)
    raise typer.Exit(EXIT_CODES[outcome.status])
