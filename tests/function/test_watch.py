"""The timer's run with snapshots: stored, compared with the last complete state, answered within a destination's size."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fc_inventory import handler as function
from fc_inventory.errors import EveryTargetFailed, RequestError
from fc_inventory.folder import snapshot_paths
from fc_inventory.selectors import Request
from fc_inventory.settings import Settings
from fc_inventory.snapshots import read_snapshot
from fc_inventory.watch import watch_targets
from local.cloud import Fault, LocalCloud, load_world
from local.cloud.inventory import Function, Inventory
from tests.function.deployment import COMPANY_A, COMPANY_D, COMPANY_E, Deployment, service_keys
from tests.function.fleets import fleet_of, scan_of, targets_of

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "watch.schema.json").read_text(encoding="utf-8"))
COMPANY_A_ID, D = "1234567890123456", "1567890123456789"


@dataclass
class Watched:
    """A function that a timer invokes, with a directory for its snapshots, and the world that it watches."""

    deployment: Deployment
    directory: Path
    cloud: LocalCloud

    @property
    def inventory(self) -> Inventory:
        """What company-d has in cn-hangzhou: the functions chat and embed."""
        return self.cloud.world.accounts[D].inventories["cn-hangzhou"]

    def configure(self, *targets: dict[str, Any], **environ: str) -> None:
        """Deploy anew."""
        self.deployment.configure(*targets, **{"SNAPSHOT_DIR": str(self.directory), **environ})

    def run(self, payload: dict[str, Any] | None = None, **context: Any) -> dict[str, Any]:
        """Let the timer trigger once; return the answer, which fits its schema."""
        event = {"triggerName": "daily", "triggerTime": "2026-11-24T01:00:00Z", "payload": json.dumps(payload or {})}
        answer: dict[str, Any] = self.deployment.report(event, **context)
        jsonschema.validate(answer, SCHEMA)
        return answer

    def names(self) -> list[str]:
        """Return the names of the snapshots, oldest first."""
        return [path.name for path in snapshot_paths(self.directory)]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Two companies in a world of their own, nothing stored yet."""
    with LocalCloud(load_world()) as cloud:
        watched = Watched(Deployment(cloud, service_keys(cloud.url)), tmp_path, cloud)
        watched.configure(COMPANY_A, COMPANY_D)
        yield watched
        function._instance = None


def test_the_first_run_is_the_baseline(watched: Watched) -> None:
    """It is stored whole, and nothing is called added."""
    answer = watched.run()

    assert [answer["snapshot"]] == watched.names()
    assert len(list(read_snapshot(watched.directory / answer["snapshot"]).outcomes())) == 2
    assert (answer["status"], answer["difference"]["status"], answer["difference"]["changes"]) == (
        "complete",
        "baseline",
        [],
    )
    assert answer["text"].splitlines()[0] == "baseline: 6 listings seen for the first time"


def test_an_unchanged_run_says_so_in_one_line(watched: Watched) -> None:
    """As text and as Markdown."""
    first = watched.run()

    answer = watched.run()

    day = f"{first['snapshot'][:4]}-{first['snapshot'][4:6]}-{first['snapshot'][6:8]}"
    assert answer["difference"]["compared_with"] == [first["snapshot"]]
    assert re.fullmatch(rf"unchanged since {day}T\d\d:\d\d:\d\dZ: all 6 listings as before", answer["text"])
    assert answer["markdown"] == f"### fc-inventory: {answer['text']}"


def test_what_changed_is_told(watched: Watched) -> None:
    """What came, what went, and which field is another."""
    watched.run()
    embed = watched.inventory.functions["v3"].get("embed")
    assert embed is not None
    watched.inventory.remove_function("chat")
    watched.inventory.remove_function("embed")
    watched.inventory.add_function(replace(embed, memory_mb=1024))
    watched.inventory.add_function(Function(name="answer"))

    answer = watched.run()

    assert answer["text"].partition(": ")[2] == (
        "1 added, 1 removed, 1 changed\n"
        "+ company-d cn-hangzhou function answer (FC 3.0)\n"
        "- company-d cn-hangzhou function chat (FC 3.0)\n"
        f"~ company-d cn-hangzhou function embed (FC 3.0): memory_size {embed.memory_mb} → 1024"
    )
    assert [change["kind"] for change in answer["difference"]["changes"]] == ["added", "removed", "changed"]


def test_a_target_that_fails_is_unknown_and_compared_with_its_last_complete_state_later(watched: Watched) -> None:
    """What happened meanwhile is told when it is seen again, however many runs came between."""
    base = watched.run()["snapshot"]
    watched.cloud.faults.add(Fault(account_id=D, status=403, code="AccessDenied"))
    watched.inventory.remove_function("chat")
    meanwhile = [watched.run() for _ in range(2)]
    watched.cloud.faults.clear()

    answer = watched.run()

    for run in meanwhile:
        assert (run["status"], run["difference"]["status"], run["difference"]["changes"]) == ("partial", "unknown", [])
        assert [(one["target"], len(one["errors"])) for one in run["incomplete"]] == [("company-d", 2)]
    assert [(one["kind"], one["function_name"]) for one in answer["difference"]["changes"]] == [("removed", "chat")]
    assert base in answer["difference"]["compared_with"]


