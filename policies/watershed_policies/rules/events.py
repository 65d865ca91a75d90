"""EventBridge: what cannot be delivered is kept, buses are not open, and events travel by TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..iam.patterns import has_wildcard
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TARGET = aws("cloudwatch", "EventTarget")
BUS = aws("cloudwatch", "EventBus")
CONNECTION = aws("cloudwatch", "EventConnection")
BUS_POLICIES = (aws("cloudwatch", "EventBusPolicy"), aws("cloudwatch", "EventPermission"))
PIPE = aws("pipes", "Pipe")
# What holds events or credentials -> the property that names its key.
ENCRYPTED = {
    BUS: "kmsKeyIdentifier",
    aws("cloudwatch", "EventArchive"): "kmsKeyIdentifier",
    CONNECTION: "kmsKeyIdentifier",
    PIPE: "kmsKeyIdentifier",
}

TARGET_DEAD_LETTERS = Rule(
    id="EVENTS-TARGET-DEAD-LETTERS",
    title="Rule targets have a dead-letter queue",
    severity=Severity.MEDIUM,
    why="EventBridge drops an event that it could not deliver in 24 hours, or at once if it may not.",
    peers=("cdk-nag EventBusDLQ",),
)
BUS_CLOSED = Rule(
    id="EVENTS-BUS-CLOSED",
    title="Event buses are not open to every account",
    severity=Severity.CRITICAL,
    why="Who can put events on a bus starts what its rules start.",
    frameworks=("FSBP EventBridge.3", "NIST 800-53 AC-3"),
    peers=("cdk-nag EVB1",),
)
BUS_POLICY = Rule(
    id="EVENTS-BUS-POLICY",
    title="Event buses of our own say who may put events",
    severity=Severity.LOW,
    why="Without a policy, every principal of the account that may put events anywhere may put them here.",
    frameworks=("FSBP EventBridge.3", "NIST 800-53 AC-6", "PCI DSS 10.3.1"),
)
BUS_DEAD_LETTERS = Rule(
    id="EVENTS-BUS-DEAD-LETTERS",
    title="Event buses keep what they cannot decrypt",
    severity=Severity.LOW,
    why="With a key of ours, an event that cannot be encrypted or matched is otherwise lost.",
    profile=Profile.STRICT,
)
CUSTOMER_KEY = Rule(
    id="EVENTS-CUSTOMER-KEY",
    title="Buses, archives, connections and pipes encrypt with a customer-managed key",
    severity=Severity.LOW,
    why="Events hold data, connections hold passwords. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)
DESTINATION_TLS = Rule(
    id="EVENTS-DESTINATION-TLS",
    title="API destinations are called over TLS",
    severity=Severity.HIGH,
    why="By plain HTTP anyone on the way reads the events, and the password they are sent with.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
REPLICATION = Rule(
    id="EVENTS-ENDPOINT-REPLICATION",
    title="Global endpoints replicate events",
    severity=Severity.MEDIUM,
    why="Without replication the endpoint fails over, but what was in the other region is not there.",
    frameworks=("FSBP EventBridge.4", "NIST 800-53 CP-10"),
)


@TARGET_DEAD_LETTERS.on(TARGET)
def target_has_dead_letters(target: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a target that drops what it cannot deliver."""
    if not target.properties.is_set("deadLetterConfig", "arn"):
        yield Finding("has no dead-letter queue", 'dead_letter_config={"arn": dead_letters.arn}')


@BUS_CLOSED.on(aws("cloudwatch", "EventPermission"))
def bus_is_closed(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a permission for everyone; bus policies are judged by the IAM rules."""
    properties = permission.properties
    if properties.get("principal") != "*":
        return
    organization = properties.get("condition", "value")
    names_organization = isinstance(organization, str) and organization != "" and not has_wildcard(organization)
    if properties.get("condition", "key") != "aws:PrincipalOrgID" or not names_organization:
        yield Finding("lets every account put events", 'principal="123456789012", or a condition on aws:PrincipalOrgID')


@BUS_POLICY.across(BUS)
def bus_has_policy(bus: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a policy names the bus; a partner's bus takes events of that partner only."""
    if bus.properties.is_set("eventSourceName"):
        return
    if not stack.naming(bus, "eventBusName", *BUS_POLICIES):
        yield Finding(
            "has no policy",
            'aws.cloudwatch.EventBusPolicy("...", event_bus_name=bus.name, policy=pulumi.Output.json_dumps({...}))',
        )


@BUS_DEAD_LETTERS.on(BUS)
def bus_has_dead_letters(bus: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a bus with a key that loses what it cannot decrypt."""
    if bus.properties.is_set("kmsKeyIdentifier") and not bus.properties.is_set("deadLetterConfig", "arn"):
        yield Finding("has no dead-letter queue", 'dead_letter_config={"arn": dead_letters.arn}')


@CUSTOMER_KEY.on(*ENCRYPTED)
def events_are_encrypted(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's own key."""
    if not resource.properties.has_customer_key(ENCRYPTED[resource.type]):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_identifier=key.arn")


@DESTINATION_TLS.on(aws("cloudwatch", "EventApiDestination"))
def destination_has_tls(destination: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain HTTP."""
    endpoint = destination.properties.get("invocationEndpoint")
    if isinstance(endpoint, str) and endpoint.lower().startswith("http://"):
        yield Finding("is called by plain HTTP", 'invocation_endpoint="https://..."')


@DESTINATION_TLS.on(CONNECTION)
def tokens_are_fetched_by_tls(connection: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to send a client's secret by plain HTTP."""
    endpoint = connection.properties.get("authParameters", "oauth", "authorizationEndpoint")
    if isinstance(endpoint, str) and endpoint.lower().startswith("http://"):
        yield Finding(
            "fetches its tokens by plain HTTP",
            'auth_parameters={"oauth": {..., "authorization_endpoint": "https://..."}}',
        )


@REPLICATION.on(aws("cloudwatch", "EventEndpoint"))
def endpoint_replicates(endpoint: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch replication off; it is on by default."""
    if endpoint.properties.get("replicationConfig", "state") == "DISABLED":
        yield Finding("does not replicate events", 'replication_config={"state": "ENABLED"}, with a role_arn')
