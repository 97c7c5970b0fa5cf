"""An instance is a process of its own: warm, isolated, and gone when it ends."""

import json
import os
import time
from pathlib import Path

import pytest

from local.runtime.environment import process_environment
from local.runtime.errors import HarnessError
from local.runtime.function import Function
from local.runtime.instance import Instance
from local.runtime.warm_function import WarmFunction
from tests.runtime.running import ROLE, Start, call_of, credentials_of, function_of


def test_environment_keys_age_while_context_keys_are_fresh(start: Start) -> None:
    """The environment is set when the process starts; the context brings the keys of each call."""
    instance = start("environment")

    answers = [json.loads(instance.invoke(call_of(name=name)).body) for name in ("first", "second")]

    assert [answer["environment"]["ALIBABA_CLOUD_ACCESS_KEY_ID"] for answer in answers] == ["STS.start", "STS.start"]
    assert [answer["context_key"] for answer in answers] == ["STS.first", "STS.second"]


def test_nothing_of_the_developers_shell_reaches_the_function(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process sees what FC sets and the function's settings, besides PATH and the like."""
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "the developer's")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")

    instance = start("environment", environment={"MINE": "set"})
    environment = json.loads(instance.invoke(call_of()).body)["environment"]

    host = {name: environment.pop(name) for name in list(environment) if name in ("PATH", "HOME", "LANG", "LC_ALL")}
    assert host["PATH"] == os.environ["PATH"]
    for unspecified in ("LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "__CF_USER_TEXT_ENCODING"):
        environment.pop(unspecified, None)
    assert environment == {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "STS.start",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret of start",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "token of start",
        "FC_ACCOUNT_ID": "1345678901234567",
        "FC_FUNCTION_HANDLER": "index.handler",
        "FC_FUNCTION_MEMORY_SIZE": "512",
        "FC_FUNCTION_NAME": "tested",
        "FC_FUNC_CODE_PATH": str(function_of("environment").code_directory),
        "FC_INSTANCE_ID": instance.instance_id,
        "FC_REGION": "cn-hangzhou",
        "FC_VER_ID": "LATEST",
        "MINE": "set",
    }


@pytest.mark.parametrize(("runtime", "variable"), [("python3.10", "FC_VER_ID"), ("python3.12", "FC_FUNCTION_VERSION")])
def test_each_runtime_names_the_version_in_its_own_variable(runtime: str, variable: str) -> None:
    """Runtimes on Debian 11 say FC_FUNCTION_VERSION, older ones FC_VER_ID."""
    environment = process_environment(function_of("http", runtime=runtime), credentials_of("x"), "c-1", {})

    assert [name for name in environment if "VER" in name] == [variable]


def test_settings_win_over_what_the_platform_sets() -> None:
    """So that a missing security token, for one, can be tried."""
    function = function_of("http", environment={"ALIBABA_CLOUD_SECURITY_TOKEN": ""})

    assert process_environment(function, credentials_of("x"), "c-1", {})["ALIBABA_CLOUD_SECURITY_TOKEN"] == ""


def test_code_directory_is_first_on_the_path_and_the_working_directory(start: Start) -> None:
    """Modules beside the handler win over everything that is installed."""
    answer = json.loads(start("environment", handler="index.whereabouts").invoke(call_of()).body)

    code_directory = str(function_of("environment").code_directory)
    assert answer == {"directory": code_directory, "first_on_path": code_directory, "arguments": []}


def test_the_harness_is_invisible_to_the_function(start: Start) -> None:
    """Neither this project's modules nor its folder can be imported by accident; what is installed can."""
    answer = json.loads(start("imports").invoke(call_of()).body)

    assert answer == {"found": ["httpx"], "loaded": []}


def test_the_initializer_runs_once(start: Start) -> None:
    """A warm instance keeps what the initializer made."""
    instance = start("initializer", initializer="index.initialize")

    failure = instance.initialize(call_of(request_id="1-1-1-1"))
    answers = [json.loads(instance.invoke(call_of()).body) for _ in range(2)]

    assert failure is None
    assert answers == [{"initialized": 1, "for": ["1-1-1-1"]}] * 2


def test_a_thread_left_behind_does_not_keep_the_process(start: Start) -> None:
    """Closing an instance ends its process at once."""
    instance = start("threads")
    process_id = int(instance.invoke(call_of()).body)

    started = time.monotonic()
    instance.close()

    assert time.monotonic() - started < 1
    assert not _exists(process_id)


def test_a_time_out_ends_the_functions_own_processes_too(start: Start) -> None:
    """What the handler has started dies with it."""
    invocation = start("children", timeout_seconds=1).invoke(call_of())

    child = int(invocation.log.split(b"child ")[1].split()[0])
    deadline = time.monotonic() + 5
    while _exists(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _exists(child)


def test_a_warm_function_replaces_a_dead_instance() -> None:
    """After an exit the next event finds a new process."""
    with_exits = WarmFunction(function_of("exits", handler="index.at_once"), credentials_of, _ignore)

    first, second = with_exits.invoke(b""), with_exits.invoke(b"")
    with_exits.close()

    assert first.instance_id != second.instance_id


def test_a_warm_function_assumes_the_role_for_every_event() -> None:
    """The session is named after the request, and its keys are in the context."""
    warm = WarmFunction(function_of("environment"), credentials_of, _ignore)

    answers = [json.loads(warm.invoke(b"", request_id=request_id).body) for request_id in ("1-1-1-1", "1-2-2-2")]
    warm.close()

    assert [answer["context_key"] for answer in answers] == ["STS.1-1-1-1", "STS.1-2-2-2"]
    assert {answer["environment"]["ALIBABA_CLOUD_ACCESS_KEY_ID"] for answer in answers} == {"STS.1-1-1-1"}


def test_changed_code_starts_a_new_instance(tmp_path: Path) -> None:
    """An edit is seen by the next event; without one the instance stays."""
    code = tmp_path / "index.py"
    code.write_text("def handler(event, context):\n    return 'old'\n")
    warm = WarmFunction(Function("tested", tmp_path, ROLE), credentials_of, _ignore)

    first, second = warm.invoke(b""), warm.invoke(b"")
    checksum = warm.code_checksum
    code.write_text("def handler(event, context):\n    return 'newer'\n")
    third = warm.invoke(b"")
    warm.close()

    assert [answer.body for answer in (first, second, third)] == [b"old", b"old", b"newer"]
    assert first.instance_id == second.instance_id != third.instance_id
    assert warm.code_checksum != checksum


def test_a_changed_watched_file_starts_a_new_instance(tmp_path: Path) -> None:
    """What a function reads from outside of its code directory can count as its code."""
    watched = tmp_path / "targets.yaml"
    watched.write_text("old")
    warm = WarmFunction(function_of("returns", handler="index.text", watched_files=(watched,)), credentials_of, _ignore)

    first = warm.invoke(b"")
    watched.write_text("newer")
    second = warm.invoke(b"")
    warm.close()

    assert first.instance_id != second.instance_id


def test_a_missing_python_is_an_error_of_the_harness(tmp_path: Path) -> None:
    """Nothing is invoked when no process can be started, and the message names what is missing."""
    with pytest.raises(HarnessError, match="can't start no-such-python"):
        Instance(Function("tested", tmp_path, ROLE, python="no-such-python"), credentials_of("x"), _ignore)


def test_secrets_are_in_no_repr() -> None:
    """Keys, answers and logs stay out of what may be printed by accident."""
    text = repr(call_of())

    assert "secret" not in text
    assert "token of" not in text


def _exists(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process_id}/stat").exists() and " Z " not in Path(f"/proc/{process_id}/stat").read_text()


def _ignore(_: bytes) -> None:
    pass
