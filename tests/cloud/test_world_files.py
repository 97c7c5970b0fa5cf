"""World files: what can be written, and how a mistake is reported."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from local.cloud import World, WorldError, load_world
from local.cloud.world_file import DEFAULT_WORLD

SMALL = """\
accounts:
  - id: "1234567890123456"
    alias: a
    root_key: {id: LTAIroot, active: false}
    policies:
      - name: own
        document: {Version: "1", Statement: []}
    users:
      - name: ops
        policies: [own, AliyunFCFullAccess]
        access_keys: [{id: LTAIsmall, secret: small-secret}]
    roles:
      - name: reader
        trust: {Version: "1", Statement: []}
    regions:
      - id: cn-hangzhou
        services:
          - name: shop-{n:02}
            count: 2
            functions: [{name: f}]
        functions: [{name: g}]
"""


def load(tmp_path: Path, text: str) -> World:
    """Return the world in *text*."""
    path = tmp_path / "world.yaml"
    path.write_text(text, encoding="utf-8")
    return load_world(path)


def test_a_small_world_is_what_was_written(tmp_path: Path) -> None:
    """Names, keys and patterns."""
    account = load(tmp_path, SMALL).accounts["1234567890123456"]

    root, key = account.root_key, account.users["ops"].access_keys[0]
    inventory = account.inventories["cn-hangzhou"]
    assert (key.access_key_id, key.secret, key.active) == ("LTAIsmall", "small-secret", True)
    assert root is not None
    assert (root.access_key_id, root.active) == ("LTAIroot", False)
    assert [service.name for service in inventory.services] == ["shop-01", "shop-02"]
    assert [function.full_name for function in inventory.functions[""]] == ["g", "shop-01$f", "shop-02$f"]
    assert account.roles["reader"].max_session_duration_seconds == 3600


@pytest.mark.parametrize(
    ("old", "new", "place", "problem"),
    [
        ('"1234567890123456"', "1234567890123456", "2: $.accounts[0].id", "found 1234567890123456 without quotes, expected str"),
        ('"1234567890123456"', '"12"', "2: $.accounts[0].id", "found '12', expected str matching regex '^[0-9]{16}$'"),
        ("    alias: a\n", "    allias: a\n", "3: $.accounts[0].allias", "found an unknown key, expected one of id, alias,"),
        ("    alias: a\n", "    alias: a\n    alias: b\n", "4: $.accounts[0].alias", "found the key a second time, expected each key once"),
        ("      - name: ops\n", "      - nam: ops\n", "9: $.accounts[0].users[0].nam", "found an unknown key, expected one of name, policies, access_keys"),
        ('        trust: {Version: "1", Statement: []}\n', "", "13: $.accounts[0].roles[0]", "found no key 'trust', expected the key 'trust'"),
        ("own, Aliyun", "other, Aliyun", "10: $.accounts[0].users[0].policies[0]", "found 'other', expected one of AliyunFCFullAccess, AliyunFCReadOnlyAccess, AliyunRAMFullAccess, AliyunRAMReadOnlyAccess, AliyunSTSAssumeRoleAccess, own"),
        ("- name: own", "- name: AliyunFCFullAccess", "6: $.accounts[0].policies[0].name", "found 'AliyunFCFullAccess' a second time, expected a name that is used once"),
        ('document: {Version: "1"', "document: {Version: 1", "7: $.accounts[0].policies[0].document", "found Version: found 1, expected '1' in quotes, expected a policy document in RAM's grammar"),
        ('trust: {Version: "1", Statement: []', 'trust: {Version: "1", Statement: [{Effect: Allow}]', "14: $.accounts[0].roles[0].trust", "found Statement[0]: expected either Action or NotAction, expected a policy document in RAM's grammar"),
        ("id: cn-hangzhou", "id: cn-hangzhu", "16: $.accounts[0].regions[0].id", "found 'cn-hangzhu', expected a region of Function Compute: ap-northeast-1, "),
        ("            count: 2\n", "", "18: $.accounts[0].regions[0].services[0].name", "found 'shop-{n:02}', expected a pattern with {n}, such as 'orders-{n:03}', with a count, or neither"),
        ("count: 2", "count: 0", "19: $.accounts[0].regions[0].services[0].count", "found 0 without quotes, expected int >= 1"),
        ("count: 2", "count: two", "19: $.accounts[0].regions[0].services[0].count", "found 'two', expected int | null"),
        ("[{name: g}]", "[{name: g}, {name: g}]", "21: $.accounts[0].regions[0].functions[1].name", "found 'g' a second time, expected a name that is used once"),
        ("[{name: g}]", "[{name: g$h}]", "21: $.accounts[0].regions[0].functions[0].name", "found 'g$h', expected str matching regex"),
        ("[{name: g}]", "{name: g}", "21: $.accounts[0].regions[0].functions", "found a mapping, expected list"),
        ("[{id: LTAIsmall, secret: small-secret}]", "[{id: LTAIsmall}, {id: LTAIsmall}]", "11: $.accounts[0].users[0].access_keys[1].id", "found 'LTAIsmall' a second time, expected a name that is used once"),
        ("accounts:\n", "default_region: cn-moon\naccounts:\n", "1: $.default_region", "found 'cn-moon', expected a region"),
        ("    alias: a\n", "    alias: &a [*a]\n", "3: $.accounts[0].alias[0]", "found an anchor that contains itself, expected a finite document"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_place(tmp_path: Path, old: str, new: str, place: str, problem: str) -> None:
    """File, line, field, what was found and what was expected, in one line."""
    assert old in SMALL

    with pytest.raises(WorldError) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))

    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'world.yaml'}:{place}: {problem}")
    assert "\n" not in text


def test_two_accounts_can_t_share_an_id(tmp_path: Path) -> None:
    """The second one is reported."""
    text = dedent("""\
        accounts:
          - id: "1234567890123456"
          - {alias: b, id: "1234567890123456"}
        """)

    with pytest.raises(WorldError, match=r":3: \$.accounts\[1\].id: found '1234567890123456' a second time"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "1: $: found nothing, expected the key 'accounts'"),
        ("- a\n- b\n", "1: $: found a list, expected mapping"),
        ("accounts: []\n", "1: $.accounts: found an empty list, expected list of length >= 1"),
        (
            "accounts:\n  - id: 'open\n",
            "3: $: found a mistake in the YAML, expected none: found unexpected end of stream",
        ),
        (
            "accounts: !!python/object:os.system [ls]\n",
            "1: $: found a mistake in the YAML, expected none: could not determine a constructor",
        ),
        ("a: \x07\n", "1: $: found characters that YAML doesn't have, expected none"),
    ],
)
def test_what_is_no_world_at_all_is_reported(tmp_path: Path, text: str, place: str) -> None:
    """Empty files, other documents, broken YAML, tags that would run code."""
    with pytest.raises(WorldError) as caught:
        load(tmp_path, text)

    assert str(caught.value).startswith(f"{tmp_path / 'world.yaml'}:{place}")


def test_a_file_that_can_t_be_read_is_reported(tmp_path: Path) -> None:
    """Missing, or not UTF-8."""
    with pytest.raises(WorldError, match=r"none\.yaml: the file can't be read: .*No such file"):
        load_world(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"alias: \xe9\n")
    with pytest.raises(WorldError, match=r"latin\.yaml: the file can't be read: 'utf-8'"):
        load_world(tmp_path / "latin.yaml")


def test_the_default_world_tells_the_guide_s_story() -> None:
    """Company B, its customer A, and three more customers that are each difficult in their own way."""
    world = load_world()

    accounts = {account.alias: account for account in world.accounts.values()}
    sizes = {
        alias: {
            region: (len(inventory.services), len(inventory.functions["v2"]), len(inventory.functions["v3"]))
            for region, inventory in account.inventories.items()
        }
        for alias, account in accounts.items()
    }
    assert sizes == {
        "company-b": {},
        "company-a": {"cn-hangzhou": (3, 5, 2), "cn-shanghai": (1, 2, 1)},
        "company-c": {"cn-hangzhou": (230, 260, 120)},
        "company-d": {"cn-hangzhou": (0, 0, 2)},
        "company-e": {"cn-hangzhou": (1, 1, 0)},
    }
    assert accounts["company-a"].roles["fc-admin"].trust.document == {
        "Statement": [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"RAM": ["acs:ram::1345678901234567:root"]},
            }
        ],
        "Version": "1",
    }


def test_made_up_keys_look_local_and_stay_the_same() -> None:
    """A shell that evaluated them keeps working when the cloud is started again; no two are alike."""

    def keys() -> list[tuple[str, str]]:
        found = [key for account in load_world().accounts.values() for key, _ in account.long_lived_keys()]
        return [(key.access_key_id, key.secret) for key in found]

    assert keys() == keys()
    assert len({text for key in keys() for text in key}) == 2 * len(keys())
    assert all(key_id.startswith("LTAIlocal") and secret.startswith("local") for key_id, secret in keys())


def test_secrets_are_in_no_representation() -> None:
    """Neither of a key nor of the whole world."""
    world = load_world()
    text = repr(world)

    assert DEFAULT_WORLD.name == "default.yaml"
    assert "correct-horse" not in text
    assert not any(key.secret in text for account in world.accounts.values() for key, _ in account.long_lived_keys())
