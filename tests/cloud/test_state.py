"""`--state`: what a cloud knows survives its end, and no other file is ever taken for it."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType

import pytest

from local.cloud import Fault, LocalCloud, World, load_world, parse_trust_policy
from local.cloud.state_codec import StateError, freeze, thaw
from local.cloud.state_file import StateFileError, decode_state, encode_state, load_state, write_state
from tests.cloud.acs3 import Keys
from tests.cloud.clients import (
    COMPANY_A,
    COMPANY_B,
    FC_ADMIN,
    account,
    assume,
    assume_role_call,
    list_services_call,
    user_keys,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the state is kept."""
    return tmp_path / "state.json"


def restart(path: Path) -> LocalCloud:
    """Return a cloud that begins with the state at *path*."""
    world = load_state(path)
    assert world is not None
    return LocalCloud(world, state_file=path)


def wait_for(condition: Callable[[], bool]) -> bool:
    """Tell whether *condition* comes true within some seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until and not condition():
        time.sleep(0.02)
    return condition()


def test_users_roles_keys_and_sessions_survive(path: Path) -> None:
    """The same keys are good, the same role is gone, a session goes on."""
    with LocalCloud(load_world(), state_file=path) as cloud:
        ops = user_keys(cloud, "ops")
        in_company_a = assume(cloud, ops)
        other_role = assume(cloud, ops)
        account(cloud, COMPANY_A).description = "unknown fields don't count"  # type: ignore[attr-defined]
        account(cloud, COMPANY_B).users["intern"].access_keys[0].active = False
        intern = user_keys(cloud, "intern")

    with restart(path) as cloud:
        listed = list_services_call(in_company_a).send(cloud.url)
        refused = assume_role_call(intern).send(cloud.url)
        account(cloud, COMPANY_A).roles.pop("fc-admin")
        revoked = list_services_call(other_role).send(cloud.url)

    assert (listed.status_code, len(listed.json()["services"])) == (200, 3)
    assert refused.json()["Code"] == "InvalidAccessKeyId.Inactive"
    assert revoked.json()["ErrorCode"] == "InvalidAccessKeyID"
    with restart(path) as cloud:
        assert assume_role_call(ops).send(cloud.url).json()["Code"] == "EntityNotExist.Role"


def test_what_is_one_thing_stays_one_thing() -> None:
    """A session's role is its account's role, and is known to be gone when that is."""
    world = load_world()
    owner, role = world.find_role(FC_ADMIN) or pytest.fail("no role")
    session = world.issue_session(owner, role, "alice", expires=datetime(2030, 1, 1, tzinfo=timezone.utc))

    again = decode_state(encode_state(world))

    kept = again.sessions[session.access_key_id]
    assert kept.account is again.accounts[COMPANY_A]
    assert kept.role is again.accounts[COMPANY_A].roles["fc-admin"]
    assert (kept.role_exists, kept.expires, kept.token) == (True, session.expires, session.token)
    assert encode_state(again) == encode_state(world)


def test_changes_are_written_while_the_cloud_runs(path: Path) -> None:
    """Soon after the request: a killed cloud loses a second at most."""
    with LocalCloud(load_world(), state_file=path) as cloud:
        keys = assume(cloud, user_keys(cloud, "ops"))

        written = wait_for(lambda: keys.access_key_id in path.read_text(encoding="utf-8"))

    assert written


def test_a_reset_goes_back_to_the_state_as_it_was_loaded(path: Path) -> None:
    """Not to the world file."""
    with LocalCloud(load_world(), state_file=path) as cloud:
        account(cloud, COMPANY_A).roles["fc-admin"].description = "changed"

    with restart(path) as cloud:
        account(cloud, COMPANY_A).roles.clear()
        cloud.reset()
        description = account(cloud, COMPANY_A).roles["fc-admin"].description

    assert description == "changed"


def test_faults_of_the_world_file_stay_with_the_state(path: Path) -> None:
    """Those that were ordered later don't."""
    world = load_world()
    world.faults.append(Fault(action="ListServices", status=503, body=b"\xff"))

    with LocalCloud(world, state_file=path) as cloud:
        cloud.faults.add(Fault(reset=True))

    with restart(path) as cloud:
        assert [force.fault for force in cloud.faults] == world.faults


