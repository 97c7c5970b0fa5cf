"""What local/README.md shows of faults and control endpoints is what happens."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from msgspec import structs

from local.cloud import Fault, LocalCloud, load_world
from local.cloud.fault import read_fault

README = (Path(__file__).parents[2] / "local" / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Faults on demand")[2].partition("\n## ")[0]
CONSOLE = re.findall(r"^\$ (curl .*)\n((?:[^`$].*\n)?)", README, re.MULTILINE)


@pytest.mark.parametrize("example", re.findall(r"^\| .* \| `(\{.*\})` \|$", SECTION, re.MULTILINE))
def test_every_example_is_a_fault(example: str) -> None:
    """In JSON, as the endpoint takes it."""
    assert read_fault(example.encode()) != Fault(reset=True, times=0)


def test_the_example_of_a_world_file_is_read(tmp_path: Path) -> None:
    """In YAML."""
    path = tmp_path / "world.yaml"
    example = SECTION.partition("```yaml\n")[2].partition("```")[0]
    path.write_text(f"accounts: [{{id: '1234567890123456'}}]\n{example}", encoding="utf-8")

    (fault,) = load_world(path).faults

    assert (fault.action, fault.after, fault.times, fault.body) == ("ListServices", 1, 2, b"<html>Busy</html>")


def test_every_key_of_a_fault_is_documented() -> None:
    """Nobody has to read the code."""
    names = [field.name for field in structs.fields(Fault)]

    assert [name for name in names if f"`{name}`" not in SECTION and f'"{name}"' not in SECTION] == []


def test_the_commands_print_what_is_shown(cloud: LocalCloud) -> None:
    """One after the other."""
    address = cloud.url.removeprefix("http://127.0.0.1")

    printed = [
        subprocess.run(
            ["sh", "-c", command.replace(":18080", address)], capture_output=True, text=True, check=True, timeout=10
        ).stdout
        for command, _ in CONSOLE
    ]

    assert len(CONSOLE) == 3
    assert printed == [shown.rstrip("\n") for _, shown in CONSOLE]
