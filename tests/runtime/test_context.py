"""The context is the chosen runtime's, field for field."""

import json

import pytest

from tests.runtime.running import REQUEST_ID, Start, call_of, python_of


def test_python310_context_has_credentials_service_and_tracing(start: Start) -> None:
    """python3.10 hands over what its documentation lists, each name in both spellings that it has."""
    instance = start("context", python=python_of("python3.10"), timeout_seconds=7, memory_megabytes=256)

    context = json.loads(instance.invoke(call_of()).body)

    assert context == {
        "requestId": REQUEST_ID,
        "request_id": REQUEST_ID,
        "credentials": {
            "access_key_id": "STS.call",
            "access_key_secret": "secret of call",
            "security_token": "token of call",
            "accessKeyId": "STS.call",
            "accessKeySecret": "secret of call",
            "securityToken": "token of call",
            "to_dict": "method",
        },
        "function": {"name": "tested", "handler": "index.handler", "memory": 256, "timeout": "7", "to_dict": "method"},
        "service": {
            "name": None,
            "log_project": None,
            "log_store": None,
            "qualifier": "LATEST",
            "version_id": "LATEST",
            "to_dict": "method",
        },
        "region": "cn-hangzhou",
        "account_id": "1345678901234567",
        "retry_count": None,
        "tracing": {"span_context": None, "jaeger_endpoint": None, "span_baggages": {}, "to_dict": "method"},
        "logger": None,
        "getLogger": "method",
        "to_json": "method",
    }


def test_python312_context_has_no_credentials(start: Start) -> None:
    """python3.12 hands over the function, its version and the log settings; no credentials, service or tracing."""
    instance = start("context", runtime="python3.12", python=python_of("python3.12"))

    context = json.loads(instance.invoke(call_of()).body)

    assert context == {
        "account_id": "1345678901234567",
        "request_id": REQUEST_ID,
        "function": {
            "name": "tested",
            "handler": "index.handler",
            "memory": 512,
            "timeout": "60",
            "version_id": "LATEST",
            "qualifier": "LATEST",
            "to_dict": "method",
        },
        "logger": "root",
        "log_project": None,
        "log_store": None,
        "region": "cn-hangzhou",
    }


def test_context_methods_of_python310(start: Start) -> None:
    """``to_json()`` spells the fields in camel case, ``getLogger()`` is the root logger."""
    answer = json.loads(start("context", handler="index.methods").invoke(call_of()).body)

    assert answer["getLogger"] == "root"
    assert json.loads(answer["to_json"]) == {
        "requestId": REQUEST_ID,
        "credentials": {
            "accessKeyId": "STS.call",
            "accessKeySecret": "secret of call",
            "securityToken": "token of call",
        },
        "function": {"name": "tested", "handler": "index.methods", "memory": 512, "timeout": "60"},
        "service": {"name": None, "logProject": None, "logStore": None, "qualifier": "LATEST", "versionId": "LATEST"},
        "region": "cn-hangzhou",
        "accountId": "1345678901234567",
        "retryCount": None,
        "tracing": {"openTracingSpanContext": None, "openTracingSpanBaggages": {}, "jaegerEndpoint": None},
    }


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_each_call_has_its_own_request_id(start: Start, runtime: str) -> None:
    """The context is built anew for every event."""
    instance = start("context", runtime=runtime, python=python_of(runtime))

    first = json.loads(instance.invoke(call_of(request_id="1-1-1-1")).body)
    second = json.loads(instance.invoke(call_of(request_id="1-2-2-2")).body)

    assert (first["request_id"], second["request_id"]) == ("1-1-1-1", "1-2-2-2")
