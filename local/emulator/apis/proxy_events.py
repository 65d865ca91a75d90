"""The event of a function behind a REST API as AWS makes it; ministack's is that of HTTP APIs in parts.

Of what is there several times, the last counts as the one; who asks is who is connected, whatever a header says; names
of headers are in lower case, as HTTP/2 has them.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import time
import uuid
from typing import Any

_NOBODY = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
_CALLER = "127.0.0.1"


def as_rest_event(event: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Return the event with what API Gateway writes into it itself."""
    context = event["requestContext"]
    host = event["headers"].get("host", "")
    several = _with_own_headers(event["multiValueHeaders"], host)
    queries = event["multiValueQueryStringParameters"]
    made = {
        **event,
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "queryStringParameters": {name: values[-1] for name, values in queries.items()} if queries else None,
        "requestContext": {
            **context,
            "requestId": request_id,
            "extendedRequestId": request_id,
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "identity": {**dict.fromkeys(_NOBODY), **context["identity"], "sourceIp": _CALLER},
        },
    }
    del made["version"]
    return made


def _with_own_headers(headers: dict[str, list[str]], host: str) -> dict[str, list[str]]:
    forwarded = ", ".join([*headers.get("x-forwarded-for", ()), _CALLER])
    return {
        "x-amzn-trace-id": [f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"],
        **headers,
        "x-forwarded-for": [forwarded],
        "x-forwarded-port": [host.partition(":")[2] or "443"],
        "x-forwarded-proto": ["https"],
    }
