"""``python -m local invoke`` and ``serve``, as they are typed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pytest_mock import MockerFixture

from local.__main__ import main
from local.cloud import LocalCloud, load_world
from tests.runtime.running import function_of

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    output: bytes
    errors: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the command line with these arguments."""

    def run_one(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["local", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        output, errors = capfdbinary.readouterr()
        return Outcome(int(ended.value.code or 0), output, errors.decode())

    return run_one


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """A running local cloud with the built-in world."""
    with LocalCloud(load_world(None)) as running:
        yield running


def code_of(case: str) -> tuple[str, ...]:
    """Return the options that run ``functions/<case>``."""
    return ("--code", str(function_of(case).code_directory), "--initializer", "")


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_the_function_runs_from_a_sample_event(run: Run, runtime: str) -> None:
    """Without any option but the event, the demo's targets are listed in the built-in world; both runtimes can do it."""
    outcome = run("invoke", "--runtime", runtime, "--event-file", str(PROJECT / "events" / "invoke.json"))

    report = json.loads(outcome.output)
    assert outcome.status == 0
    assert [(target["target"], target["status"]) for target in report["outcomes"]] == [("company-a", "complete")]


@pytest.mark.parametrize("kind", ["http", "timer"])
def test_the_other_sample_events_are_understood(run: Run, kind: str) -> None:
    """An HTTP event is answered by a report, a timer event too."""
    outcome = run("invoke", "--kind", kind, "--event-file", str(PROJECT / "events" / f"{kind}.json"))

    assert outcome.status == 0
    assert "company-a" in [target["target"] for target in json.loads(outcome.output)["outcomes"]]


def test_keys_come_from_assuming_the_execution_role(
    run: Run, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The developer's own keys are never used, and the calls are directed to the local cloud."""
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "developer")

    outcome = run("invoke", *code_of("environment"), "--endpoint", cloud.url, "--runtime", "python3.10")

    answer = json.loads(outcome.output)
    assert answer["context_key"] == answer["environment"]["ALIBABA_CLOUD_ACCESS_KEY_ID"]
    assert answer["context_key"].startswith("STS.")
    assert answer["context_key"] in cloud.world.sessions
    assert answer["environment"]["FC_INVENTORY_ENDPOINT"] == cloud.url
    assert answer["environment"]["TARGETS_FILE"] == str(PROJECT / "examples" / "targets.yaml")


def test_own_targets_replace_those_of_the_demo(run: Run, cloud: LocalCloud) -> None:
    """Who sets ROLE_ARN, TARGETS or TARGETS_FILE doesn't get the demo's file."""
    role = "ROLE_ARN=acs:ram::1234567890123456:role/fc-admin"

    outcome = run("invoke", *code_of("environment"), "--endpoint", cloud.url, "--env", role, "--env", "EMPTY=")

    environment = json.loads(outcome.output)["environment"]
    assert (environment["ROLE_ARN"], environment["EMPTY"]) == ("acs:ram::1234567890123456:role/fc-admin", "")
    assert "TARGETS_FILE" not in environment


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        ("ROLE_ARN=x", "ROLE_ARN: expected acs:ram::ACCOUNT_ID:role/ROLE_NAME, found 'x'"),
        ("TARGETS={", "TARGETS"),
    ],
)
def test_a_wrong_setting_is_told_in_a_line(run: Run, assignment: str, told: str) -> None:
    """Nothing was invoked, so there is no answer; the log has no way through the function's files either."""
    outcome = run("invoke", "--env", assignment)

    last = outcome.errors.splitlines()[-1]
    assert (outcome.status, outcome.output) == (2, b"")
    assert last.startswith(f"error: the function did not start: SettingsError: {told}")
    assert outcome.errors.count("File ") == 1


def test_a_function_that_does_not_start_was_not_invoked(run: Run, cloud: LocalCloud) -> None:
    """Whatever its initializer does; the way to an error stands in the log."""
    options = [*code_of("initializer")[:2], "--initializer", "index.fails", "--endpoint", cloud.url]

    outcome = run("invoke", *options)
    silent = run("invoke", *options, "--no-log")

    assert (outcome.status, outcome.output) == (silent.status, silent.output) == (2, b"")
    assert "in fails" in outcome.errors
    assert silent.errors == "error: the function did not start: RuntimeError: no database\n"


