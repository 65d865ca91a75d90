"""SNS: topics are encrypted with our key and refuse plain HTTP, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import accounts, messaging
from ..iam import locations
from ..iam.locations import Kind
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TOPIC = aws("sns", "Topic")
POLICY = aws("sns", "TopicPolicy")

CUSTOMER_KEY = messaging.customer_key(
    "SNS",
    TOPIC,
    title="Topics encrypt with a customer-managed key",
    peers=("cdk-nag SNSEncryptedKMS", "Checkov CKV_AWS_26", "Trivy AWS-0095", "Trivy AWS-0136"),
)
TLS_ONLY = messaging.tls_only(
    "SNS",
    TOPIC,
    POLICY,
    named_by="arn",
    title="Topics refuse messages without TLS",
    policy_fix='aws.sns.TopicPolicy("...", arn=topic.arn, policy=...)',
    peers=("cdk-nag SNS3",),
)
HTTPS_SUBSCRIPTION = Rule(
    id="SNS-HTTPS-SUBSCRIPTION",
    title="Subscriptions do not deliver by plain HTTP",
    severity=Severity.HIGH,
    why="SNS decrypts what it delivers: by plain HTTP anyone on the way reads it.",
    frameworks=("NIST 800-53 SC-8",),
)
CROSS_ACCOUNT = Rule(
    id="SNS-CROSS-ACCOUNT",
    title="Topics are not shared with other accounts",
    severity=Severity.MEDIUM,
    why="Who publishes or subscribes from another account is out of our sight.",
    frameworks=("NIST 800-53 AC-3",),
    peers=("Checkov CKV_AWS_385",),
)
DELIVERY_LOGGING = Rule(
    id="SNS-DELIVERY-LOGGING",
    title="Topics log what they could not deliver",
    severity=Severity.LOW,
    why="SNS drops a message whose deliveries all failed. AWS has retired its own check, hence strict.",
    frameworks=("FSBP SNS.2", "NIST 800-53 AU-12"),
    profile=Profile.STRICT,
)


@CROSS_ACCOUNT.on(TOPIC, POLICY)
def is_not_shared(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse principals of another account, unless a condition keeps them in the organization."""
    for document in locations.documents(resource, Kind.RESOURCE):
        ours = accounts.own(resource, document, "arn")
        for statement in document.allows:
            for other in accounts.shared_with(statement, ours):
                yield Finding(
                    f"has a policy that shares it with another account: {statement.label} names {other}",
                    "name principals of this account, or add a condition on aws:PrincipalOrgID",
                )


@DELIVERY_LOGGING.on(TOPIC)
def logs_failed_deliveries(topic: Resource, _: Settings) -> Iterator[Finding]:
    """Check that some protocol's failures are logged."""
    protocols = ("application", "firehose", "http", "lambda", "sqs")
    if not any(topic.properties.is_set(f"{protocol}FailureFeedbackRoleArn") for protocol in protocols):
        yield Finding("does not log what it could not deliver", "sqs_failure_feedback_role_arn=role.arn")


@HTTPS_SUBSCRIPTION.on(aws("sns", "TopicSubscription"))
def delivers_by_https(subscription: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP."""
    if str(subscription.properties.get("protocol")).lower() == "http":
        yield Finding("delivers by plain HTTP", 'protocol="https", with an https:// endpoint')
