"""Lambda: functions are traced, up to date, and keep secrets out of their environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import mapping
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

FUNCTION = aws("lambda", "Function")
LOG_GROUP = aws("cloudwatch", "LogGroup")
DISTRIBUTION = aws("cloudfront", "Distribution")
SIGNING = aws("lambda", "CodeSigningConfig")

# Past their deprecation date in November 2026: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
DEPRECATED_RUNTIMES = (
    *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x"),
    *("nodejs16.x", "nodejs18.x", "nodejs20.x"),
    *("python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10"),
    *("java8", "ruby2.5", "ruby2.7", "ruby3.2", "go1.x", "provided", "provided.al2"),
    *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0", "dotnet6", "dotnet7", "dotnet8"),
)

TRACING = Rule(
    id="LAMBDA-TRACING",
    title="Functions are traced",
    severity=Severity.LOW,
    why="A trace shows where a run through several services spent its time, and where it failed.",
    frameworks=("FSBP Lambda.7", "NIST 800-53 AU-12"),
    peers=("Checkov CKV_AWS_50", "Trivy AWS-0066"),
)
ENVIRONMENT_KEY = Rule(
    id="LAMBDA-ENVIRONMENT-KEY",
    title="Environment variables are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("Checkov CKV_AWS_173",),
)
SECRET_IN_ENVIRONMENT = Rule(
    id="LAMBDA-SECRET-IN-ENVIRONMENT",
    title="Secrets are not in environment variables",
    severity=Severity.CRITICAL,
    why="Whoever may describe the function reads them, and they stand in the state of every tool that deploys it.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
    peers=("Checkov CKV_AWS_45",),
)
RUNTIME = Rule(
    id="LAMBDA-RUNTIME",
    title="Runtimes are supported",
    severity=Severity.MEDIUM,
    why="A deprecated runtime gets no security updates, and AWS refuses to create functions with it.",
    frameworks=("FSBP Lambda.2", "NIST 800-53 SI-2", "PCI DSS 6.3.3"),
    peers=("cdk-nag L1", "Checkov CKV_AWS_363"),
)
LOG_GROUP_OWNED = Rule(
    id="LAMBDA-LOG-GROUP",
    title="Functions write to a log group of the stack",
    severity=Severity.LOW,
    why="The group that Lambda makes by itself is not encrypted with our key and never expires.",
    profile=Profile.STRICT,
)
IN_VPC = Rule(
    id="LAMBDA-IN-VPC",
    title="Functions run in a VPC",
    severity=Severity.LOW,
    why="In a VPC a function reaches only what its security group allows.",
    frameworks=("FSBP Lambda.3",),
    peers=("Checkov CKV_AWS_117",),
    profile=Profile.STRICT,
)
CODE_SIGNING = Rule(
    id="LAMBDA-CODE-SIGNING",
    title="Functions run signed code only",
    severity=Severity.LOW,
    why="Lambda then refuses code that was changed after it was built.",
    peers=("Checkov CKV_AWS_272",),
    profile=Profile.STRICT,
)
CONCURRENCY = Rule(
    id="LAMBDA-CONCURRENCY",
    title="Functions have a concurrency of their own",
    severity=Severity.LOW,
    why="One function can otherwise use up what all of the account share.",
    peers=("Checkov CKV_AWS_115",),
    profile=Profile.STRICT,
)
SEVERAL_ZONES = Rule(
    id="LAMBDA-SEVERAL-ZONES",
    title="Functions in a VPC run in several zones",
    severity=Severity.LOW,
    why="A function with one subnet stops with its zone.",
    frameworks=("FSBP Lambda.5", "NIST 800-53 CP-10"),
)


@TRACING.across(FUNCTION)
def is_traced(function: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse PassThrough, which is the default; CloudFront takes no function that is traced."""
    if function.properties.get("tracingConfig", "mode") != "Active" and not runs_at_edge(function, stack):
        yield Finding("is not traced", 'tracing_config={"mode": "Active"}')


