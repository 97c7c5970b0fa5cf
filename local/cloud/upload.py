"""Where code is uploaded to before a function is made of it: a bucket of Function Compute's own in each region.

Whoever uploads gets a session of a role of Function Compute's own account, good for one object.
"""

from __future__ import annotations

import re
from uuid import uuid4

from local.cloud.calls import Call
from local.cloud.clock import to_wire
from local.cloud.policy_document import parse_policy
from local.cloud.world import Account, Role, Session, World, lasts_until

UPLOAD_ACCOUNT_ID = "1000000000000001"
_ROLE = "fc-code-upload"
_SESSION_SECONDS = 3600
_BUCKET = re.compile(r"fc-local-code-[a-z0-9-]{1,48}")


def upload_bucket(region: str) -> str:
    """Return the name of the bucket that takes the code for *region*."""
    return f"fc-local-code-{region}"


def is_upload_bucket(bucket: str) -> bool:
    """Whether *bucket* is one of those that take code."""
    return _BUCKET.fullmatch(bucket) is not None


def issue_upload_session(call: Call) -> dict[str, object]:
    """Return the answer of GetTempBucketToken: a bucket, an object's name, and keys for that object alone.

    Clients put the id of their account before the name, and some of them the service's name between the two.
    """
    bucket, name = upload_bucket(call.region), f"{uuid4()}.zip"
    session = _issue(call, f"{bucket}/{call.account.account_id}/*{name}")
    return {
        "credentials": {
            "AccessKeyId": session.access_key_id,
            "AccessKeySecret": session.secret,
            "SecurityToken": session.token,
            "Expiration": to_wire(session.expires),
        },
        "ossBucket": bucket,
        "objectName": name,
    }


def _issue(call: Call, resource: str) -> Session:
    account = _upload_account(call.world)
    actions = ["oss:PutObject", "oss:GetObject", "oss:DeleteObject"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": f"acs:oss:*:*:{resource}"}
    policy = parse_policy({"Version": "1", "Statement": [statement]})
    expires = lasts_until(call.now, _SESSION_SECONDS)
    return call.world.issue_session(
        account, account.roles[_ROLE], call.account.account_id, expires=expires, policy=policy
    )


def _upload_account(world: World) -> Account:
    """Return Function Compute's own account, whose one role may write to the buckets and is trusted to nobody."""
    account = world.accounts.get(UPLOAD_ACCOUNT_ID)
    if account is None:
        account = world.accounts[UPLOAD_ACCOUNT_ID] = Account(UPLOAD_ACCOUNT_ID)
    if _ROLE not in account.roles:
        statement = {"Effect": "Allow", "Action": "oss:*", "Resource": f"acs:oss:*:*:{upload_bucket('*')}/*"}
        account.add_policy(_ROLE, parse_policy({"Version": "1", "Statement": [statement]}))
        nobody = parse_policy({"Version": "1", "Statement": []})
        account.roles[_ROLE] = Role(_ROLE, "300000000000000000", nobody, [_ROLE])
    return account
