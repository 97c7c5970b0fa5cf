"""Answer what the query's `answer` names; by default the event itself."""

import base64
import json

ANSWERS = {
    "text": "bare text",
    "json": {"bare": "json"},
    "empty": {"statusCode": 204, "headers": {}, "body": "dropped"},
    "binary": {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\xff\x00").decode()},
    "headers": {
        "statusCode": 201,
        "headers": {"X-Mine": "kept", "x-fc-mine": "dropped", "Date": "dropped", "Connection": "dropped"},
        "body": "made",
    },
    "bad status": {"statusCode": "200"},
    "bad headers": {"statusCode": 200, "headers": {"n": 1}},
    "bad body": {"statusCode": 200, "body": {}},
    "bad base64": {"statusCode": 200, "isBase64Encoded": True, "body": "?"},
}


def handler(event, _context):
    request = json.loads(event)
    answer = request["queryParameters"].get("answer")
    if answer == "failure":
        raise RuntimeError("as asked")
    body = json.dumps(request)
    envelope = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
    return ANSWERS[answer] if answer else envelope