def test_only_the_owner_can_read_it(path: Path) -> None:
    """It holds keys. Nothing else is left in the folder."""
    path.write_text("", encoding="utf-8")
    path.chmod(0o644)

    write_state(path, encode_state(load_world()))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_never_sees_half_a_file(path: Path) -> None:
    """While it is written again and again."""
    world = load_world()
    write_state(path, encode_state(world))

    def write() -> None:
        for _ in range(20):
            write_state(path, encode_state(world))

    writer = threading.Thread(target=write)

    writer.start()
    while writer.is_alive():
        assert load_state(path) is not None
    writer.join()


def test_a_write_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing beside it."""
    write_state(path, encode_state(load_world()))

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_state(path, b"other")

    assert load_state(path) is not None
    assert list(path.parent.iterdir()) == [path]


def broken_states() -> dict[str, bytes]:
    """Return files that aren't states, by what is wrong with them."""
    good = encode_state(World())
    return {
        "empty": b"",
        "text": b"hello\n",
        "list": b"[]",
        "other JSON": b'{"accounts": []}',
        "a world file": b"accounts: []\n",
        "bytes": b"\x80\x04\x95\x00",
        "cut": good[:-10],
        "changed": good.replace(b"cn-hangzhou", b"cn-shanghai"),
        "newer": good.replace(b"cloud state 1", b"cloud state 2"),
        "no state": b'{"format":"local cloud state 1","sha256":""}',
    }


@pytest.mark.parametrize("kind", broken_states())
def test_a_foreign_or_broken_file_is_refused_and_left_alone(path: Path, kind: str) -> None:
    """In one line."""
    content = broken_states()[kind]
    path.write_bytes(content)

    with pytest.raises(StateFileError) as caught:
        load_state(path)

    assert str(caught.value).startswith(f"{path}: the state file can't be used: it is ")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_folder_is_no_state_file(tmp_path: Path) -> None:
    """Nor is anything else that can't be read."""
    with pytest.raises(StateFileError, match="can't be read: Is a directory"):
        load_state(tmp_path)


def test_no_file_is_no_state(path: Path) -> None:
    """The first start begins with the world file."""
    assert load_state(path) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, 2.5, True, "ü"],
        {"a": {"b": []}, 1: 2, (1, "x"): 3},
        (1, (2,)),
        {1},
        frozenset({"a"}),
        b"\x00\xff",
        datetime(2026, 11, 24, tzinfo=timezone(timedelta(hours=8))),
        MappingProxyType({"a": b"b"}),
        parse_trust_policy(
            {
                "Version": "1",
                "Statement": [
                    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}}
                ],
            }
        ),
        Fault(status=200, body=b"\xff"),
    ],
)
def test_every_kind_of_value_is_the_same_afterwards(value: object) -> None:
    """By way of JSON."""
    again = thaw(json.loads(json.dumps(freeze(value))))

    assert (again, type(again)) == (value, type(value))


@pytest.mark.parametrize("value", [threading.Lock(), Keys("a", "b"), Path("/"), 1j])
def test_what_can_t_be_kept_is_an_error_at_once(value: object) -> None:
    """Rather than at the next start."""
    with pytest.raises(TypeError, match="can't be kept in a state"):
        freeze(value)


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"os.system": ["true"]},
        {"subprocess.Popen": {"args": ["true"]}, "id": 1},
        {"world.World": {}, "id": 0},
        {"world.World": {"colour": 1}, "id": 0},
        {"same": 3},
        {"enum": ["errors.Dialect", "KLINGON"]},
        {"time": "yesterday"},
        {"tuple": 1},
        {"dict": [[[], 1]]},
    ],
)
def test_only_the_cloud_s_own_nouns_are_made(plain: object) -> None:
    """A state file can't run anything."""
    with pytest.raises(StateError):
        thaw(plain)
