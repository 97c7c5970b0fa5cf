"""A request narrows the configured targets, and never adds to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory.errors import RequestError
from fc_inventory.selection import select_targets
from fc_inventory.selectors import Request
from fc_inventory.targets import Target


def target(name: str, *regions: str, **tags: str) -> Target:
    return Target(
        name=name, role_arn=f"acs:ram::1234567890123456:role/{name}", account_id="1", regions=regions, tags=tags
    )


ALPHA = target("alpha", "cn-hangzhou", "cn-shanghai", tier="gold")
BETA = target("beta", "cn-hangzhou", tier="silver")
TARGETS = (ALPHA, BETA)


def test_no_selector_selects_all() -> None:
    """An empty request means everybody, everywhere."""
    assert select_targets(TARGETS, Request(kind="invoke")) == TARGETS


def test_selectors_are_joined_by_and() -> None:
    """Name, tag and region all must fit; the order stays the configured one."""
    assert select_targets(TARGETS, Request(kind="invoke", targets=("beta", "alpha"))) == TARGETS
    assert select_targets(TARGETS, Request(kind="invoke", tags=(("tier", "silver"),))) == (BETA,)
    assert select_targets(TARGETS, Request(kind="invoke", regions=("cn-shanghai",))) == (
        target("alpha", "cn-shanghai", tier="gold"),
    )


@pytest.mark.parametrize(
    ("request_", "field", "message"),
    [
        (Request(kind="invoke", targets=("alpah",)), "targets", "expected one that is configured (nearest: alpha), found 'alpah'"),
        (Request(kind="invoke", regions=("eu-west-1",)), "regions", "expected one that is configured, found 'eu-west-1'"),
        (Request(kind="invoke", tags=(("tier", "lead"),)), "tags", "no configured target fits all of the given selectors"),
        (Request(kind="invoke", targets=("beta",), regions=("cn-shanghai",)), "regions", "no configured target fits all of the given selectors"),
    ],
)  # fmt: skip
def test_a_choice_of_nobody_is_refused(request_: Request, field: str, message: str) -> None:
    """An empty inventory is never the answer to a question about nobody."""
    with pytest.raises(RequestError) as refusal:
        select_targets(TARGETS, request_)

    assert (refusal.value.status, refusal.value.field, refusal.value.message) == (404, field, message)


NAMES = st.lists(st.sampled_from(["alpha", "beta", "gamma"]), max_size=3).map(tuple)
REGIONS = st.lists(st.sampled_from(["cn-hangzhou", "cn-shanghai", "us-west-1"]), max_size=3).map(tuple)
TAGS = st.lists(st.tuples(st.just("tier"), st.sampled_from(["gold", "silver"])), max_size=2).map(tuple)


@given(names=NAMES, regions=REGIONS, tags=TAGS)
def test_a_selection_only_narrows(
    names: tuple[str, ...], regions: tuple[str, ...], tags: tuple[tuple[str, str], ...]
) -> None:
    """Whatever is asked, each selected target and region was configured, and its role is the configured one."""
    try:
        selected = select_targets(TARGETS, Request(kind="invoke", targets=names, regions=regions, tags=tags))
    except RequestError:
        return

    configured = {(target.name, target.role_arn, region) for target in TARGETS for region in target.regions}
    assert {(target.name, target.role_arn, region) for target in selected for region in target.regions} <= configured
