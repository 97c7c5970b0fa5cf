"""With aliyun-python-sdk-core, aliyun-python-sdk-sts and aliyun-fc2: one call after the other. They know no FC 3.0."""

from __future__ import annotations

import json

import fc2
from aliyunsdkcore.client import AcsClient
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest

from benchmarks.programs.task import answer, read_task


def main() -> None:
    """List every target."""
    task = read_task()
    services = functions = 0
    for target in task["targets"]:
        client = AcsClient(task["access_key_id"], task["access_key_secret"], task["region"])
        request = AssumeRoleRequest()
        request.set_RoleArn(target["role_arn"])
        request.set_RoleSessionName("older-sdk")
        request.set_endpoint(task["endpoint"].removeprefix("http://"))
        request.set_protocol_type("http")
        keys = json.loads(client.do_action_with_exception(request))["Credentials"]
        fc = fc2.Client(
            endpoint=task["endpoint"],
            accessKeyID=keys["AccessKeyId"],
            accessKeySecret=keys["AccessKeySecret"],
            securityToken=keys["SecurityToken"],
        )
        next_token = None
        while True:
            page = fc.list_services(limit=100, nextToken=next_token).data
            for service in page["services"]:
                services += 1
                functions += len(fc.list_functions(service["serviceName"], limit=100).data["functions"])
            next_token = page.get("nextToken")
            if not next_token:
                break
    answer(services, functions)


if __name__ == "__main__":
    main()
