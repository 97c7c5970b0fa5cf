"""Regions and their hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fc_inventory import regions


def test_hosts_are_the_published_ones() -> None:
    """One example of each form."""
    assert regions.fc3_host("cn-hangzhou") == "fcv3.cn-hangzhou.aliyuncs.com"
    assert regions.fc3_host("cn-shanghai-finance-1") == "cn-shanghai-finance-1.fc.aliyuncs.com"
    assert regions.fc2_host("1234567890123456", "eu-central-1") == "1234567890123456.eu-central-1.fc.aliyuncs.com"
    assert regions.sts_host("cn-hangzhou") == "sts.cn-hangzhou.aliyuncs.com"


@pytest.mark.parametrize("region", ["ap-southeast-2", "ap-south-1", "cn-hangzhou-finance", None, "evil.example.com/"])
def test_a_region_without_sts_uses_the_global_host(region: str | None) -> None:
    """Nothing unknown is pasted into a host name."""
    assert regions.sts_host(region) == "sts.aliyuncs.com"


def test_every_host_is_a_plain_host_name() -> None:
    """No table has a tab or a placeholder in it, as the SDKs' have."""
    hosts = [host for region in regions.KNOWN for host in (regions.fc3_host(region), regions.fc2_host("1", region))]

    assert all(host == host.strip() and host.endswith(".aliyuncs.com") and "account-id" not in host for host in hosts)


@given(st.text())
def test_an_unknown_region_has_no_host(region: str) -> None:
    """Only known regions are ever part of a host."""
    if region not in regions.KNOWN:
        with pytest.raises(ValueError, match="unknown region"):
            regions.fc3_host(region)


def test_the_nearest_region_is_a_help_not_a_guess() -> None:
    """A slip of the pen is recognised; nonsense is not."""
    assert regions.nearest("cn-hangzou") == "cn-hangzhou"
    assert regions.nearest("moon") is None


@pytest.mark.parametrize(
    "region", ["ap-southeast2", "ap-southeast-22", "AP-SOUTHEAST-2", "ap-south", "ap-south1", "ap-south-11"]
)
def test_nobody_is_sent_to_a_region_that_has_closed(region: str) -> None:
    """Sydney and Mumbai are gone; what is near them is named instead, if anything."""
    assert regions.nearest(region) in regions.KNOWN - {"ap-southeast-2", "ap-south-1"}


@given(st.sampled_from(sorted(regions.KNOWN)), st.text(alphabet="abcdehinoprstu-0123456789", max_size=3))
def test_no_slip_of_the_pen_leads_to_a_closed_region(region: str, slip: str) -> None:
    """Whatever is mistyped."""
    assert regions.nearest(region + slip) not in {"ap-southeast-2", "ap-south-1"}
    assert regions.nearest(slip + region[: len(slip) - 4]) not in {"ap-southeast-2", "ap-south-1"}
