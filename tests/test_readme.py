"""What the README shows is what happens."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
VOLATILE = (
    (re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{12}"), "REQUEST-ID"),
    (re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"), "REQUEST-ID"),
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r'("[a-z]+_ms": ?)\d+'), r"\1N"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "EXTERNAL-ID"),
)


@dataclass(frozen=True)
class Example:
    """A command of the README, and the output that stands below it."""

    command: str
    output: str


def console_blocks() -> list[list[Example]]:
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [
        [Example(*part.partition("\n")[::2]) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
        for block in blocks
    ]


def pattern_of(output: str) -> re.Pattern[str]:
    """Return what matches *output*, where `...` stands for anything."""
    return re.compile(re.escape(steady(output).rstrip()).replace(r"\.\.\.", ".*?") + r"\s*", re.DOTALL)


def run(
    example: Example, *, exported: dict[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", example.command]
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }  # of `make test`
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    environ = {**own, **(exported or {})}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=check, timeout=60)


def steady(text: str) -> str:
    for volatile, name in VOLATILE:
        text = volatile.sub(name, text)
    return text


EXAMPLES = [example for block in console_blocks() for example in block]
(WATCHED,) = (block for block in console_blocks() if "SNAPSHOT_DIR" in block[0].command)  # each goes on from the last
RUNNING_ON = ("make serve", "make cloud")  # commands that go on until they are stopped
SERVED = [example for example in EXAMPLES if "9000" in example.command]
TERMINAL = [
    example for example in EXAMPLES if example.command.startswith("python -m terminal") and example not in WATCHED
]
RUN = [
    example
    for example in EXAMPLES
    if example.command not in RUNNING_ON and not any(example in part for part in (SERVED, TERMINAL, WATCHED))
]


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[IO[str]]:
    """Run `python -m local` with *arguments* while the block lasts; gives its standard output."""
    command = [sys.executable, "-m", "local", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout
        process.terminate()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of what `make serve` starts, here on a free port."""
    with started("serve", "--port", "0") as output:
        yield output.readline().split()[-1].rstrip("/")


def test_the_cloud_says_what_the_readme_shows() -> None:
    """The first lines of `make cloud`, up to the dots; the made-up keys are the same each time."""
    (example,) = (example for example in EXAMPLES if example.command == "make cloud")
    shown = example.output.partition("\n...\n")[0]

    with started("cloud") as output:
        lines = [output.readline() for _ in shown.splitlines()]

    assert pattern_of(shown).fullmatch("".join(lines))


@pytest.mark.parametrize("example", RUN, ids=lambda example: example.command[:40])
def test_a_command_prints_what_the_readme_shows(example: Example) -> None:
    """Every command of a console block is run; `...` stands for what is left out."""
    done = run(example)

    assert pattern_of(example.output).fullmatch(steady(done.stdout)), done.stdout


@pytest.mark.parametrize("example", SERVED, ids=lambda example: example.command[:60])
def test_the_served_function_answers_what_the_readme_shows(example: Example, url: str) -> None:
    """The curl examples are run against the served function."""
    done = run(Example(example.command.replace("http://127.0.0.1:9000", url), ""))

    assert pattern_of(example.output).fullmatch(steady(done.stdout)), done.stdout


@pytest.fixture(scope="module")
def exported() -> Iterator[dict[str, str]]:
    """What `make cloud` prints first, exported; here on a free port."""
    with started("cloud") as output:
        lines = [output.readline() for _ in range(5)]
        yield dict(re.findall(r"^export (\w+)=(\S+)$", "".join(lines), re.MULTILINE))


@pytest.mark.parametrize("example", TERMINAL, ids=lambda example: example.command[:40])
def test_a_terminal_says_what_the_readme_shows(example: Example, exported: dict[str, str]) -> None:
    """With the keys that the local cloud prints; spaces at the ends of a table's lines don't count."""
    done = run(example, exported=exported, check=False)

    printed = "\n".join(line.rstrip() for line in steady(done.stdout).splitlines())
    assert pattern_of(example.output).fullmatch(printed), done.stdout + done.stderr


def test_a_watch_says_what_the_readme_shows(tmp_path: Path) -> None:
    """The commands of that block, one after the other, in a directory of their own."""
    for example in WATCHED:
        done = run(Example(example.command.replace("build/", f"{tmp_path}/"), ""), check=False)

        printed = "\n".join(line.rstrip() for line in steady(done.stdout).splitlines())
        assert pattern_of(example.output).fullmatch(printed), done.stdout + done.stderr


def test_the_first_command_stands_early() -> None:
    """Nobody scrolls to see the thing run."""
    assert README.splitlines().index("$ make demo") < 20


def test_every_setting_is_documented() -> None:
    """Each variable that the settings read has its row, and no row is about another."""
    source = (ROOT / "src" / "fc_inventory" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z][A-Z_]{4,})"', source)) - {
        "DEBUG",
        "WARNING",
        "ERROR",
        "FC_REGION",
        "FC_FUNC_CODE_PATH",
    }
    runtime_keys = {name for name in read if name.startswith("ALIBABA_CLOUD_")}
    section = README.split("## Settings")[1].split("\n## ")[0]

    assert set(re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE)) == read - runtime_keys
    assert runtime_keys <= set(re.findall(r"`([A-Z_]+)`", section))


def test_every_selector_is_documented() -> None:
    """Each selector has its row."""
    from fc_inventory.selectors import Selection  # noqa: PLC0415 - only this rule needs it

    section = README.split("## Use it")[1].split("\n## ")[0]

    assert re.findall(r"^\| `([a-z_]+)`", section, re.MULTILINE) == list(Selection.__struct_fields__)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_into_the_repository_leads_somewhere(link: str) -> None:
    """A relative link names a file that is there."""
    assert link.startswith("https://") or (ROOT / link).exists()


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    """No command is a rumour."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = set(
        re.findall(r"\bmake ([a-z]+)", README.split("## What is not there")[0] + README.split("## Develop it")[1])
    )

    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


ONBOARDING = [line.split("#")[0].split() for line in README.splitlines() if line.startswith("python -m onboarding ")]


@pytest.mark.parametrize("words", ONBOARDING, ids=lambda words: words[3])
def test_every_onboarding_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    """They need two companies' keys, so tests/onboarding runs them; here their words are compared with the help."""
    command = [sys.executable, "-m", "onboarding", words[3], "--help"]

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout

    assert [word for word in words if word.startswith("--") and word not in told] == []
