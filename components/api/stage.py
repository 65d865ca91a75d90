"""The stage of a REST API: where callers meet it, what it logs, and how much it takes."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..account import AccountSettings
from ..account.settings import API_LOGS, EXECUTION_LOGS
from ..core import Component, EncryptionKey, Tags
from ..observability import LogRetention, log_group
from .routes import Route

NAME = "v1"

SHARES = {("POST", "/queries"): 0.2, ("POST", "/datasets"): 0.2}
"""What costs more than a read: of the rate and burst of each method, the part that these take. Paths of one step: for
others API Gateway and pulumi-aws spell a method's path differently."""

_CALL = {
    "requestId": "$context.requestId",
    "traceId": "$context.xrayTraceId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.authorizer.claims.sub",
    "client": "$context.authorizer.claims.client_id",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "integrationStatus": "$context.integration.status",
    "integrationMilliseconds": "$context.integration.latency",
    "integrationError": "$context.integration.error",
    "error": "$context.error.responseType",
    "firewall": "$context.waf.status",
    "tls": "$context.tlsVersion",
}
"""What is written of each request (Amazon API Gateway Developer Guide, "Variables for access logging"): no header and
no query, where tokens and signatures may be."""


class Stage(Component, domain="api"):
    """A stage that logs each request as JSON and each failure, is traced, caches nothing, and limits each method.

    Creates: the stage, its settings for all methods and for costly ones, and both log groups.

    - `rest_api`, `deployment`: what it serves. `routes`: the API's, of which some cost more.
    - `key`, `log_days`, `throttle_rate`, `throttle_burst`, `account`: as for RestApi.

    Outputs: `url`, `arn`, `stage_name`; attribute `access_log`. Source: Amazon API Gateway Developer Guide, "Set up
    CloudWatch logging for REST APIs", "Throttle requests to your REST APIs".
    """

    def __init__(
        self,
        name: str,
        *,
        rest_api: "aws.apigateway.RestApi",
        deployment: "aws.apigateway.Deployment",
        routes: Sequence[Route],
        key: EncryptionKey,
        log_days: LogRetention,
        throttle_rate: float,
        throttle_burst: int,
        account: AccountSettings | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.access_log = log_group(
            self._child("access-log"),
            path=pulumi.Output.concat(API_LOGS, rest_api.name, "/access"),
            key=key,
            retention_days=log_days,
            tags=self._tags(),
            opts=self._options(),
        )
        # API Gateway makes this group if nobody did, without a key and to be kept for ever.
        executions = log_group(
            self._child("execution-log"),
            path=pulumi.Output.concat(EXECUTION_LOGS, rest_api.id, f"/{NAME}"),
            key=key,
            retention_days=log_days,
            tags=self._tags(),
            opts=self._options(),
        )
        self.resource = aws.apigateway.Stage(
            name,
            rest_api=rest_api.id,
            deployment=deployment.id,
            stage_name=NAME,
            access_log_settings=aws.apigateway.StageAccessLogSettingsArgs(
                destination_arn=self.access_log.arn, format=json.dumps(_CALL, separators=(",", ":"))
            ),
            xray_tracing_enabled=True,
            cache_cluster_enabled=False,
            tags=self._tags(),
            opts=self._options(depends_on=[executions, *([account.api_logs] if account else [])]),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.stage_name: pulumi.Output[str] = self.resource.stage_name
        self.url: pulumi.Output[str] = self.resource.invoke_url
        self._settings("all", "*/*", throttle_rate, throttle_burst)
        for method, path in sorted({(route.method, route.path) for route in routes} & set(SHARES)):
            share = SHARES[method, path]
            self._settings(
                f"{path.strip('/')}-{method.lower()}",
                f"{path.strip('/')}/{method}",
                max(1.0, throttle_rate * share),
                max(1, int(throttle_burst * share)),
            )
        self.register_outputs({"url": self.url, "arn": self.arn})

    def _settings(self, what: str, methods: str, rate: float, burst: int) -> None:
        aws.apigateway.MethodSettings(
            self._child(f"{what}-settings"),
            rest_api=self.resource.rest_api,
            stage_name=self.resource.stage_name,
            method_path=methods,
            settings=aws.apigateway.MethodSettingsSettingsArgs(
                logging_level="ERROR",
                data_trace_enabled=False,
                metrics_enabled=True,
                caching_enabled=False,
                throttling_rate_limit=rate,
                throttling_burst_limit=burst,
            ),
            opts=self._options(),
        )
