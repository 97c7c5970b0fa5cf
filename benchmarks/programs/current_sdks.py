"""With alibabacloud-sts20150401, alibabacloud-fc-open20210406 and alibabacloud-fc20230330: one call after the other."""

from __future__ import annotations

from alibabacloud_fc20230330.client import Client as Fc3Client
from alibabacloud_fc20230330.models import ListFunctionsRequest
from alibabacloud_fc_open20210406.client import Client as Fc2Client
from alibabacloud_fc_open20210406.models import ListServicesRequest
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_sts20150401.models import AssumeRoleRequest
from alibabacloud_tea_openapi.models import Config

from benchmarks.programs.task import Target, Task, answer, read_task


def main() -> None:
    """List every target."""
    task = read_task()
    services = functions = 0
    for target in task["targets"]:
        session = assume_role(task, target)
        services += count_services(session)
        functions += sum(count_functions(session, version) for version in ("v2", "v3"))
    answer(services, functions)


def assume_role(task: Task, target: Target) -> Config:
    """Return the configuration of a client in the target's account."""
    caller = config(task, task["access_key_id"], task["access_key_secret"], None)
    request = AssumeRoleRequest(role_arn=target["role_arn"], role_session_name="current-sdks")
    keys = StsClient(caller).assume_role(request).body.credentials
    return config(task, keys.access_key_id, keys.access_key_secret, keys.security_token)


def config(task: Task, key_id: str, secret: str, token: str | None) -> Config:
    """Return a client's configuration for the local cloud."""
    return Config(
        access_key_id=key_id,
        access_key_secret=secret,
        security_token=token,
        endpoint=task["endpoint"].removeprefix("http://"),
        protocol="http",
    )


def count_services(session: Config) -> int:
    """Return how many services all pages of ListServices hold."""
    count, next_token = 0, None
    while True:
        page = Fc2Client(session).list_services(ListServicesRequest(limit=100, next_token=next_token)).body
        count += len(page.services)
        next_token = page.next_token
        if not next_token:
            return count


def count_functions(session: Config, fc_version: str) -> int:
    """Return how many functions all pages of ListFunctions hold."""
    count, next_token = 0, None
    while True:
        request = ListFunctionsRequest(limit=100, fc_version=fc_version, next_token=next_token)
        page = Fc3Client(session).list_functions(request).body
        count += len(page.functions)
        next_token = page.next_token
        if not next_token:
            return count


if __name__ == "__main__":
    main()
