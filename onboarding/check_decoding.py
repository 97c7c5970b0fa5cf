"""What RAM tells of a denial that came with an EncodedDiagnosticMessage, asked for with the keys of this shell.

https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-decodediagnosticmessage. Who may decode
is unverified: the local cloud lets the account of whoever was denied. So that RAM does not tell is no finding: the
cause stays, and the message stands there for whoever may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from fc_inventory.check.causes import Trouble
from fc_inventory.check.commands import Parties
from fc_inventory.check.evidence import Diagnosis, Evidence
from fc_inventory.check.links import links_without_session
from fc_inventory.check.patient import broken
from fc_inventory.check.shape import TO_SESSION, Link
from fc_inventory.decoding import Decoder
from fc_inventory.diagnosis import Failure, diagnose
from fc_inventory.errors import CloudError
from fc_inventory.redaction import one_line
from onboarding import ram
from onboarding.administrator import Administrator

Decode = Callable[[str], Diagnosis]


class _Policy(msgspec.Struct, rename="pascal"):
    policy_identifier: str = ""


class _Message(msgspec.Struct, rename="pascal"):
    explicit_deny: bool
    no_permission_policy_type: str
    auth_action: str | None = None
    auth_resource: str | None = None
    matched_policies: tuple[_Policy, ...] | None = ()


class _Answer(msgspec.Struct, rename="pascal"):
    decoded_diagnostic_message: _Message


_ANSWER = Decoder(_Answer)


def decoder(administrator: Administrator) -> Decode:
    """Return what decodes messages with the administrator's keys, each once."""
    return cache(lambda message: _decode(message, administrator))


def decode_denials(links: Iterable[Link], decode: Decode, parties: Parties) -> tuple[Link, ...]:
    """Return *links* with what RAM tells of the denials among them; a layer that was not told then names the cause."""
    chain = tuple(links)
    for link in chain:
        message = link.evidence.encoded_diagnostic_message if link.evidence else None
        if link.status != "broken" or not link.evidence or not message:
            continue
        diagnosis = decode(message)
        again = {}
        if link.layer is None and diagnosis.layer is not None:
            again = dict(_judge_again(link, link.evidence, diagnosis, parties))
        chain = tuple(again.get(_key(one), one) for one in chain)
        chain = tuple(
            msgspec.structs.replace(one, diagnosis=diagnosis) if _carries(one, message) else one for one in chain
        )
    return chain


def _judge_again(
    link: Link, evidence: Evidence, diagnosis: Diagnosis, parties: Parties
) -> Iterator[tuple[tuple[str, str | None, str | None], Link]]:
    """Yield the links, by key, as they would stand if the denial itself had named the layer."""
    failure = Failure(
        operation=evidence.operation,
        host=link.host or "",
        role_arn=parties.role_arn,
        http_status=evidence.http_status,
        code=evidence.code,
        message=evidence.message,
        request_id=evidence.request_id,
        denied_by=diagnosis.layer,
        no_permission_type="ExplicitDeny" if diagnosis.is_explicit else "ImplicitDeny",
    )
    trouble = Trouble(diagnose(failure).problem, diagnostic=evidence.encoded_diagnostic_message)
    if link.name in TO_SESSION and evidence.operation == "AssumeRole":
        yield from ((_key(one), one) for one in links_without_session(trouble, parties))
    else:
        yield _key(link), broken(link, trouble, parties)


def _decode(message: str, administrator: Administrator) -> Diagnosis:
    try:
        answer = ram.call("DecodeDiagnosticMessage", {"EncodedDiagnosticMessage": message}, administrator)
        return _read(answer, administrator)
    except CloudError as error:
        problem = error.problem
        return Diagnosis(decoded_by=administrator.arn, failure=f"{problem.code or problem.category}: {problem.message}")
    except msgspec.ValidationError:
        return Diagnosis(decoded_by=administrator.arn, failure="an answer in another shape than the documented one")


def _read(answer: dict[str, Any], administrator: Administrator) -> Diagnosis:
    told = _ANSWER.convert(answer, strict=False).decoded_diagnostic_message
    return Diagnosis(
        decoded_by=administrator.arn,
        layer=one_line(told.no_permission_policy_type, 100),
        is_explicit=told.explicit_deny,
        action=told.auth_action and one_line(told.auth_action, 200),
        resource=told.auth_resource and one_line(told.auth_resource),
        policies=tuple(one_line(policy.policy_identifier, 200) for policy in told.matched_policies or ()),
    )


def _carries(link: Link, message: str) -> bool:
    return link.evidence is not None and link.evidence.encoded_diagnostic_message == message


def _key(link: Link) -> tuple[str, str | None, str | None]:
    return link.name, link.region, link.api