def test_answer_and_log_are_kept_apart(run: Run, cloud: LocalCloud) -> None:
    """The answer goes to standard output byte for byte, the log to standard error."""
    outcome = run("invoke", *code_of("returns"), "--handler", "index.some_bytes", "--endpoint", cloud.url)

    assert outcome.output == b"\xff\x00"
    assert outcome.errors.startswith("FC Invoke Start RequestId: 1-")


def test_a_terminal_gets_indented_json(
    run: Run, cloud: LocalCloud, mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal JSON is laid out for reading; what isn't JSON stays as it is."""
    monkeypatch.setenv("TERM", "dumb")
    mocker.patch("sys.stdout.isatty", return_value=True)
    echo = ("invoke", *code_of("returns"), "--handler", "index.echo", "--endpoint", cloud.url)

    outcomes = [run(*echo, "--event", event).output for event in ('{"a":1}', "a,b")]

    assert outcomes == [b'{\n  "a": 1\n}\n', b"a,b\n"]


@pytest.mark.parametrize(("option", "output"), [("--pretty", b'{\n  "a": 1\n}\n'), ("--raw", b'{"a":1}')])
def test_the_layout_can_be_chosen(run: Run, cloud: LocalCloud, option: str, output: bytes) -> None:
    """``--pretty`` indents into a pipe as well, ``--raw`` leaves every byte alone."""
    echo = ("invoke", *code_of("returns"), "--handler", "index.echo", "--endpoint", cloud.url)

    assert run(*echo, "--event", '{"a":1}', option).output == output


def test_the_log_can_be_left_out(run: Run, cloud: LocalCloud) -> None:
    """``--no-log`` leaves standard error empty."""
    outcome = run("invoke", *code_of("prints"), "--endpoint", cloud.url, "--no-log")

    assert (outcome.output, outcome.errors) == (b"null", "")


def test_a_function_error_is_shown_and_told_by_the_status(run: Run, cloud: LocalCloud) -> None:
    """The error body goes where the answer would, the status is 1."""
    outcome = run("invoke", *code_of("raises"), "--endpoint", cloud.url)

    assert (outcome.status, json.loads(outcome.output)["errorType"]) == (1, "LookupError")


def test_another_python_may_be_named_by_a_relative_path(
    run: Run, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path counts from where the command is typed, not from the code directory."""
    python = Path(sys.executable)
    monkeypatch.chdir(python.parent)

    outcome = run("invoke", *code_of("prints"), "--endpoint", cloud.url, "--python", f"./{python.name}")

    assert outcome.output == b"null"


def test_an_http_answer_is_unwrapped(run: Run, cloud: LocalCloud) -> None:
    """Standard output has the body, standard error status and headers."""
    options = ("--kind", "http", "--query", "answer=headers", "--endpoint", cloud.url, "--no-log")

    outcome = run("invoke", *code_of("http"), *options)

    assert outcome == Outcome(0, b"made", "HTTP 201\nX-Mine: kept\n")


def test_a_broken_http_answer_is_a_failure(run: Run, cloud: LocalCloud) -> None:
    """What FC would answer with 502 has status 1 and says what is wrong."""
    options = ("--kind", "http", "--query", "answer=bad status", "--endpoint", cloud.url, "--no-log")

    outcome = run("invoke", *code_of("http"), *options)

    assert outcome.status == 1
    assert outcome.errors == "HTTP 502\nBadResponse: statusCode must be an integer from 200 to 599, found '200'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--kind", "mail"), "--kind mail: expected invoke, http, timer"),
        (("--query", "a=b"), "--query needs --kind http"),
        (("--runtime", "python3.9"), "--runtime python3.9: expected python3.10 or python3.12"),
        (("--code", "no/such"), "--code no/such: no such directory"),
        (("--role", "fc-inventory"), "--role fc-inventory: expected acs:ram::<account id>:role/<name>"),
        (("--env", "NAME"), "--env NAME: expected KEY=VALUE"),
        (
            ("--env", "1A=b"),
            "environment variable '1A': a name starts with a letter and has only letters, digits and _",
        ),
        (
            ("--env", "FC_REGION=x"),
            "environment variable FC_REGION: Function Compute reserves names that start with FC_",
        ),
        (("--env", "A=" + "x" * 4096), "environment variables: 4097 bytes in all, Function Compute takes 4096"),
        (
            ("--endpoint", "https://sts.aliyuncs.com"),
            "--endpoint https://sts.aliyuncs.com: expected the URL of a local cloud, like http://127.0.0.1:8080",
        ),
        (
            ("--endpoint", "http://127.0.0.1:1", "--world", "x.yaml"),
            "--endpoint and --world exclude each other: the running local cloud has its own world",
        ),
        (("--event", "{}", "--event-file", "x"), "--event and --event-file exclude each other"),
        (
            ("--kind", "http", "--event", "{"),
            (
                "the event is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); "
                "--kind http takes a JSON body or a whole HTTP event"
            ),
        ),
        (
            ("--role", "acs:ram::1345678901234567:role/absent"),
            (
                "Function Compute may not assume the execution role acs:ram::1345678901234567:role/absent: "
                "EntityNotExist.Role: there is no role acs:ram::1345678901234567:role/absent. "
                "This is the function's own account: give it that role in the world file, with a trust policy for "
                "fc.aliyuncs.com."
            ),
        ),
    ],
)
def test_what_cannot_be_invoked_is_one_clear_line(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Nothing is invoked, the status is 2."""
    assert run("invoke", *arguments) == Outcome(2, b"", f"error: {message}\n")


def test_an_endpoint_without_a_cloud_is_one_clear_line(run: Run) -> None:
    """The message says what to start."""
    outcome = run("invoke", "--endpoint", "http://127.0.0.1:1")

    assert outcome.status == 2
    assert outcome.errors.startswith("error: no local cloud answers at http://127.0.0.1:1 (")
    assert outcome.errors.endswith("); start it (python -m local cloud) or drop --endpoint\n")


def test_a_mistake_in_the_world_file_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    """File and field are named by the local cloud; nothing is invoked."""
    (tmp_path / "world.yaml").write_text("accounts: 1\n")

    outcome = run("invoke", "--world", str(tmp_path / "world.yaml"))

    assert (outcome.status, outcome.errors.count("\n")) == (2, 1)
    assert "world.yaml" in outcome.errors


def test_a_taken_port_is_one_clear_line(run: Run, cloud: LocalCloud) -> None:
    """``serve`` says which port and what to do."""
    port = cloud.url.rpartition(":")[2]

    outcome = run("serve", "--port", port)

    assert outcome.status == 2
    assert outcome.errors.startswith(f"error: --port {port}: ")
    assert outcome.errors.count("\n") == 1


@pytest.mark.parametrize("command", [(), ("invoke",), ("serve",)])
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    """``--help`` works without anything being started."""
    outcome = run(*command, "--help")

    assert outcome.status == 0
    assert b"Usage:" in outcome.output


def test_serve_says_where_it_is_and_ends_on_sigterm(cloud: LocalCloud) -> None:
    """It prints its URLs, answers, and takes even a hanging function's process with it."""
    arguments = ["serve", "--port", "0", "--endpoint", cloud.url, *code_of("hangs")]
    server = subprocess.Popen(
        [sys.executable, "-m", "local", *arguments], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert server.stdout
    assert server.stderr
    welcome = [server.stdout.readline().decode() for _ in range(7)]
    url = welcome[0].split()[-1]

    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=1, trust_env=False)
    server.send_signal(signal.SIGTERM)
    _, errors = server.communicate(timeout=10)

    assert server.returncode == 0
    assert welcome[1:3] == [
        "page             the same in a browser\n",
        f"try              curl '{url}?targets=company-a'\n",
    ]
    process_id = int(errors.split(b"hanging in ")[1].split()[0])
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
