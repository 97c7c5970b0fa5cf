"""The parameters of a call: those of the query, and for the gateway's products those of the body as well."""

from __future__ import annotations

import json
from collections.abc import Mapping

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
    """Return the parameters in a form or JSON body; raises ValueError, and Refusal for another content type."""
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
