"""Finding whose a long-lived key is, while keys come, move and go."""

from __future__ import annotations

from local.cloud import load_world
from tests.cloud.clients import COMPANY_A, COMPANY_B


def test_a_key_is_found_where_it_is_now() -> None:
    """Not where it was when it was last used."""
    world = load_world()
    ops, admin = world.accounts[COMPANY_B].users["ops"], world.accounts[COMPANY_A].users["admin"]
    key = ops.access_keys[0]

    before = world.find_key(key.access_key_id)
    admin.access_keys.append(ops.access_keys.pop())
    moved = world.find_key(key.access_key_id)
    admin.access_keys.remove(key)
    gone = world.find_key(key.access_key_id)

    assert before is not None
    assert moved is not None
    assert (before[1].identity, moved[1].identity, gone) == (ops, admin, None)


def test_a_key_of_an_account_that_is_gone_is_gone() -> None:
    """Even if it was used before."""
    world = load_world()
    key = world.accounts[COMPANY_B].users["ops"].access_keys[0]

    found = world.find_key(key.access_key_id)
    del world.accounts[COMPANY_B]

    assert found is not None
    assert world.find_key(key.access_key_id) is None
