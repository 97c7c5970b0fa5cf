"""`make story`: two companies, from the first grant to the last refusal, on a local cloud; every line is really run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.cloud import LocalCloud, load_world
from local.cloud.world import World

COLUMNS = 116
PROJECT = Path(__file__).parents[1]
A, B = "1234567890123456", "1345678901234567"
PROMPTS = {A: "A", B: "B"}
ROLE = f"acs:ram::{A}:role/fc-inventory-reader"
FUNCTION_ROLE = f"acs:ram::{B}:role/fc-lister"
LIST = (
    f'python -m local invoke --no-log --endpoint "$FC_INVENTORY_ENDPOINT" --role {FUNCTION_ROLE} --env ROLE_ARN={ROLE} '
    """--env EXTERNAL_ID="$EXTERNAL_ID" --env REGIONS=cn-hangzhou --event '{"format": "csv"}' | cut -d, -f"""
)


@dataclass(frozen=True)
class Scene:
    """What is about to be done, by whose administrator, and the shell's line that does it.

    Its output is shown, and kept as the variable `keep` for the lines after it, where that is given.
    """

    told: str
    account_id: str
    line: str
    keep: str = ""


GRANT = f'python -m onboarding grant --account {A} --trust {FUNCTION_ROLE} --external-id "$EXTERNAL_ID"'
CHECK = (
    f'python -m onboarding check --side a --role-arn {ROLE} --principal {FUNCTION_ROLE} --external-id "$EXTERNAL_ID"'
)
SCENES = (
    Scene("B makes an external ID for its customer A.", B, "python -m onboarding external-id", keep="EXTERNAL_ID"),
    Scene(
        "B gives its function a role that may assume A's.",
        B,
        f"python -m onboarding grant-b --account {B} --role-name fc-lister --role-arn {ROLE} --yes",
    ),
    Scene("A looks at what it would sign ...", A, GRANT),
    Scene("... and signs.", A, f"{GRANT} --yes"),
    Scene("A checks what it has granted, and to whom.", A, CHECK),
    Scene("B's function lists A's services and functions.", B, f"{LIST}4-10"),
    Scene("A revokes.", A, f"python -m onboarding revoke --account {A} --yes"),
    Scene("B's function is refused, and says so: that is no empty account.", B, f"{LIST}4-6,20-22"),
)


def main() -> None:
    """Play all scenes; one that fails ends the story with its exit status."""
    with LocalCloud(load_world()) as cloud:
        environment = _environment(cloud.url)
        for scene in SCENES:
            keys = _keys(cloud.world, scene.account_id)
            sys.stdout.write(f"# {scene.told}\n{PROMPTS[scene.account_id]}$ {_readable(scene.line)}\n")
            sys.stdout.flush()
            output = _play(scene, {**environment, **keys})
            if scene.keep:
                environment[scene.keep] = output.strip()
            sys.stdout.write("\n")


def _play(scene: Scene, environment: dict[str, str]) -> str:
    """Run the scene's line in a shell, and return its output where that is kept; otherwise the terminal is its own."""
    done = subprocess.run(  # noqa: S603 - the lines stand above
        ["/bin/sh", "-c", scene.line],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE if scene.keep else None,
        text=True,
        check=False,
    )
    if scene.keep:
        sys.stdout.write(done.stdout)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


def _environment(cloud_url: str) -> dict[str, str]:
    """Return this shell's variables, with this Python first, the local cloud, and nobody's keys."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ALIBABA_CLOUD_", "FC_"))}
    path = os.pathsep.join((str(Path(sys.executable).parent), own.get("PATH", os.defpath)))
    return {**own, "PATH": path, "FC_INVENTORY_ENDPOINT": cloud_url}


def _keys(world: World, account_id: str) -> dict[str, str]:
    key = world.accounts[account_id].users["admin"].access_keys[0]
    return {"ALIBABA_CLOUD_ACCESS_KEY_ID": key.access_key_id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.secret}


def _readable(line: str) -> str:
    """Return *line* in rows of the README's width, so that it can still be copied."""
    rows = [""]
    for part in re.split(r" (?=--|\|)", line):
        if rows[-1] and len(rows[-1]) + len(part) > COLUMNS:
            rows.append(f"    {part}")
        else:
            rows[-1] += f" {part}" if rows[-1] else part
    return " \\\n".join(rows)


if __name__ == "__main__":
    main()
