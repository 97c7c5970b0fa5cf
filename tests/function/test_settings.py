"""What a deployment may say, and how a mistake in it is told."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
import yaml

from fc_inventory import targets
from fc_inventory.errors import SettingsError
from fc_inventory.rules import RULES
from fc_inventory.settings import Keys, Settings, load_settings, runtime_keys
from fc_inventory.targets import Target

ROOT = Path(__file__).parents[2]
ROLE_ARN = "acs:ram::1234567890123456:role/fc-admin"
EXAMPLES = ("role_missing", "service_unused")  # rules to leave out
DOCUMENT = """\
version: 1
defaults:
  regions: [cn-hangzhou]
  tags: {tier: gold}
targets:
  - name: company-a
    role_arn: acs:ram::1234567890123456:role/fc-admin
  - name: company-c
    account_alias: company-c
    role_arn: acs:ram::1456789012345678:role/reader
    external_id: c-7f3a9b2e51d04c68
    regions: [cn-shanghai, eu-central-1, cn-shanghai]
    tags: {tier: silver, env: prod}
    duration_seconds: 900
"""


def mistake_in(**environ: str) -> str:
    with pytest.raises(SettingsError) as mistake:
        load_settings(environ)
    return str(mistake.value)


def test_one_customer_needs_only_its_role() -> None:
    """ROLE_ARN alone is enough on FC, which names the function's own region; an empty variable means unset."""
    settings = load_settings(
        {"ROLE_ARN": ROLE_ARN, "FC_REGION": "cn-beijing", "EXTERNAL_ID": "", "REGIONS": " ", "TARGETS": ""}
    )

    assert settings == Settings(
        targets=(
            Target(name="1234567890123456", role_arn=ROLE_ARN, account_id="1234567890123456", regions=("cn-beijing",)),
        ),
        region="cn-beijing",
    )


def test_one_customer_may_be_described_in_full() -> None:
    """Every variable of the simple case arrives in the settings."""
    settings = load_settings(
        {
            "ROLE_ARN": ROLE_ARN,
            "EXTERNAL_ID": "a-1/b=c",
            "REGIONS": "cn-hangzhou, eu-central-1,cn-hangzhou",
            "DURATION_SECONDS": "900",
            "ROLE_SESSION_NAME": "acme",
            "LOG_LEVEL": "WARNING",
            "FC_INVENTORY_ENDPOINT": "http://127.0.0.1:18080/",
        }
    )

    assert settings == Settings(
        targets=(
            Target(
                name="1234567890123456",
                role_arn=ROLE_ARN,
                account_id="1234567890123456",
                regions=("cn-hangzhou", "eu-central-1"),
                external_id="a-1/b=c",
                duration_seconds=900,
            ),
        ),
        region=None,
        role_session_name="acme",
        log_level="WARNING",
        endpoint="http://127.0.0.1:18080",
    )


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("inline", [False, True])
def test_many_customers_stand_in_a_document(as_json: bool, inline: bool, tmp_path: Path) -> None:
    """YAML and JSON, file and inline, mean the same; what a target leaves out comes from the defaults."""
    text = json.dumps(yaml.safe_load(DOCUMENT)) if as_json else DOCUMENT
    file = tmp_path / "targets"
    file.write_text(text, encoding="utf-8")

    settings = load_settings({"TARGETS": text} if inline else {"TARGETS_FILE": str(file)})

    assert settings.targets == (
        Target(
            name="company-a",
            role_arn=ROLE_ARN,
            account_id="1234567890123456",
            regions=("cn-hangzhou",),
            tags={"tier": "gold"},
        ),
        Target(
            name="company-c",
            role_arn="acs:ram::1456789012345678:role/reader",
            account_id="1456789012345678",
            account_alias="company-c",
            regions=("cn-shanghai", "eu-central-1"),
            external_id="c-7f3a9b2e51d04c68",
            tags={"tier": "silver", "env": "prod"},
            duration_seconds=900,
        ),
    )


