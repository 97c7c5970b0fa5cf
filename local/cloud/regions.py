"""The hosts that STS and Function Compute have, and the product, region and account that a host name means.

Sources: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-endpoint,
https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/developer-reference/fc-endpoints (both read in
2025).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

STS_REGIONS = frozenset(
    {
        "cn-qingdao",
        "cn-beijing",
        "cn-zhangjiakou",
        "cn-huhehaote",
        "cn-wulanchabu",
        "cn-hangzhou",
        "cn-shanghai",
        "cn-nanjing",
        "cn-fuzhou",
        "cn-shenzhen",
        "cn-heyuan",
        "cn-guangzhou",
        "cn-chengdu",
        "cn-wuhan-lr",
        "cn-hongkong",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-southeast-1",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-7",
        "us-east-1",
        "us-west-1",
        "na-south-1",
        "eu-west-1",
        "eu-central-1",
        "me-east-1",
        "me-central-1",
        "cn-shanghai-finance-1",
        "cn-beijing-finance-1",
    }
)

# Regions whose API 2023-03-30 is at fcv3.<region>.aliyuncs.com.
_FC3_REGIONS = frozenset(
    {
        "cn-hangzhou",
        "cn-shanghai",
        "cn-qingdao",
        "cn-beijing",
        "cn-zhangjiakou",
        "cn-huhehaote",
        "cn-wulanchabu",
        "cn-shenzhen",
        "cn-chengdu",
        "cn-hongkong",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ap-southeast-7",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "us-east-1",
        "us-west-1",
        "eu-west-1",
        "eu-central-1",
    }
)

# Regions whose API 2023-03-30 is at <region>.fc.aliyuncs.com.
_FC3_ODD_REGIONS = frozenset({"cn-hangzhou-finance", "cn-shanghai-finance-1", "me-central-1", "cn-heyuan-acdr-1"})

FC_REGIONS = _FC3_REGIONS | _FC3_ODD_REGIONS
_FC2_REGIONS = FC_REGIONS - {"cn-wulanchabu", "cn-shanghai-finance-1", "me-central-1"}

STS_VERSION = "2015-04-01"
RAM_VERSION = "2015-05-01"
FC_2016_VERSION = "2016-08-15"
FC2_VERSION = "2021-04-06"
FC3_VERSION = "2023-03-30"
OSS_VERSION = "OSS"
RPC_VERSIONS = frozenset({STS_VERSION, RAM_VERSION})
FC_VERSIONS = frozenset({FC_2016_VERSION, FC2_VERSION, FC3_VERSION})


@dataclass(frozen=True)
class Endpoint:
    """What a host name means.

    `versions` it serves, its region ("" for the global one), its account and its bucket ("" where it names none).
    """

    versions: frozenset[str]
    region: str
    account_id: str = ""
    bucket: str = ""


@lru_cache(maxsize=1024)
def find_endpoint(host: str) -> Endpoint | None:
    """Return what the real *host* (no port) means, or None for a host that Alibaba Cloud doesn't have."""
    if host == "sts.aliyuncs.com":
        return Endpoint(frozenset({STS_VERSION}), "")
    if host == "ram.aliyuncs.com":
        return Endpoint(frozenset({RAM_VERSION}), "")
    for pattern, find in _HOSTS:
        found = pattern.fullmatch(host)
        if found:
            return find(found)
    return None


def _sts(found: re.Match[str]) -> Endpoint | None:
    return Endpoint(frozenset({STS_VERSION}), found["region"]) if found["region"] in STS_REGIONS else None


def _fc3(found: re.Match[str]) -> Endpoint | None:
    return Endpoint(frozenset({FC3_VERSION}), found["region"]) if found["region"] in _FC3_REGIONS else None


def _fc3_odd(found: re.Match[str]) -> Endpoint | None:
    return Endpoint(frozenset({FC3_VERSION}), found["region"]) if found["region"] in _FC3_ODD_REGIONS else None


def _fc2(found: re.Match[str]) -> Endpoint | None:
    return Endpoint(frozenset({FC2_VERSION}), found["region"]) if found["region"] in _FC2_REGIONS else None


def _account(found: re.Match[str]) -> Endpoint | None:
    if found["region"] not in FC_REGIONS:
        return None
    versions = {FC_2016_VERSION, FC2_VERSION, FC3_VERSION} if found["region"] in _FC2_REGIONS else {FC3_VERSION}
    return Endpoint(frozenset(versions), found["region"], found["account"])


def _oss(found: re.Match[str]) -> Endpoint | None:
    region = found["region"] or ""
    return Endpoint(frozenset({OSS_VERSION}), region, "", found["bucket"] or "") if _is_oss_region(region) else None


def _is_oss_region(region: str) -> bool:
    return region in FC_REGIONS or not region


_REGION = r"(?P<region>[a-z0-9-]+?)"
_HOSTS = (
    (re.compile(rf"sts(-vpc)?\.{_REGION}\.aliyuncs\.com"), _sts),
    (re.compile(rf"fcv3\.{_REGION}\.aliyuncs\.com"), _fc3),
    (re.compile(rf"fc\.{_REGION}\.aliyuncs\.com"), _fc2),
    (re.compile(rf"{_REGION}\.fc\.aliyuncs\.com"), _fc3_odd),
    (re.compile(rf"(?P<account>[0-9]{{16}})\.{_REGION}(-internal)?\.fc\.aliyuncs\.com"), _account),
    (
        re.compile(rf"((?P<bucket>[a-z0-9][a-z0-9-]{{2,62}})\.)?oss-(accelerate|{_REGION}(-internal)?)\.aliyuncs\.com"),
        _oss,
    ),
)
