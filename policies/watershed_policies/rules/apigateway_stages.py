"""API Gateway's stages: what is logged and traced, and how much may be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..apis import EVERY_METHOD, METHOD_SETTINGS, SETTINGS_FIX, STAGE, STAGE_V2, USAGE_PLAN, api_of, settings_of
from ..embedded import is_on, number
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource, Stack
    from ..settings import Settings
    from ..values import Properties

LOGGING_LEVELS = ("ERROR", "INFO")

ACCESS_LOGS = Rule(
    id="APIGATEWAY-ACCESS-LOGS",
    title="Stages log who calls",
    severity=Severity.MEDIUM,
    why="Without access logs nobody can say afterwards who called what.",
    frameworks=("FSBP APIGateway.9", "NIST 800-53 AU-2", "PCI DSS 10.4.2"),
    peers=("cdk-nag APIG1", "Checkov CKV_AWS_76", "Trivy AWS-0001"),
)
EXECUTION_LOGS = Rule(
    id="APIGATEWAY-EXECUTION-LOGS",
    title="Stages log what fails",
    severity=Severity.MEDIUM,
    why="The access log says that a call failed; this one says why: the authorizer, the mapping or the backend.",
    frameworks=("FSBP APIGateway.1", "NIST 800-53 AU-2"),
    peers=("cdk-nag APIG6", "Checkov CKV2_AWS_4"),
)
DATA_TRACE = Rule(
    id="APIGATEWAY-DATA-TRACE",
    title="Logs do not hold whole requests",
    severity=Severity.HIGH,
    why="Tracing writes bodies and headers into the log: personal data, passwords, tokens.",
    frameworks=("NIST 800-53 SI-12",),
    peers=("Checkov CKV_AWS_276",),
)
METRICS = Rule(
    id="APIGATEWAY-METRICS",
    title="Stages publish metrics of each method",
    severity=Severity.LOW,
    why="A stage's own metrics do not say which method fails or is slow. AWS charges for these.",
    peers=("Checkov CKV2_AWS_4",),
    profile=Profile.STRICT,
)
THROTTLING = Rule(
    id="APIGATEWAY-THROTTLING",
    title="Stages are throttled",
    severity=Severity.MEDIUM,
    why="Without limits of its own, one caller uses up the account's, all its backends' and the budget.",
    frameworks=("NIST 800-53 SC-5",),
    peers=("cdk-nag APIGWDefaultThrottling",),
)
TRACING = Rule(
    id="APIGATEWAY-TRACING",
    title="REST stages are traced",
    severity=Severity.LOW,
    why="A trace shows where a call through several services spent its time, and where it failed.",
    frameworks=("FSBP APIGateway.3", "NIST 800-53 AU-12"),
    peers=("cdk-nag APIGWXrayEnabled", "Checkov CKV_AWS_73", "Trivy AWS-0003"),
)


@ACCESS_LOGS.on(STAGE, STAGE_V2)
def logs_access(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stage without access logs."""
    if not stage.properties.is_set("accessLogSettings", "destinationArn"):
        yield Finding(
            "does not log who calls it",
            'access_log_settings={"destination_arn": log_group.arn, "format": json.dumps({...})}',
        )


