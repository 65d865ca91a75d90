"""API Gateway's stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

REST_API = "aws:apigateway/restApi:RestApi"
STAGE = "aws:apigateway/stage:Stage"
METHOD_SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
INTEGRATION = "aws:apigateway/integration:Integration"
USAGE_PLAN = "aws:apigateway/usagePlan:UsagePlan"
API = "aws:apigatewayv2/api:Api"
STAGE_V2 = "aws:apigatewayv2/stage:Stage"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
LOG_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:api"
WEB_ACL_ARN = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/1"
api = make(REST_API, "api")
stage = make(STAGE, "stage", restApi=api, stageName="live")
socket_api = make(API, "socket", protocolType="WEBSOCKET")
http_api = make(API, "http", protocolType="HTTP")
LOGS = {"destinationArn": LOG_ARN, "format": "$context.requestId"}
LIMITS: dict[str, Any] = {"throttlingRateLimit": 100, "throttlingBurstLimit": 200}
ENCRYPTED: dict[str, Any] = {"cachingEnabled": True, "cacheDataEncrypted": True}


def settings(path: str = "*/*", stage_name: Any = "live", **values: Any) -> Recorded:
    return make(METHOD_SETTINGS, "settings", restApi=api, stageName=stage_name, methodPath=path, settings=values)


def socket_stage(**values: Any) -> Recorded:
    return make(STAGE_V2, apiId=socket_api, defaultRouteSettings=values)


def web_acl(name: str, scope: str = "REGIONAL") -> Recorded:
    group = {"managedRuleGroupStatement": {"vendorName": "AWS", "name": name}}
    return make(WEB_ACL, scope=scope, rules=[{"name": "r", "priority": 1, "statement": group}])


http_backend = make(INTEGRATION, "http", restApi=api, type="HTTP_PROXY", uri="https://backend.example.com")
function_backend = make(INTEGRATION, "function", restApi=api, type="AWS_PROXY")

CASES = [
    bad("APIGATEWAY-ACCESS-LOGS", "none", stage),
    bad("APIGATEWAY-ACCESS-LOGS", "none, HTTP", make(STAGE_V2, apiId="a")),
    good("APIGATEWAY-ACCESS-LOGS", "a group", make(STAGE, accessLogSettings=LOGS)),
    good("APIGATEWAY-ACCESS-LOGS", "a group, HTTP", make(STAGE_V2, accessLogSettings=LOGS)),
    bad("APIGATEWAY-EXECUTION-LOGS", "none", api, stage),
    bad("APIGATEWAY-EXECUTION-LOGS", "of one method", api, stage, settings("flights/GET", loggingLevel="INFO")),
    bad("APIGATEWAY-EXECUTION-LOGS", "off", api, stage, settings(loggingLevel="OFF")),
    bad("APIGATEWAY-EXECUTION-LOGS", "not said", api, stage, settings()),
    bad("APIGATEWAY-EXECUTION-LOGS", "another stage's", api, stage, settings(stage_name="test", loggingLevel="INFO")),
    bad("APIGATEWAY-EXECUTION-LOGS", "a socket's", socket_api, socket_stage()),
    good("APIGATEWAY-EXECUTION-LOGS", "errors", api, stage, settings(loggingLevel="ERROR")),
    good("APIGATEWAY-EXECUTION-LOGS", "by the stage", api, stage, settings(stage_name=stage, loggingLevel="INFO")),
    good("APIGATEWAY-EXECUTION-LOGS", "a socket's", socket_api, socket_stage(loggingLevel="ERROR")),
    good("APIGATEWAY-EXECUTION-LOGS", "HTTP has none", http_api, make(STAGE_V2, apiId=http_api)),
    bad("APIGATEWAY-METRICS", "not said", settings(loggingLevel="ERROR")),
    good("APIGATEWAY-METRICS", "on", settings(metricsEnabled=True)),
    good("APIGATEWAY-METRICS", "a stage's own", stage),
    bad("APIGATEWAY-DATA-TRACE", "on", settings(dataTraceEnabled=True)),
    bad("APIGATEWAY-DATA-TRACE", "on, a socket's", socket_stage(dataTraceEnabled=True)),
    bad(
        "APIGATEWAY-DATA-TRACE",
        "one route's",
        make(STAGE_V2, routeSettings=[{"routeKey": "a", "dataTraceEnabled": True}]),
    ),
    good("APIGATEWAY-DATA-TRACE", "off", settings(dataTraceEnabled=False)),
    good("APIGATEWAY-DATA-TRACE", "not said", socket_stage()),
    bad("APIGATEWAY-THROTTLING", "none", api, stage),
    bad("APIGATEWAY-THROTTLING", "a rate only", api, stage, settings(throttlingRateLimit=100)),
    bad("APIGATEWAY-THROTTLING", "off", settings(throttlingRateLimit=-1, throttlingBurstLimit=-1)),
    bad("APIGATEWAY-THROTTLING", "none, HTTP", make(STAGE_V2, apiId="a")),
    bad(
        "APIGATEWAY-THROTTLING",
        "a plan without",
        api,
        stage,
        make(USAGE_PLAN, apiStages=[{"apiId": "a", "stage": "live"}]),
    ),
    good("APIGATEWAY-THROTTLING", "both", api, stage, settings(**LIMITS)),
    good("APIGATEWAY-THROTTLING", "both, HTTP", make(STAGE_V2, defaultRouteSettings=LIMITS)),
    good(
        "APIGATEWAY-THROTTLING",
        "a plan",
        make(STAGE, restApi="a", stageName="live"),
        make(USAGE_PLAN, apiStages=[{"apiId": "a", "stage": "live"}], throttleSettings={"rateLimit": 5}),
    ),
    bad("APIGATEWAY-TRACING", "not said", stage),
    bad("APIGATEWAY-TRACING", "off", make(STAGE, xrayTracingEnabled=False)),
    good("APIGATEWAY-TRACING", "on", make(STAGE, xrayTracingEnabled=True)),
    good("APIGATEWAY-TRACING", "HTTP has none", make(STAGE_V2, apiId="a")),
    bad("APIGATEWAY-CACHE-ENCRYPTED", "in the clear", settings(cachingEnabled=True)),
    bad(
        "APIGATEWAY-CACHE-ENCRYPTED",
        "nothing said",
        api,
        make(STAGE, restApi=api, stageName="live", cacheClusterEnabled=True),
    ),
    good(
        "APIGATEWAY-CACHE-ENCRYPTED",
        "encrypted",
        api,
        make(STAGE, restApi=api, stageName="live", cacheClusterEnabled=True),
        settings(**ENCRYPTED),
    ),
    good("APIGATEWAY-CACHE-ENCRYPTED", "no cache", api, stage, settings(cachingEnabled=False)),
    bad("APIGATEWAY-CACHE", "none", stage),
    good("APIGATEWAY-CACHE", "one", make(STAGE, cacheClusterEnabled=True)),
    good("APIGATEWAY-CACHE", "HTTP has none", make(STAGE_V2, apiId="a")),
    bad("APIGATEWAY-FIREWALL", "none", api, stage),
    bad(
        "APIGATEWAY-FIREWALL",
        "another stage's",
        api,
        stage,
        make(ASSOCIATION, resourceArn="arn:aws:apigateway:eu-west-1::/restapis/b/stages/x", webAclArn=WEB_ACL_ARN),
    ),
    good("APIGATEWAY-FIREWALL", "one", api, stage, make(ASSOCIATION, resourceArn=stage, webAclArn=WEB_ACL_ARN)),
    good(
        "APIGATEWAY-FIREWALL",
        "private",
        (private := make(REST_API, "private", endpointConfiguration={"types": "PRIVATE"})),
        make(STAGE, restApi=private),
    ),
    bad("APIGATEWAY-KNOWN-BAD-INPUTS", "other inputs", web_acl("AWSManagedRulesCommonRuleSet")),
    good("APIGATEWAY-KNOWN-BAD-INPUTS", "known", web_acl("AWSManagedRulesKnownBadInputsRuleSet")),
    good("APIGATEWAY-KNOWN-BAD-INPUTS", "not regional", web_acl("AWSManagedRulesCommonRuleSet", "CLOUDFRONT")),
    bad("APIGATEWAY-BACKEND-CERTIFICATE", "none", api, stage, http_backend),
    good("APIGATEWAY-BACKEND-CERTIFICATE", "one", api, make(STAGE, restApi=api, clientCertificateId="c"), http_backend),
    good("APIGATEWAY-BACKEND-CERTIFICATE", "a function", api, stage, function_backend),
    bad("APIGATEWAY-CLIENT-CERTIFICATE", "none", stage),
    good("APIGATEWAY-CLIENT-CERTIFICATE", "one", make(STAGE, clientCertificateId="c")),
    good("APIGATEWAY-CLIENT-CERTIFICATE", "HTTP has none", make(STAGE_V2, apiId="a")),
]
