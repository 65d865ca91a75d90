"""AppConfig: configuration is encrypted with our key, and checked before it goes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json_or_yaml
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..secret_text import SECRET_VALUE, looks_secret
from ..state_machines import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

PROFILE = aws("appconfig", "ConfigurationProfile")
HOSTED = "hosted"
# AppConfig checks flags against a schema of its own.
FEATURE_FLAGS = "AWS.AppConfig.FeatureFlags"
FIX_VALIDATOR = 'validators=[{"type": "JSON_SCHEMA", "content": json.dumps(schema)}]'
# JSON schemas that any document meets.
ACCEPTS_ALL: tuple[object, ...] = ({}, True)

CUSTOMER_KEY = Rule(
    id="APPCONFIG-CUSTOMER-KEY",
    title="Hosted configuration is encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Configuration names what to attack. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
)
VALIDATOR = Rule(
    id="APPCONFIG-VALIDATOR",
    title="Configuration is validated before it is deployed",
    severity=Severity.MEDIUM,
    why="A misspelled value otherwise reaches every reader within minutes.",
    frameworks=("NIST 800-53 SI-10", "NIST 800-53 CM-3"),
)
SECRET = Rule(
    id="APPCONFIG-SECRET",
    title="Configuration holds no secrets",
    severity=Severity.HIGH,
    why="Whoever reads the configuration, or the program's repository, has them, in every version there ever was.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)


@CUSTOMER_KEY.on(PROFILE)
def hosted_is_encrypted(profile: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse hosted configuration without a key; elsewhere the store encrypts."""
    is_hosted = str(profile.properties.get("locationUri")).lower() == HOSTED
    if is_hosted and not profile.properties.has_customer_key("kmsKeyIdentifier"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_identifier=key.arn")


@VALIDATOR.on(PROFILE)
def is_validated(profile: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse free-form configuration without a validator, and a schema that accepts anything."""
    properties = profile.properties
    if properties.get("type") == FEATURE_FLAGS or properties.is_unknown("validators"):
        return
    if not properties.is_set("validators"):
        yield Finding("is deployed without being validated", FIX_VALIDATOR)
        return
    for validator in properties.each("validators"):
        if _accepts_all(validator):
            yield Finding("has a validator that accepts anything", FIX_VALIDATOR)


@SECRET.on(aws("appconfig", "HostedConfigurationVersion"))
def content_holds_no_secret(version: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    content = version.properties.get("content")
    if not isinstance(content, str):
        return
    try:
        settings = from_json_or_yaml(content)
    except UnreadableError:
        settings = content
    fix = "keep it in an aws.secretsmanager.Secret, and the secret's ARN in the configuration"
    if not isinstance(settings, (dict, list)):
        if SECRET_VALUE.search(content):
            yield Finding("has what looks like a secret", fix)
        return
    found = sorted({name for name, value in texts(settings) if looks_secret(name, value)})
    if found:
        yield Finding(f"has what looks like a secret ({', '.join(found)})", fix)


def _accepts_all(validator: Properties) -> bool:
    if validator.is_unknown("content"):
        return False
    content = validator.get("content")
    if validator.get("type") == "LAMBDA":
        return not content
    if isinstance(content, str):
        try:
            content = json.loads(content or "{}")
        except json.JSONDecodeError:
            return False
    return content is None or content in ACCEPTS_ALL