def test_total_failure_is_raised_and_stored(watched: Watched) -> None:
    """So that Function Compute tries again and tells; the message is the report."""
    watched.configure(COMPANY_E)

    with pytest.raises(EveryTargetFailed) as raised:
        watched.run()

    report = json.loads(str(raised.value))
    assert (report["status"], [one["target"] for one in report["outcomes"]]) == ("failed", ["company-e"])
    assert len(watched.names()) == 1


def test_without_the_directory_the_report_is_answered_with_the_reason(watched: Watched) -> None:
    """The inventory is not lost with its storage."""
    watched.configure(COMPANY_A, COMPANY_D, SNAPSHOT_DIR=str(watched.directory / "mount"))

    answer = watched.run()

    assert answer["storage_error"] == f"{watched.directory}/mount: can't be read: No such file or directory"
    assert [(one["target"], len(one["functions"])) for one in answer["outcomes"]] == [
        ("company-a", 7),
        ("company-d", 2),
    ]


def test_on_a_full_disk_the_report_is_answered_with_the_reason(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the targets, whichever ended first; the last good snapshot is still there."""
    good = watched.run()["snapshot"]
    watched.cloud.faults.add(Fault(account_id=COMPANY_A_ID, action="ListFunctions", delay_seconds=0.2))
    plain = watched.deployment.report()

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    answer = watched.run()

    assert answer["storage_error"].endswith("can't be stored: No space left on device")
    assert watched.names() == [good]
    assert steady(answer["outcomes"]) == steady(plain["outcomes"])


def steady(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**outcome, "role_session_name": ""} for outcome in outcomes]


def test_total_failure_without_storage_is_raised_with_the_reason(watched: Watched) -> None:
    """Both are told."""
    watched.configure(COMPANY_E, SNAPSHOT_DIR=str(watched.directory / "mount"))

    with pytest.raises(EveryTargetFailed, match=r"\"storage_error\":\".*No such file or directory\""):
        watched.run()


def test_a_truncated_snapshot_is_passed_over(watched: Watched) -> None:
    """The good one before it is compared with."""
    good, bad = watched.run()["snapshot"], watched.run()["snapshot"]
    path = watched.directory / bad
    path.write_bytes(path.read_bytes()[:-1])

    assert watched.run()["difference"]["compared_with"] == [good]


def test_a_damaged_state_is_none(watched: Watched) -> None:
    """Nothing is called removed or added for it; the listings are a baseline again."""
    path = watched.directory / watched.run()["snapshot"]
    entry = read_snapshot(path).head.entries[0]
    content = bytearray(path.read_bytes())
    content[entry.offset + entry.size // 2] ^= 0xFF
    path.write_bytes(content)

    answer = watched.run()

    assert (answer["difference"]["status"], answer["difference"]["changes"]) == ("baseline", [])
    assert {one["target"] for one in answer["difference"]["baselines"]} == {entry.target}


def test_a_renamed_target_is_the_same(watched: Watched) -> None:
    """By its account and role."""
    watched.run()
    watched.configure(COMPANY_A, {**COMPANY_D, "name": "company-delta"})

    answer = watched.run()

    assert answer["text"].splitlines()[1:] == ["> company-delta was company-d"]
    assert answer["difference"]["status"] == "unchanged"


def test_a_target_that_is_no_longer_configured_is_told_once(watched: Watched) -> None:
    """As unknown: nobody looks there any more."""
    watched.run()
    watched.configure(COMPANY_A)

    next_run, later = watched.run(), watched.run()

    assert {(one["target"], one["reason"]) for one in next_run["difference"]["unknown"]} == {
        ("company-d", "no longer configured")
    }
    assert (next_run["difference"]["changes"], later["difference"]["status"]) == ([], "unchanged")


def test_what_a_run_that_failed_altogether_did_not_see_is_not_forgotten(watched: Watched) -> None:
    """Its answer was its failure, so the next one tells."""
    watched.run()
    watched.configure(COMPANY_E)
    with pytest.raises(EveryTargetFailed):
        watched.run()
    watched.configure(COMPANY_A)

    assert {one["target"] for one in watched.run()["difference"]["unknown"]} == {"company-d"}


def test_a_run_whose_time_is_short_keeps_some_for_storing(watched: Watched) -> None:
    """A tenth; what is left to be listed is unknown, and the cursor names it."""
    watched.cloud.faults.add(Fault(account_id=D, delay_seconds=20))

    answer = watched.run(timeout_seconds=3)

    (late,) = answer["incomplete"]
    assert (late["target"], {error["category"] for error in late["errors"]}) == ("company-d", {"deadline"})
    assert answer["duration_ms"] < 2700  # 3 s less the reserve for an answer, 0.3 s
    assert isinstance(answer["cursor"], str)
    assert read_snapshot(watched.directory / answer["snapshot"]).head.cursor == answer["cursor"]


def test_a_fleet_that_no_run_has_time_for_is_seen_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run begins with what was not seen for longest, so that the last ones of the document are seen, too."""
    monkeypatch.setattr("fc_inventory.scan.MAX_THREADS", 1)
    targets = targets_of(8, ("cn-hangzhou",))
    seen: list[set[str]] = []
    with fleet_of(tmp_path, 8, services=1, functions=1) as cloud:
        cloud.faults.add(Fault(delay_seconds=0.03))
        settings = Settings(targets=targets, region="cn-hangzhou", endpoint=cloud.url, snapshot_dir=str(tmp_path))

        for _ in range(3):
            scan = scan_of(cloud, targets, seconds=0.9, settings=settings)
            answer = json.loads(watch_targets(scan, Request(kind="timer")))
            entries = read_snapshot(tmp_path / answer["snapshot"]).head.entries
            seen.append({entry.target for entry in entries if len(entry.complete) == 3})

    assert 0 < len(seen[0]) < len(targets)
    assert set.union(*seen) == {target.name for target in targets}


def test_a_target_that_is_not_selected_is_no_subject(watched: Watched) -> None:
    """A timer for a part of the targets says nothing of the others, nor do the others miss anything."""
    watched.run()

    part = watched.run({"targets": "company-a"})
    whole = watched.run()

    assert (part["difference"]["status"], whole["difference"]["status"]) == ("unchanged", "unchanged")


def test_runs_that_select_services_are_compared_with_their_like(watched: Watched) -> None:
    """A narrowed list is no proof that something is gone from a whole one."""
    watched.run()

    narrowed = watched.run({"service_prefix": "bil"})
    again = watched.run({"service_prefix": "bil"})
    whole = watched.run()

    assert (narrowed["difference"]["status"], again["difference"]["status"]) == ("baseline", "unchanged")
    assert whole["difference"]["status"] == "unchanged"


def test_a_snapshot_is_private_and_holds_no_secret(watched: Watched) -> None:
    """Neither keys nor tokens nor external IDs, as in the report; nobody else may read it."""
    path = watched.directory / watched.run()["snapshot"]

    text = gzip.decompress(path.read_bytes()).decode()
    secrets = [*watched.deployment.keys.values(), COMPANY_D["external_id"]]
    assert [secret for secret in secrets if secret in text] == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_the_timer_stores(watched: Watched) -> None:
    """Who asks gets the report."""
    assert "outcomes" in watched.deployment.report()
    assert watched.names() == []


def test_another_form_than_json_is_refused(watched: Watched) -> None:
    """A table of what changed does not exist."""
    with pytest.raises(RequestError, match="format: expected json"):
        watched.run({"format": "csv"})


def test_old_snapshots_go_by_the_setting(watched: Watched) -> None:
    """As many as SNAPSHOT_KEEP says stay."""
    watched.configure(COMPANY_A, COMPANY_D, SNAPSHOT_KEEP="2")

    written = [watched.run()["snapshot"] for _ in range(4)]

    assert watched.names() == written[-2:]


def test_another_invocation_does_not_import_it() -> None:
    """The cold start of those who ask for a report has no use for it."""
    told = "import index, sys; print([name for name in sys.modules if name.startswith('fc_inventory.watch')])"

    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT / "src", capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"


LARGE_RUNS = """
import re, sys
from pathlib import Path
from datetime import datetime, timezone
from fc_inventory.comparison import Comparison
from fc_inventory.folder import name_next
from fc_inventory.snapshots import SnapshotWriter
from fc_inventory.states import LastStates
from tests.function.places import function, listed, renamed, report_of
directory = Path(sys.argv[1])
def run(memory_size):
    functions = tuple(
        function(f"function-{i}", memory_size=memory_size, description="what it is for", handler="index.handler",
                 function_id=f"{i * 7919:032x}", last_modified_time=f"2026-11-24T12:00:{i % 60:02d}Z")
        for i in range(200)
    )
    comparison = Comparison(1000)
    with LastStates(directory, "") as states, SnapshotWriter() as writer:
        for number in range(1000):
            name, role = f"company-{number}", f"acs:ram::{number:016}:role/reader"
            outcome = renamed(listed("alpha", *functions), target=name, account_id=f"{number:016}", role_arn=role)
            writer.write(outcome)
            states.compare(outcome, comparison)
        writer.finish(report_of(listed("alpha")), name_next(directory, datetime.now(timezone.utc)))
    return comparison.result().counts
first, second = run(128), run(512)
most_kilobytes = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
print(first.baselines, second.changed, int(most_kilobytes) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell what a process took at most")
def test_a_thousand_accounts_are_stored_and_compared_in_little_memory(tmp_path: Path) -> None:
    """200 functions each, all of them changed: the process stays within half of 256 MB."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-c", LARGE_RUNS, str(tmp_path)]

    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

    baselines, changed, megabytes = map(int, told.split())
    assert (baselines, changed) == (3000, 200_000)
    assert megabytes < 128
