"""API Gateway: caches are encrypted, backends are called over TLS, and only the API's callers reach them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..apis import (
    DESCRIBED,
    HTTP_INTEGRATIONS,
    INTEGRATION,
    INTEGRATION_V2,
    METHOD_SETTINGS,
    SETTINGS_FIX,
    STAGE,
    STAGE_V2,
    WEB_ACL_ASSOCIATIONS,
    api_of,
    is_plain_http,
    is_private,
    plain_backends,
    same_reference,
    settings_of,
    shown,
)
from ..embedded import is_on, mapping
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..settings import Settings

# What holds texts of the program -> where.
LITERALS = {
    STAGE: "variables",
    STAGE_V2: "stageVariables",
    INTEGRATION: "requestParameters",
    INTEGRATION_V2: "requestParameters",
}
# What is taken from the request, at run time.
MAPPED = re.compile(r"\$|(method\.request|context|stageVariables)\.")
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"

BACKEND_TLS = Rule(
    id="APIGATEWAY-BACKEND-TLS",
    title="Backends are called over TLS, and their certificates are checked",
    severity=Severity.HIGH,
    why="Otherwise requests and answers cross the network in the clear, or go to whoever pretends to be the backend.",
    frameworks=("FSBP APIGateway.10", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
SECRET = Rule(
    id="APIGATEWAY-SECRET-IN-SETTINGS",
    title="Secrets are not in stage variables and mapped parameters",
    severity=Severity.CRITICAL,
    why="Whoever may describe the API reads them, and AWS says that stage variables are not meant for credentials.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
CACHE_ENCRYPTED = Rule(
    id="APIGATEWAY-CACHE-ENCRYPTED",
    title="Caches are encrypted",
    severity=Severity.MEDIUM,
    why="A cache holds what the API answers.",
    frameworks=("FSBP APIGateway.5", "NIST 800-53 SC-28"),
    peers=("cdk-nag APIGWCacheEnabledAndEncrypted", "Checkov CKV_AWS_308", "Trivy AWS-0002"),
)
CACHE = Rule(
    id="APIGATEWAY-CACHE",
    title="Stages have a cache",
    severity=Severity.LOW,
    why="It spares the backend. Answers that depend on the caller must not be cached, so this is not for every API.",
    peers=("Checkov CKV_AWS_120", "Checkov CKV_AWS_225", "Trivy AWS-0190"),
    profile=Profile.STRICT,
)
FIREWALL = Rule(
    id="APIGATEWAY-FIREWALL",
    title="Public REST stages stand behind a web firewall",
    severity=Severity.MEDIUM,
    why="It stops known attacks and floods before they cost anything. HTTP APIs and private ones cannot have one.",
    frameworks=("FSBP APIGateway.4", "NIST 800-53 SC-7", "PCI DSS 6.4.2"),
    peers=("cdk-nag APIG3", "Checkov CKV2_AWS_29"),
)
KNOWN_BAD_INPUTS = Rule(
    id="APIGATEWAY-KNOWN-BAD-INPUTS",
    title="Regional web firewalls know the attacks that everyone knows",
    severity=Severity.LOW,
    why="AWS keeps a list of patterns such as Log4j's; it must only be asked for.",
    peers=("Checkov CKV2_AWS_77",),
    profile=Profile.STRICT,
)
BACKEND_CERTIFICATE = Rule(
    id="APIGATEWAY-BACKEND-CERTIFICATE",
    title="HTTP backends can tell that API Gateway calls",
    severity=Severity.MEDIUM,
    why="A backend with an address of its own can be called around the API, and its authorizers.",
    frameworks=("FSBP APIGateway.2", "NIST 800-53 SC-8"),
    peers=("cdk-nag APIGWSSLEnabled", "Checkov CKV2_AWS_51"),
)
CLIENT_CERTIFICATE = Rule(
    id="APIGATEWAY-CLIENT-CERTIFICATE",
    title="Every REST stage has a client certificate",
    severity=Severity.LOW,
    why="Backends that are Lambda functions are protected by their own policy: only others need a certificate.",
    frameworks=("FSBP APIGateway.2",),
    peers=("cdk-nag APIGWSSLEnabled", "Checkov CKV2_AWS_51"),
    profile=Profile.STRICT,
)


@SECRET.on(*LITERALS)
def settings_hold_no_secret(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    for name, value in mapping(resource.properties.get(LITERALS[resource.type])).items():
        # "integration.request.header.x-api-key": "'literal'" (REST), "append:header.x-api-key": "literal" (HTTP)
        is_mapped = isinstance(value, str) and MAPPED.match(value)
        if isinstance(value, str) and not is_mapped and looks_secret(name.rsplit(".", 1)[-1], value.strip("'")):
            yield Finding(
                f"has what looks like a secret in {name}",
                "keep it in an aws.secretsmanager.Secret that the backend reads",
            )


@CACHE_ENCRYPTED.on(METHOD_SETTINGS)
def caches_encrypted(settings: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a cache in the clear."""
    given = settings.properties.section("settings")
    if is_on(given.get("cachingEnabled")) and not is_on(given.get("cacheDataEncrypted")):
        yield Finding("caches answers in the clear", 'settings={..., "cache_data_encrypted": True}')


