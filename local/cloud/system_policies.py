"""System policies, as published by Alibaba Cloud.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/ followed by the name in lower case.
"""

from __future__ import annotations

from functools import cache

from local.cloud.policy import Policy
from local.cloud.policy_document import parse_policy
from local.cloud.versioned_policy import PolicyVersion, VersionedPolicy

DOCUMENTS = {
    "AliyunFCReadOnlyAccess": {
        "Version": "1",
        "Statement": [{"Action": ["fc:Get*", "fc:List*"], "Resource": "*", "Effect": "Allow"}],
    },
    "AliyunFCFullAccess": {
        "Version": "1",
        "Statement": [
            {"Action": "fc:*", "Resource": "*", "Effect": "Allow"},
            {
                "Action": "ram:PassRole",
                "Resource": "*",
                "Effect": "Allow",
                "Condition": {"StringEquals": {"acs:Service": "fc.aliyuncs.com"}},
            },
        ],
    },
    # The document of AliyunRAMFullAccess was not found in public: unverified. The other one is version 3, of 2025.
    "AliyunRAMFullAccess": {
        "Version": "1",
        "Statement": [{"Action": "ram:*", "Resource": "*", "Effect": "Allow"}],
    },
    "AliyunRAMReadOnlyAccess": {
        "Version": "1",
        "Statement": [
            {
                "Action": ["ram:Get*", "ram:List*", "ram:GenerateCredentialReport"],
                "Resource": "*",
                "Effect": "Allow",
            },
            {"Effect": "Allow", "Action": ["accessanalyzer:Get*", "accessanalyzer:List*"], "Resource": "*"},
        ],
    },
    "AliyunSTSAssumeRoleAccess": {
        "Version": "1",
        "Statement": [{"Action": "sts:AssumeRole", "Resource": "*", "Effect": "Allow"}],
    },
}


# The versions in which the documents above were published; that of AliyunRAMFullAccess is unverified.
_VERSIONS = {"AliyunFCFullAccess": 2, "AliyunRAMReadOnlyAccess": 3}


@cache
def system_policy(name: str) -> Policy:
    """Return the system policy *name*; raises KeyError for a name that isn't imitated."""
    return parse_policy(DOCUMENTS[name])


@cache
def system_policy_record(name: str) -> VersionedPolicy:
    """Return the system policy *name* with the one version that is known of it, never to be changed.

    Raises KeyError for a name that isn't imitated. Its description and its dates aren't the real ones.
    """
    number = _VERSIONS.get(name, 1)
    versions = {f"v{number}": PolicyVersion(system_policy(name))}
    return VersionedPolicy(name, versions, default_version_id=f"v{number}", newest=number)
