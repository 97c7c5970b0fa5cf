"""What a call brings along: the parameters of the query, those of the body, or the body itself as a document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local.cloud.errors import Dialect, Refusal
from local.cloud.http_request import HttpRequest, first_values, read_pairs


def read_parameters(request: HttpRequest, dialect: Dialect) -> Mapping[str, str]:
    """Return the first value of each parameter as text; the query wins over the body.

    Raises Refusal for what can't be read.
    """
    try:
        in_body = _read_body(request) if dialect is Dialect.POP and request.body else {}
        return in_body | first_values(request.query_pairs)
    except ValueError as error:
        # The codes for parameters that aren't UTF-8, or a body that isn't JSON, are unverified.
        code = "InvalidParameter" if dialect is Dialect.POP else "InvalidArgument"
        raise Refusal(400, code, "The parameters could not be read.") from error


def _read_body(request: HttpRequest) -> dict[str, str]:
    """Return the parameters in a form or JSON body; raises ValueError, and Refusal for another content type.

    RPC 1.0, which is signed in parameters instead of a header, covers no body but a form.
    """
    if not request.header("authorization"):
        return first_values(request.form_pairs)
    content_type = request.header("content-type").partition(";")[0].strip().lower()
    if content_type == "application/x-www-form-urlencoded":
        return first_values(read_pairs(request.body.decode("latin-1")))
    if content_type == "application/json":
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise ValueError(body)
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    message = 'The ContentType request header must be either "application/json" or "application/x-www-form-urlencoded".'
    raise Refusal(400, "InvalidParameter.ContentType", message)


def system_parameters(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of query and form, whatever bytes they hold: enough to tell what is asked for."""
    pairs = (*request.query_pairs, *request.form_pairs)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in reversed(pairs)}


def read_document(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body of a request to Function Compute; none where the body is empty.

    Raises Refusal for anything else.
    """
    try:
        document = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Refusal(400, "InvalidArgument", "the request body is not a valid JSON") from error
    if not isinstance(document, dict):
        raise Refusal(400, "InvalidArgument", "the request body is not a JSON object")
    return document
