"""An answer says how long each of its stages took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.function.deployment import COMPANY_A, Deployment

ROOT = Path(__file__).parents[2]


def test_only_the_first_answer_of_an_instance_tells_how_long_it_took_to_start(deployed: Deployment) -> None:
    """A cold start is told once, and never taken for the time of a warm call."""
    deployed.configure(COMPANY_A)

    first, second = deployed.report()["stages"], deployed.report()["stages"]

    assert first["initialize_ms"] >= 0
    assert second["initialize_ms"] is None


def test_a_refused_event_does_not_leave_the_start_to_the_next_one(deployed: Deployment) -> None:
    """The start belongs to the first invocation, even if that has no report to tell it in."""
    deployed.configure(COMPANY_A)
    deployed.invoke({"targets": ["nobody"]})

    stages = deployed.report()["stages"]

    assert stages["initialize_ms"] is None


def test_the_stages_of_an_invocation_add_up_to_its_duration(deployed: Deployment) -> None:
    """Nothing that takes long is in none of them; each is rounded."""
    deployed.configure(COMPANY_A)

    report = deployed.report()

    stages = report["stages"]
    assert abs(stages["listing_ms"] + stages["report_ms"] - report["duration_ms"]) <= 5


def test_as_function_compute_imports_it_the_import_is_a_stage(deployed: Deployment) -> None:
    """Most of a cold start is the import of the function's code, which `index` times."""
    deployed.configure(COMPANY_A)
    command = [sys.executable, "-m", "local", "invoke", "--event-file", "events/invoke.json"]

    invoked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    stages = json.loads(invoked.stdout)["stages"]
    assert sorted(stages) == ["import_ms", "initialize_ms", "listing_ms", "report_ms"]
    assert stages["import_ms"] > 0
    assert stages["initialize_ms"] >= 0
