"""What a Terraform module would make, told by Terraform itself: its console works out each argument of each resource.

No provider is needed: only variables and documents are given to it, and main.tf is read here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2

MODULES = Path(__file__).parents[2] / "onboarding" / "terraform"
META = ("depends_on", "lifecycle", "for_each", "count")


def run(module: str, variables: dict[str, Any], expression: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask Terraform what *expression* is in *module* with *variables*."""
    for name in ("variables.tf", "documents.tf"):
        shutil.copy(MODULES / module / name, folder)
    (folder / "given.tfvars.json").write_text(json.dumps(variables))
    environ = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    environ.pop("TF_CLI_CONFIG_FILE", None)
    return subprocess.run(
        ["terraform", "console", "-no-color", "-var-file=given.tfvars.json"],
        cwd=folder, env=environ, input=f"jsonencode({expression})\n", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def made(module: str, variables: dict[str, Any], folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the resources that *module* makes with *variables*: type to the arguments of each."""
    wanted = [
        f"{{type = {kind}, made = {_instances(body)}}}"
        for block in hcl2.loads((MODULES / module / "main.tf").read_text())["resource"]
        for kind, named in block.items()
        for body in named.values()
    ]
    answer = run(module, variables, f"[{', '.join(wanted)}]", folder)
    assert not answer.stderr.strip(), answer.stderr
    resources: dict[str, list[dict[str, Any]]] = {}
    for resource in json.loads(json.loads(answer.stdout)):
        resources.setdefault(resource["type"], []).extend(resource["made"])
    return resources


def _instances(body: dict[str, Any]) -> str:
    """Return the expression of the list of a resource's instances."""
    arguments = ", ".join(
        f"{name} = {_expression(value)}" for name, value in body.items() if name not in META and name[:2] != "__"
    )
    one = f"{{{arguments}}}"
    if "for_each" in body:
        return f"[for name in {_expression(body['for_each'])} : {one.replace('each.value', 'name')}]"
    count = _expression(body["count"]) if "count" in body else "1"
    return f"[for index in range({count}) : {one}]"


def _expression(value: Any) -> str:
    """Return an argument as the file writes it: hcl2 puts `${…}` around what is no literal."""
    text = str(value)
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text