@EXECUTION_LOGS.across(STAGE)
def logs_execution(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the settings for every method say what to log."""
    if not _for_every_method(stage, stack):
        yield Finding("does not log what fails", f'{SETTINGS_FIX}settings={{"logging_level": "ERROR", ...}})')


@EXECUTION_LOGS.on(METHOD_SETTINGS)
def settings_log_execution(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse settings that switch the log off."""
    if settings.properties.get("settings", "loggingLevel") not in LOGGING_LEVELS:
        yield Finding("switches off the log of what fails", 'settings={..., "logging_level": "ERROR"}')


@EXECUTION_LOGS.across(STAGE_V2)
def socket_logs_execution(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check WebSocket stages; HTTP APIs have no such log."""
    api = api_of(stage, stack)
    if api is None or api.properties.get("protocolType") != "WEBSOCKET":
        return
    if stage.properties.get("defaultRouteSettings", "loggingLevel") not in LOGGING_LEVELS:
        yield Finding("does not log what fails", 'default_route_settings={..., "logging_level": "ERROR"}')


@METRICS.on(METHOD_SETTINGS)
def publishes_metrics(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse settings without metrics."""
    if not is_on(settings.properties.get("settings", "metricsEnabled")):
        yield Finding("publishes no metrics of its methods", 'settings={..., "metrics_enabled": True}')


@DATA_TRACE.on(METHOD_SETTINGS)
def logs_no_bodies(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse whole requests in logs."""
    if is_on(settings.properties.get("settings", "dataTraceEnabled")):
        yield Finding("writes whole requests into the log", 'settings={..., "data_trace_enabled": False}')


@DATA_TRACE.on(STAGE_V2)
def stage_logs_no_bodies(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse whole messages in logs."""
    settings = [stage.properties.section("defaultRouteSettings"), *stage.properties.each("routeSettings")]
    if any(is_on(route.get("dataTraceEnabled")) for route in settings):
        yield Finding("writes whole messages into the log", '"data_trace_enabled": False')


@THROTTLING.across(STAGE)
def is_throttled(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the settings for every method, or a usage plan, limit the calls."""
    if any(_has_limits(settings.properties.section("settings")) for settings in _for_every_method(stage, stack)):
        return
    if not any(_plan_limits(plan, stage) for plan in stack.of_type(USAGE_PLAN)):
        yield Finding(
            "is not throttled",
            f'{SETTINGS_FIX}settings={{"throttling_rate_limit": 100, "throttling_burst_limit": 200, ...}})',
        )


@THROTTLING.on(METHOD_SETTINGS)
def settings_keep_limits(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch throttling off."""
    given = settings.properties.section("settings")
    limits = [number(given.get(name)) for name in ("throttlingRateLimit", "throttlingBurstLimit")]
    if any(limit is not None and limit < 0 for limit in limits):
        yield Finding(
            "switches throttling off", 'settings={..., "throttling_rate_limit": 100, "throttling_burst_limit": 200}'
        )


@THROTTLING.on(STAGE_V2)
def routes_are_throttled(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stage whose routes have no limit."""
    if not _has_limits(stage.properties.section("defaultRouteSettings")):
        yield Finding(
            "is not throttled",
            'default_route_settings={..., "throttling_rate_limit": 100, "throttling_burst_limit": 200}',
        )


@TRACING.on(STAGE)
def is_traced(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stage without X-Ray; HTTP APIs have none."""
    if not is_on(stage.properties.get("xrayTracingEnabled")):
        yield Finding("is not traced", "xray_tracing_enabled=True")


def _for_every_method(stage: Resource, stack: Stack) -> list[Resource]:
    return [
        settings
        for settings in settings_of(stage, stack)
        if settings.properties.is_unknown("methodPath") or settings.properties.get("methodPath") == EVERY_METHOD
    ]


def _has_limits(settings: Properties) -> bool:
    return all(
        settings.is_unknown(name) or (number(settings.get(name)) or 0) > 0
        for name in ("throttlingRateLimit", "throttlingBurstLimit")
    )


def _plan_limits(plan: Resource, stage: Resource) -> bool:
    if not plan.properties.is_set("throttleSettings"):
        return False
    api_urns = set(stage.dependencies.get("restApi", ()))
    referred = set(plan.dependencies.get("apiStages", ()))
    if stage.urn in referred or api_urns & referred:
        return True
    own = stage.values.get("restApi"), stage.values.get("stageName")
    if plan.properties.is_unknown("apiStages"):
        return False
    return any((entry.get("apiId"), entry.get("stage")) == own for entry in plan.properties.each("apiStages"))
