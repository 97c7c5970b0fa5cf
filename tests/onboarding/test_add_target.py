"""`add-target`: the targets document grows by one entry, and by nothing else."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fc_inventory.documents import read_document
from fc_inventory.targets import Target, read_targets
from onboarding.__main__ import main
from onboarding.add_target import plan_addition

EXAMPLE = (Path(__file__).parents[2] / "examples" / "targets.yaml").read_text(encoding="utf-8")
ARN = "acs:ram::2234567890123456:role/fc-inventory-reader"
EXTERNAL_ID = "n-5d1c0b7e93f24a68"
WORDS = ("--name", "company-n", "--role-arn", ARN, "--external-id", EXTERNAL_ID)


class Desk:
    """Where somebody of company B edits a targets document."""

    def __init__(self, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = file
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run add-target on the file; return exit status, standard output, standard error."""
        self._monkeypatch.setattr(sys, "argv", ["onboarding", "add-target", str(self.file), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *self._capsys.readouterr())

    def outcome(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run it with --json; return exit status and the answer."""
        code, out, _ = self.run(*words, "--json")
        return code, dict(json.loads(out))

    def targets(self) -> tuple[Target, ...]:
        """Return the targets as the function reads them."""
        return read_targets(read_document("file", self.file.read_text(encoding="utf-8")), "cn-hangzhou")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk with the example document."""
    file = tmp_path / "targets.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    return Desk(file, monkeypatch, capsys)


def test_an_addition_is_only_shown_first(desk: Desk) -> None:
    """As a diff; the file stays as it was."""
    code, outcome = desk.outcome(*WORDS, "--region", "cn-beijing", "--tag", "tier:gold")

    assert (code, outcome["status"]) == (0, "planned")
    assert outcome["difference"][1:] == [
        "+  - name: company-n",
        f"+    role_arn: {ARN}",
        f"+    external_id: {EXTERNAL_ID}",
        "+    regions:",
        "+      - cn-beijing",
        "+    tags:",
        "+      tier: gold",
    ]
    assert desk.file.read_text() == EXAMPLE


def test_an_addition_changes_nothing_else(desk: Desk) -> None:
    """Every line and comment that was there is there, in its order; the function reads the new target."""
    before = desk.targets()

    code, outcome = desk.outcome(*WORDS, "--yes")

    assert (code, outcome["status"]) == (0, "done")
    assert desk.file.read_text().startswith(EXAMPLE)
    assert desk.targets() == (
        *before,
        Target(
            name="company-n",
            role_arn=ARN,
            account_id="2234567890123456",
            regions=("cn-hangzhou",),
            external_id=EXTERNAL_ID,
        ),
    )
    assert [path.name for path in desk.file.parent.iterdir()] == ["targets.yaml"]


def test_a_second_addition_changes_nothing(desk: Desk) -> None:
    """Scripts may repeat themselves."""
    desk.run(*WORDS, "--yes")
    once = desk.file.read_text()

    code, outcome = desk.outcome(*WORDS, "--yes")

    assert (code, outcome["status"], desk.file.read_text()) == (0, "unchanged", once)


def test_a_target_that_differs_is_shown_and_overwritten_only_with_replace(desk: Desk) -> None:
    """The difference names what is there and what is wanted."""
    desk.run(*WORDS, "--yes")
    changed = (*WORDS[:-1], "another-external-id")

    code, outcome = desk.outcome(*changed, "--yes")
    kept = desk.targets()[-1].external_id
    replaced_code, replaced = desk.outcome(*changed, "--yes", "--replace")

    assert (code, outcome["status"], kept) == (1, "conflict", EXTERNAL_ID)
    assert f"-    external_id: {EXTERNAL_ID}" in outcome["difference"]
    assert "+    external_id: another-external-id" in outcome["difference"]
    assert (replaced_code, replaced["status"], desk.targets()[-1].external_id) == (0, "done", "another-external-id")


@pytest.mark.parametrize("name", ["new.yaml", "new.json"])
def test_a_missing_document_is_made(desk: Desk, name: str) -> None:
    """With this one target; JSON text is YAML, too."""
    desk.file = desk.file.with_name(name)

    code, _, _ = desk.run(*WORDS, "--yes")

    assert (code, [target.name for target in desk.targets()]) == (0, ["company-n"])


def test_a_json_document_stays_json(desk: Desk) -> None:
    """Whoever reads it with a JSON parser goes on reading it."""
    data = {"version": 1, "targets": [{"name": "first", "role_arn": ARN, "regions": ["cn-hangzhou"]}]}
    desk.file.write_text(json.dumps(data))

    desk.run(*WORDS, "--yes")

    assert [target["name"] for target in json.loads(desk.file.read_text())["targets"]] == ["first", "company-n"]


def test_the_rights_of_the_file_stay(desk: Desk) -> None:
    """It holds external IDs: who could not read it before can not afterwards."""
    desk.file.chmod(0o640)

    desk.run(*WORDS, "--yes")

    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"--role-arn": "acs:ram::12:role/x"}, "--role-arn"),
        ({"--role-arn": "acs:ram::2234567890123456:user/ann"}, "--role-arn"),
        ({"--external-id": "has space"}, "--external-id"),
        ({"--external-id": ""}, "--external-id"),
        ({"--name": "no name"}, "--name"),
        ({"--region": "cn-hangzho"}, "--region"),
        ({"--tag": "gold"}, "--tag"),
    ],
)
def test_a_wrong_word_is_refused_and_named(desk: Desk, changes: dict[str, str], field: str) -> None:
    """Before the document is read."""
    given = {**dict(zip(WORDS[::2], WORDS[1::2], strict=True)), **changes}

    code, out, err = desk.run(*(word for option in given.items() for word in option), "--yes")

    assert (code, out, desk.file.read_text()) == (2, "", EXAMPLE)
    assert err.startswith(f"error: {field}: expected ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version: 1\ntargets:\n  - name: a\n    role: x\n", "line 4"),
        ("version: 2\ntargets: []\n", "version"),
        ("version: 1\ntargets: [\n", "YAML or JSON"),
        ("[]", "object"),
        ("", "object"),
    ],
)
def test_a_document_that_is_wrong_already_is_left_alone(desk: Desk, text: str, told: str) -> None:
    """The mistake in it is told, with its line."""
    desk.file.write_text(text)

    code, _, err = desk.run(*WORDS, "--yes")

    assert (code, desk.file.read_text()) == (2, text)
    assert told in err


def test_a_document_that_cannot_be_written_is_told(desk: Desk) -> None:
    """And not half written."""
    desk.file = desk.file.parent / "missing" / "targets.yaml"

    code, _, err = desk.run(*WORDS, "--yes")

    assert (code, "a file that can be written" in err) == (2, True)


NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True)


@example(names=["NO", "on", "1.5", "2026-11-24", "0x1F", "null"], as_json=False)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.booleans())
def test_targets_come_back_as_they_were_given(names: list[str], as_json: bool) -> None:
    """Names that YAML would take for numbers, dates or truths included."""
    text = '{"version": 1, "targets": []}' if as_json else "version: 1\ntargets: []\n"
    if as_json:
        text = json.dumps({"version": 1, "targets": [{"name": "0-first-name-", "role_arn": ARN}]})

    for name in names:
        text = plan_addition(text, "document", {"name": name, "role_arn": ARN, "tags": {"k": name}}).after

    read = read_targets(read_document("document", text), "cn-hangzhou")
    assert [(target.name, target.tags) for target in read[int(as_json) :]] == [(name, {"k": name}) for name in names]
