"""REST APIs as AWS serves them, where ministack's are laxer.

A function is invoked only if its own policy lets this API's stage and method in; it has 29 seconds, or what the
integration says; a request has 10 MB at most, and what a function is told or answers 6 MB; what it answers in another
form than a proxy's is a 502; every answer has the id that the function was told and the API's own error documents.
AWS starts an environment of a function for each request at once; here as many run as the machine has cores for, and the
others wait: a hundred that start together would all be late.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import asyncio
import contextvars
import json
import os
from typing import Any

from ..service_principals import ServicePrincipals
from .claims import claim_texts
from .mock_answers import mock_answer
from .proxy_events import as_rest_event

PRINCIPAL = "apigateway.amazonaws.com"
_MOST_BYTES = 10 * 1_000_000
_MOST_TOLD = 6 * 1_024**2
_MOST_ANSWERED = _MOST_TOLD + 100
_DEFAULT_MILLISECONDS = 29_000
# Environments of one function. Most of their time they wait for the emulated AWS, which shares the cores with them.
AT_ONCE = 3 * (os.cpu_count() or 1)
_BAD_GATEWAY = 502
_TOKENS = ("access", "id")


class _BadGateway(Exception):  # noqa: N818  it is an answer, not a fault of ours
    """The function failed, or answered what is no proxy's answer."""


class _TooLarge(Exception):  # noqa: N818
    """A function takes no event of that size."""


class Gateway:
    """What stands in for parts of ministack's data plane."""

    def __init__(self, gateway: Any, principals: ServicePrincipals) -> None:
        self._gateway = gateway
        self._principals = principals
        self._execute = gateway._execute_in_scope
        self._verify = gateway._validate_cognito_authorizer
        self._event = gateway._build_lambda_event_v1
        self._proxy = gateway._invoke_lambda_proxy_v1
        self._shape = gateway._lambda_proxy_response
        self._request: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("api-request")
        self._running: dict[Any, asyncio.Semaphore] = {}

    async def execute(self, request: dict[str, Any], api: str, stage: str, *rest: Any) -> Any:
        """Serve a request, with one id for the function, the answer and the error documents."""
        body = rest[3]
        self._request.set(request)
        found = self._gateway._stages_v1.get(api, {}).get(stage)
        if found is not None and len(body or b"") > _MOST_BYTES:
            request["stage"] = found
            return self._too_large()
        try:
            answer = await self._execute(request, api, stage, *rest)
        except _TooLarge:
            return self._too_large()
        except _BadGateway:
            error = self._gateway._gw_error("DEFAULT_5XX", "Internal server error")
            _, headers, document = self._gateway._gateway_error_response(error, request)
            answer = _BAD_GATEWAY, headers, document
        if isinstance(answer, tuple):
            answer[1].setdefault("x-amzn-requestid", request["request_id"])
        return answer

    async def verify(self, *request: Any) -> Any:
        """Verify a token; ministack's refresh tokens are signed like the others, AWS's are nothing that can be read."""
        claims, refusal = await self._verify(*request)
        if refusal is None and (claims.get("token_use") not in _TOKENS or "exp" not in claims):
            return None, self._gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, refusal

    def event(self, api: str, stage: str, *rest: Any, **options: Any) -> dict[str, Any]:
        """Make a function's event, with the request's own id."""
        made = as_rest_event(self._event(api, stage, *rest, **options), self._request.get()["request_id"])
        if len(json.dumps(made).encode()) > _MOST_TOLD:
            raise _TooLarge
        return made

    async def call(self, integration: dict[str, Any], api: str, stage: str, *rest: Any, **options: Any) -> Any:
        """Invoke the function that an integration names, if it lets this method in, and wait as long as AWS does."""
        _, resource, _, method = rest[:4]
        function = self._gateway._extract_lambda_ref_from_integration_uri(integration.get("uri", ""))
        where = f"{options['owner_region']}:{options['owner_account_id']}:{api}"
        source = f"arn:aws:execute-api:{where}/{stage}/{method}{resource['path']}"
        if not self._principals.may_invoke(PRINCIPAL, function, source):
            return self._gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        task = asyncio.ensure_future(self._invoked(function, integration, api, stage, *rest, **options))
        seconds = float(integration.get("timeoutInMillis") or _DEFAULT_MILLISECONDS) / 1_000
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            # The function goes on, as on AWS; whatever becomes of it has nobody to answer any more.
            task.add_done_callback(lambda late: late.cancelled() or late.exception())
            return self._gateway._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        return task.result()

    async def _invoked(self, function: Any, *request: Any, **options: Any) -> Any:
        async with self._running.setdefault(function, asyncio.Semaphore(AT_ONCE)):
            return await self._proxy(*request, **options)

    def shape(self, result: dict[str, Any]) -> Any:
        """Take a function's answer for a proxy's, or for none."""
        answer = result.get("body")
        if result.get("error") or not _is_proxy_answer(answer) or len(json.dumps(answer).encode()) > _MOST_ANSWERED:
            raise _BadGateway
        return self._shape(result)

    def mock(self, integration: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Answer without a backend."""
        return mock_answer(integration, self._request.get())

    def _too_large(self) -> Any:
        return self._gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")


def _is_proxy_answer(answer: Any) -> bool:
    if not isinstance(answer, dict) or not isinstance(answer.get("body", ""), (str, type(None))):
        return False
    status = str(answer.get("statusCode"))
    return status.isdecimal() and 100 <= int(status) <= 599


def install(gateway: Any, principals: ServicePrincipals) -> None:
    """Put these in ministack's place, and keep a stage's tags."""
    served = Gateway(gateway, principals)
    gateway._execute_in_scope = served.execute
    gateway._build_lambda_event_v1 = served.event
    gateway._invoke_lambda_proxy_v1 = served.call
    gateway._lambda_proxy_response = served.shape
    gateway._invoke_mock_v1 = served.mock
    gateway._stringify_claims = claim_texts
    gateway._validate_cognito_authorizer = served.verify
    create_stage = gateway._create_stage

    def create_tagged_stage(api: str, data: dict[str, Any]) -> Any:
        answer = create_stage(api, data)
        if answer[0] < 400 and data.get("tags"):
            gateway._tag_v1_resource(f"{gateway._rest_api_arn(api)}/stages/{data['stageName']}", {"tags": data["tags"]})
        return answer

    gateway._create_stage = create_tagged_stage
