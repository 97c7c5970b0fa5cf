"""The regions of Function Compute and the hosts that serve them; a region is never pasted into a host unchecked.

Sources, as published in 2025:
https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/developer-reference/fc-endpoints
https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-endpoint
and, for the `fcv3` hosts, the published metadata of API 2023-03-30 (https://api.aliyun.com).
The SDKs' own tables are not used: FC 2.0's default host is a placeholder (`account-id.…`), and one FC 3.0 host in
`alibabacloud-fc20230330` 4.8.3 ends in a tab.
"""

from __future__ import annotations

from fc_inventory.nearest import find_nearest

_FC3_HOST = {
    region: f"fcv3.{region}.aliyuncs.com"
    for region in [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-7",
        "cn-beijing",
        "cn-chengdu",
        "cn-hangzhou",
        "cn-hongkong",
        "cn-huhehaote",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shenzhen",
        "cn-wulanchabu",
        "cn-zhangjiakou",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-west-1",
    ]
} | {
    region: f"{region}.fc.aliyuncs.com"
    for region in ("cn-hangzhou-finance", "cn-heyuan-acdr-1", "cn-shanghai-finance-1", "me-central-1")
}

_WITHOUT_FC2 = frozenset({"cn-wulanchabu", "cn-shanghai-finance-1", "me-central-1"})

_REGIONAL_STS = frozenset(
    [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-7",
        "cn-beijing",
        "cn-beijing-finance-1",
        "cn-chengdu",
        "cn-fuzhou",
        "cn-guangzhou",
        "cn-hangzhou",
        "cn-heyuan",
        "cn-hongkong",
        "cn-huhehaote",
        "cn-nanjing",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shanghai-finance-1",
        "cn-shenzhen",
        "cn-wuhan-lr",
        "cn-wulanchabu",
        "cn-zhangjiakou",
        "eu-central-1",
        "eu-west-1",
        "me-central-1",
        "me-east-1",
        "na-south-1",
        "us-east-1",
        "us-west-1",
    ]
)

KNOWN = frozenset(_FC3_HOST)

# Sydney and Mumbai: https://www.alibabacloud.com/help/en/functioncompute/api-fc-2023-03-30-endpoint marks the one
# decommissioned and no longer has the other. Who names them gets the cloud's answer; nobody is sent there.
_CLOSED = frozenset({"ap-southeast-2", "ap-south-1"})


def nearest(region: str) -> str | None:
    """Return the open region whose name is most like *region*, None where none is near."""
    return find_nearest(region.lower(), KNOWN - _CLOSED)


def has_fc2(region: str) -> bool:
    """Tell whether FC 2.0, and with it services, exists in *region*: newer regions have only FC 3.0."""
    return region not in _WITHOUT_FC2


def sts_host(region: str | None) -> str:
    """Return the STS host nearest to the caller's own *region*; the global one where that region has none."""
    return f"sts.{region}.aliyuncs.com" if region in _REGIONAL_STS else "sts.aliyuncs.com"


def sts_vpc_host(region: str | None) -> str | None:
    """Return the STS host that only VPCs of *region* reach; None where none is known.

    The published list is of 2021; that each regional endpoint since has one is unverified.
    """
    return f"sts-vpc.{region}.aliyuncs.com" if region in _REGIONAL_STS else None


def fc2_host(account_id: str, region: str) -> str:
    """Return the host of FC 2.0 (API 2021-04-06), which names the account that owns the services."""
    return f"{account_id}.{_checked(region)}.fc.aliyuncs.com"


def fc3_host(region: str) -> str:
    """Return the host of FC 3.0 (API 2023-03-30); the account is that of the caller's session."""
    return _FC3_HOST[_checked(region)]


def _checked(region: str) -> str:
    if region not in KNOWN:
        raise ValueError(f"unknown region {region!r}")
    return region
