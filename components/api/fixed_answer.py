"""Methods that API Gateway answers by itself, with the same to everyone."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from .parts import Parts


def fixed_answer(
    parts: Parts,
    name: str,
    rest_api: pulumi.Input[str],
    resource_id: pulumi.Input[str],
    http_method: str,
    *,
    status: int,
    headers: Mapping[str, str],
    template: str,
    validator: pulumi.Input[str] | None = None,
    opts: pulumi.ResourceOptions,
) -> None:
    """Make an open method with no backend; `headers` are mapping expressions, `template` is of the body.

    Source: Amazon API Gateway Developer Guide, "Set up mock integrations", "Parameter mapping source reference".
    """
    method = parts.make(
        aws.apigateway.Method,
        name,
        rest_api=rest_api,
        resource_id=resource_id,
        http_method=http_method,
        authorization="NONE",
        request_validator_id=validator,
        opts=opts,
    )
    where: dict[str, Any] = {
        "rest_api": rest_api,
        "resource_id": resource_id,
        "http_method": method.http_method,
    }
    integration = parts.make(
        aws.apigateway.Integration,
        f"{name}-integration",
        **where,
        type="MOCK",
        request_templates={"application/json": f'{{"statusCode": {status}}}'},
        passthrough_behavior="WHEN_NO_MATCH",
        opts=opts,
    )
    response = parts.make(
        aws.apigateway.MethodResponse,
        f"{name}-response",
        **where,
        status_code=str(status),
        response_parameters={f"method.response.header.{header}": True for header in headers},
        opts=opts,
    )
    parts.make(
        aws.apigateway.IntegrationResponse,
        f"{name}-mapping",
        **where,
        status_code=str(status),
        response_parameters={f"method.response.header.{header}": value for header, value in headers.items()},
        response_templates={"application/json": template},
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[integration, response])),
    )