def test_a_relative_targets_file_may_be_in_the_code_directory(tmp_path: Path) -> None:
    """On FC the file travels with the code, whatever the working directory is."""
    (tmp_path / "targets.yaml").write_text(DOCUMENT, encoding="utf-8")

    settings = load_settings({"TARGETS_FILE": "targets.yaml", "FC_FUNC_CODE_PATH": str(tmp_path)})

    assert [target.name for target in settings.targets] == ["company-a", "company-c"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "settings: expected exactly one of ROLE_ARN, TARGETS_FILE and TARGETS, found none of them"),
        ({"ROLE_ARN": ROLE_ARN, "TARGETS": "x"}, "settings: expected exactly one of ROLE_ARN, TARGETS_FILE and TARGETS, found ROLE_ARN and TARGETS"),
        ({"ROLE_ARN": "acs:ram::1:user/x"}, "ROLE_ARN: expected acs:ram::ACCOUNT_ID:role/ROLE_NAME, found 'acs:ram::1:user/x'"),
        ({"ROLE_ARN": ROLE_ARN}, "REGIONS: expected regions, separated by commas, found none, and the runtime names no region of its own"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzou"}, "REGIONS: expected a region of Function Compute (nearest: cn-hangzhou), found 'cn-hangzou'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "evil.example.com/"}, "REGIONS: expected a region of Function Compute, found 'evil.example.com/'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "EXTERNAL_ID": "has space"}, "EXTERNAL_ID: expected 2 to 1224 letters, digits or _ + = , . @ : / -, found 9 characters that are not"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "DURATION_SECONDS": "899"}, "DURATION_SECONDS: expected a whole number of seconds from 900 to 43200, found '899'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "DURATION_SECONDS": "1h"}, "DURATION_SECONDS: expected a whole number of seconds from 900 to 43200, found '1h'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "ROLE_SESSION_NAME": "x" * 28}, f"ROLE_SESSION_NAME: expected 2 to 27 letters, digits or . @ - _, found '{'x' * 28}'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "LOG_LEVEL": "loud"}, "LOG_LEVEL: expected DEBUG, INFO, WARNING or ERROR, found 'loud'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "FC_INVENTORY_ENDPOINT": "http://example.com:80"}, "FC_INVENTORY_ENDPOINT: expected http://127.0.0.1:PORT: a local cloud on this machine, nothing else, found 'http://example.com:80'"),
        ({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "FC_INVENTORY_ENDPOINT": "http://127.0.0.1:80@example.com"}, "FC_INVENTORY_ENDPOINT: expected http://127.0.0.1:PORT: a local cloud on this machine, nothing else, found 'http://127.0.0.1:80@example.com'"),
        ({"TARGETS": "version: 1\ntargets: []", "EXTERNAL_ID": "ab"}, "EXTERNAL_ID: expected it inside TARGETS, which describes the targets, found it set beside"),
        ({"TARGETS_FILE": "/no/such/file"}, "TARGETS_FILE /no/such/file: expected a readable file, found No such file or directory"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_refused(environ: Mapping[str, str], expected: str) -> None:
    """The error names the variable, what was expected and what was found; an external ID is never shown."""
    assert mistake_in(**environ) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 1", "version: 2", "line 1, version: expected one of the documented values, found 2"),
        ("version: 1\n", "", "line 1: expected a field 'version', found none"),
        ("name: company-a\n", "nam: company-a\n", "line 6, targets[0].nam: expected no such field (nearest: name), found unknown field 'nam'"),
        ("regions: [cn-hangzhou]", "region: [cn-hangzhou]", "line 3, defaults.region: expected no such field (nearest: regions), found unknown field 'region'"),
        ("name: company-a", "name: [x]", "line 6, targets[0].name: expected str, found ['x']"),
        ("name: company-c", "name: company-a", "line 8, targets[1].name: expected a name of its own for each target, found 'company-a' again"),
        ("role_arn: acs:ram::1234567890123456:role/fc-admin", "role_arn: acs:ram::x", "line 7, targets[0].role_arn: expected acs:ram::ACCOUNT_ID:role/ROLE_NAME, found 'acs:ram::x'"),
        ("role_arn: acs:ram::1234567890123456:role/fc-admin", 'role_arn: "acs:ram::1234567890123456:role/fc-admin\\n"', "line 7, targets[0].role_arn: expected acs:ram::ACCOUNT_ID:role/ROLE_NAME, found 'acs:ram::1234567890123456:role/fc-admin\\n'"),
        ("external_id: c-7f3a9b2e51d04c68", "external_id: se cret", "line 11, targets[1].external_id: expected 2 to 1224 letters, digits or _ + = , . @ : / -, found another value (not shown)"),
        ("eu-central-1", "eu-centrel-1", "line 12, targets[1].regions[1]: expected a region of Function Compute (nearest: eu-central-1), found 'eu-centrel-1'"),
        ("regions: [cn-hangzhou]", "regions: [cn-hangzou]", "line 3, defaults.regions[0]: expected a region of Function Compute (nearest: cn-hangzhou), found 'cn-hangzou'"),
        ("  regions: [cn-hangzhou]\n", "", "line 5, targets[0]: expected regions, here or in defaults, found none, and the runtime names no region of its own"),
        ("env: prod", "env: yes", "line 13, targets[1].tags[...]: expected str, found {'tier': 'silver', 'env': True}"),
        ("duration_seconds: 900", "duration_seconds: 60", "line 14, targets[1].duration_seconds: expected int >= 900, found 60"),
        ("    external_id:", "    account_alias: twice\n    external_id:", "line 11, account_alias: expected each key once, found it again"),
        ("targets:", "targets: [", "line 6: expected YAML or JSON, found expected the node content, but found '-'"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_line_and_field(old: str, new: str, expected: str) -> None:
    """The error names the source, the line, the path of the field, what was expected and what was found."""
    assert old in DOCUMENT

    assert mistake_in(TARGETS=DOCUMENT.replace(old, new, 1)).removeprefix("TARGETS, ") == expected


def test_a_targets_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """A file of other bytes is told apart from a missing one."""
    file = tmp_path / "targets.yaml"
    file.write_bytes(b"\xff\xfe\x00")

    assert mistake_in(TARGETS_FILE=str(file)) == f"TARGETS_FILE {file}: expected UTF-8 text, found other bytes"


def test_the_published_schema_is_the_documents_shape() -> None:
    """schemas/targets.schema.json is what the code accepts, and the example fits it."""
    published = json.loads((ROOT / "schemas" / "targets.schema.json").read_text(encoding="utf-8"))

    assert published == targets.json_schema()
    jsonschema.validate(yaml.safe_load((ROOT / "examples" / "targets.yaml").read_text(encoding="utf-8")), published)


def test_the_context_wins_over_the_older_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older runtimes rebuild context.credentials for each call; the environment is set once per instance."""
    give_environment(monkeypatch, "STS.environment", "secret-1", "token-1")
    context = SimpleNamespace(
        credentials=SimpleNamespace(access_key_id="STS.context", access_key_secret="secret-2", security_token="token-2")
    )

    assert runtime_keys(context) == Keys(
        access_key_id="STS.context", access_key_secret="secret-2", security_token="token-2"
    )


@pytest.mark.parametrize("context", [SimpleNamespace(), SimpleNamespace(credentials=None), None])
def test_the_environment_serves_where_the_context_has_no_keys(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.12 has no context.credentials."""
    give_environment(monkeypatch, "STS.environment", "secret-1", "token-1")

    assert runtime_keys(context) == Keys(
        access_key_id="STS.environment", access_key_secret="secret-1", security_token="token-1"
    )


def test_a_long_term_key_needs_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """`s local` gives the developer's own key, with an empty token."""
    give_environment(monkeypatch, "LTAIlocal", "secret-1", "")

    assert runtime_keys(None) == Keys(access_key_id="LTAIlocal", access_key_secret="secret-1")


@pytest.mark.parametrize(
    "keys", [("", "", ""), ("STS.x", "", "token"), ("STS.x", "secret", ""), ("", "secret", "token")]
)
def test_incomplete_keys_are_none(keys: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty string means absent, and temporary keys without their token are no keys."""
    give_environment(monkeypatch, *keys)

    assert runtime_keys(None) is None


def test_keys_and_external_ids_never_show() -> None:
    """Neither repr gives a secret away."""
    keys = Keys(access_key_id="STS.abcdef", access_key_secret="s3cr3t-value", security_token="t0ken-value")
    settings = load_settings({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "EXTERNAL_ID": "between-us"})

    shown = repr(keys) + repr(settings)

    assert not [secret for secret in ("STS.abcdef", "s3cr3t-value", "t0ken-value", "between-us") if secret in shown]


def give_environment(monkeypatch: pytest.MonkeyPatch, key_id: str, secret: str, token: str) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", key_id)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret)
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", token)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", RULES),
        ("on", RULES),
        ("off", ()),
        ("-role_missing", tuple(rule for rule in RULES if rule != "role_missing")),
        (" -role_missing , -service_unused,", tuple(rule for rule in RULES if rule not in EXAMPLES)),
    ],
)
def test_findings_are_all_none_or_all_but_some(text: str, left: tuple[str, ...]) -> None:
    """A rule is left out by its name behind a minus."""
    assert load_settings({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "FINDINGS": text}).rules == left


@pytest.mark.parametrize("text", ["role_missing", "-nonsense", "off,-role_missing", "OFF", "true"])
def test_a_rule_that_there_is_not_is_no_setting(text: str) -> None:
    """Names without a minus could mean the contrary, so they are refused."""
    mistake = mistake_in(ROLE_ARN=ROLE_ARN, REGIONS="cn-hangzhou", FINDINGS=text)

    assert mistake.startswith("FINDINGS: expected on, off, or rules to leave out, such as -http_trigger_anonymous")


@pytest.mark.parametrize(("text", "is_wanted"), [("true", True), ("false", False), ("", False)])
def test_triggers_are_listed_on_request(text: str, is_wanted: bool) -> None:
    """Without a word they are not: it is a call for each function, and a right of its own."""
    settings = load_settings({"ROLE_ARN": ROLE_ARN, "REGIONS": "cn-hangzhou", "TRIGGERS": text})

    assert settings.triggers is is_wanted


def test_a_wish_for_triggers_is_true_or_false() -> None:
    """What is neither is not guessed at."""
    assert "expected true or false, found 'yes'" in mistake_in(ROLE_ARN=ROLE_ARN, REGIONS="cn-hangzhou", TRIGGERS="yes")


def test_thousands_of_customers_cost_no_cold_start() -> None:
    """Each name is looked for among the others, not at each of them."""
    names = (f"company-{number}" for number in range(15_000))
    entries = [{"name": name, "role_arn": ROLE_ARN, "regions": ["cn-hangzhou"]} for name in names]
    text = json.dumps({"version": 1, "targets": entries})
    began = time.perf_counter()

    settings = load_settings({"TARGETS": text})

    assert len(settings.targets) == 15_000
    assert time.perf_counter() - began < 1.5
