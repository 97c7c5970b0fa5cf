"""System policies, as published by Alibaba Cloud.

Source: https://www.alibabacloud.com/help/en/ram/developer-reference/ followed by the name in lower case.
"""

from __future__ import annotations

from functools import cache

from local.cloud.policy import Policy
from local.cloud.policy_document import parse_policy

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
    "AliyunSTSAssumeRoleAccess": {
        "Version": "1",
        "Statement": [{"Action": "sts:AssumeRole", "Resource": "*", "Effect": "Allow"}],
    },
}


@cache
def system_policy(name: str) -> Policy:
    """Return the system policy *name*; raises KeyError for a name that isn't imitated."""
    return parse_policy(DOCUMENTS[name])
