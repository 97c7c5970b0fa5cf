"""What the cloud itself said of what is wrong, as `schemas/check.schema.json` describes it. Pure."""

from __future__ import annotations

import msgspec


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the cloud answered: API action, code, text, HTTP status, request id; None where no answer arrived.

    `encoded_diagnostic_message` came with a denial: RAM's DecodeDiagnosticMessage tells what it holds, to whom it may.
    """

    operation: str
    message: str
    code: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    encoded_diagnostic_message: str | None = None


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What RAM tells of a denial by DecodeDiagnosticMessage. A shell asks for it; the function's own keys may not.

    Attributes:
        decoded_by: whose keys asked (an ARN).
        failure: why RAM did not tell, None where it did; then the others are known.
        layer: the policy layer that denied.
        is_explicit: whether a statement denied, rather than none allowing.
        action: what was asked for.
        resource: on what.
        policies: names of the policies that denied, where RAM names them.
    """

    decoded_by: str
    failure: str | None = None
    layer: str | None = None
    is_explicit: bool | None = None
    action: str | None = None
    resource: str | None = None
    policies: tuple[str, ...] = ()
