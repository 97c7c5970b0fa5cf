"""Invoke the function ``tested`` by the vendor's SDK: ``python invoke_by_sdk.py HOST:PORT EVENT``."""

import base64
import io
import sys

from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

if __name__ == "__main__":
    config = Config(
        access_key_id="LTAI-deployer",
        access_key_secret="any",
        endpoint=sys.argv[1],
        protocol="http",
        region_id="cn-hangzhou",
    )
    request = InvokeFunctionRequest(body=io.BytesIO(sys.argv[2].encode()), qualifier="LATEST")
    headers = InvokeFunctionHeaders(x_fc_invocation_type="Sync", x_fc_log_type="Tail")
    answer = Client(config).invoke_function_with_options("tested", request, headers, RuntimeOptions())
    log = base64.b64decode(answer.headers["x-fc-log-result"]).decode()
    sys.stdout.write(f"{answer.status_code} {answer.body.read().decode()}\n{log}")