def runs_at_edge(function: Resource, stack: Stack) -> bool:
    """Say whether a distribution of the stack runs the function (Lambda@Edge), which may do less there.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
    """
    return any(
        function.urn in distribution.dependencies.get(name, ())
        for distribution in stack.of_type(DISTRIBUTION)
        for name in ("defaultCacheBehavior", "orderedCacheBehaviors")
    )


@ENVIRONMENT_KEY.on(FUNCTION)
def environment_is_encrypted(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse variables without a key."""
    if function.properties.is_set("environment", "variables") and not function.properties.has_customer_key("kmsKeyArn"):
        yield Finding("has environment variables that no customer-managed key encrypts", "kms_key_arn=key.arn")


@SECRET_IN_ENVIRONMENT.on(FUNCTION)
def environment_holds_no_secret(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    for name, value in mapping(function.properties.get("environment", "variables")).items():
        if isinstance(value, str) and looks_secret(name, value):
            yield Finding(
                f"has what looks like a secret in the environment variable {name}",
                "keep it in an aws.secretsmanager.Secret, give the function the secret's ARN and read access, "
                "and read it when it starts",
            )


@RUNTIME.on(FUNCTION)
def runtime_is_supported(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse deprecated runtimes."""
    runtime = function.properties.get("runtime")
    if runtime in DEPRECATED_RUNTIMES:
        yield Finding(
            f"runs on {runtime}, which AWS has deprecated", 'runtime="python3.13", or another that is supported'
        )


@SEVERAL_ZONES.on(FUNCTION)
def runs_in_several_zones(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a single subnet; a function outside of a VPC runs in all zones."""
    subnets = function.properties.get("vpcConfig", "subnetIds")
    if isinstance(subnets, list) and len(subnets) == 1:
        yield Finding("runs in a single zone", 'vpc_config={"subnet_ids": [one in each of two zones], ...}')


@LOG_GROUP_OWNED.across(FUNCTION)
def has_log_group(function: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the function logs to a group of the stack, named by either of the two."""
    if function.properties.is_set("loggingConfig", "logGroup") or stack.naming(function, "name", LOG_GROUP):
        return
    own = {f"/aws/lambda/{name}" for name in function.identities()}
    if not any(group.identities() & own for group in stack.of_type(LOG_GROUP)):
        yield Finding(
            "logs to a group that Lambda makes by itself",
            'logging_config={"log_format": "JSON", "log_group": log_group.name}, with an aws.cloudwatch.LogGroup',
        )


@IN_VPC.on(FUNCTION)
def runs_in_vpc(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a function outside of a VPC."""
    if not function.properties.is_set("vpcConfig", "subnetIds"):
        yield Finding("does not run in a VPC", 'vpc_config={"subnet_ids": [...], "security_group_ids": [...]}')


@CODE_SIGNING.on(FUNCTION)
def runs_signed_code(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a function that takes any code; images are signed otherwise."""
    if function.properties.get("packageType") != "Image" and not function.properties.is_set("codeSigningConfigArn"):
        yield Finding("takes unsigned code", "code_signing_config_arn=signing.arn")


@CODE_SIGNING.on(SIGNING)
def unsigned_code_is_refused(signing: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to warn only, which is the default."""
    if signing.properties.get("policies", "untrustedArtifactOnDeployment") != "Enforce":
        yield Finding(
            "lets unsigned code pass with a warning", 'policies={"untrusted_artifact_on_deployment": "Enforce"}'
        )


@CONCURRENCY.on(FUNCTION)
def has_own_concurrency(function: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a function without a concurrency of its own."""
    given = function.properties.is_set("reservedConcurrentExecutions")
    # -1 is AWS's way to say none.
    if not given or function.properties.number("reservedConcurrentExecutions") == -1:
        yield Finding("has no concurrency of its own", "reserved_concurrent_executions=10")