@CACHE_ENCRYPTED.across(STAGE)
def cache_is_encrypted(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a stage with a cache has settings that encrypt it."""
    if not is_on(stage.properties.get("cacheClusterEnabled")):
        return
    if not any(
        is_on(settings.properties.get("settings", "cacheDataEncrypted")) for settings in settings_of(stage, stack)
    ):
        yield Finding(
            "has a cache that nothing encrypts",
            f'{SETTINGS_FIX}settings={{"caching_enabled": True, "cache_data_encrypted": True, ...}})',
        )


@CACHE.on(STAGE)
def has_cache(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stage without a cache."""
    if not is_on(stage.properties.get("cacheClusterEnabled")):
        yield Finding("has no cache", 'cache_cluster_enabled=True, cache_cluster_size="0.5"')


@FIREWALL.across(STAGE)
def has_firewall(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a web firewall is associated with the stage of an API that is not private."""
    api = api_of(stage, stack)
    if api is not None and is_private(api):
        return
    if not stack.naming(stage, "resourceArn", *WEB_ACL_ASSOCIATIONS):
        yield Finding(
            "has no web firewall",
            'aws.wafv2.WebAclAssociation("...", resource_arn=stage.arn, web_acl_arn=firewall.arn)',
        )


@KNOWN_BAD_INPUTS.on(aws("wafv2", "WebAcl"))
def knows_bad_inputs(firewall: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a regional firewall without AWS's list."""
    properties = firewall.properties
    if properties.get("scope") != "REGIONAL" or BAD_INPUTS in str(properties.get("ruleJson")):
        return
    statements = [rule.section("statement").section("managedRuleGroupStatement") for rule in properties.each("rules")]
    if not any(statement.get("name") == BAD_INPUTS for statement in statements):
        yield Finding(
            "does not stop inputs that are known to be bad",
            f'rules=[{{..., "statement": {{"managed_rule_group_statement": {{"vendor_name": "AWS", '
            f'"name": "{BAD_INPUTS}"}}}}}}]',
        )


@BACKEND_TLS.on(INTEGRATION)
def backend_has_tls(integration: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP outside of a VPC, and certificates that nobody checks."""
    properties = integration.properties
    if is_on(properties.get("tlsConfig", "insecureSkipVerification")):
        yield Finding("does not check its backend's certificate", 'remove "insecure_skip_verification" from tls_config')
    if properties.get("type") in HTTP_INTEGRATIONS and properties.get("connectionType") != "VPC_LINK":
        yield from _unless_https(properties.get("uri"), "uri")


@BACKEND_TLS.on(INTEGRATION_V2)
def http_backend_has_tls(integration: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP; into a VPC, too: there the TLS settings decide, the address has no scheme."""
    properties = integration.properties
    if properties.get("integrationType") not in HTTP_INTEGRATIONS:
        return
    if properties.get("connectionType") != "VPC_LINK":
        yield from _unless_https(properties.get("integrationUri"), "integration_uri")
    elif not properties.is_set("tlsConfig", "serverNameToVerify"):
        yield Finding(
            "calls its backend in the VPC by plain HTTP", 'tls_config={"server_name_to_verify": "data.internal"}'
        )


@BACKEND_TLS.on(*DESCRIBED)
def described_backends_have_tls(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP outside of a VPC in an OpenAPI description."""
    found = list(plain_backends(api))
    if found:
        yield Finding(f"calls backends by plain HTTP: {shown(found)}", '"uri": "https://..."')


@BACKEND_CERTIFICATE.across(STAGE)
def backend_can_tell(stage: Resource, stack: Stack) -> Iterator[Finding]:
    """Check stages whose API calls backends by HTTP."""
    calls_http = any(
        integration.properties.get("type") in HTTP_INTEGRATIONS
        and integration.properties.get("connectionType") != "VPC_LINK"
        and same_reference(integration, stage, "restApi")
        for integration in stack.of_type(INTEGRATION)
    )
    if calls_http:
        yield from _unless_certificate(stage)


@CLIENT_CERTIFICATE.on(STAGE)
def has_certificate(stage: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a stage without a certificate, whatever its backends."""
    yield from _unless_certificate(stage)


def _unless_certificate(stage: Resource) -> Iterator[Finding]:
    if not stage.properties.is_set("clientCertificateId"):
        yield Finding(
            "calls its backends without a certificate",
            'client_certificate_id=aws.apigateway.ClientCertificate("...").id',
        )


def _unless_https(uri: object, argument: str) -> Iterable[Finding]:
    if is_plain_http(uri):
        yield Finding("calls its backend by plain HTTP", f'{argument}="https://..."')
