"""VPCs: traffic is logged, defaults are closed, subnets and endpoints are private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import traffic
from ..iam.condition_values import is_real
from ..iam.document import MalformedDocumentError, parse
from ..iam.reach import resource_is_everything
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..iam.document import Document
    from ..settings import Settings

VPC = aws("ec2", "Vpc")
FLOW_LOG = aws("ec2", "FlowLog")
SUBNETS = (aws("ec2", "Subnet"), aws("ec2", "DefaultSubnet"))
ENDPOINT = aws("ec2", "VpcEndpoint")
ENDPOINT_POLICY = aws("ec2", "VpcEndpointPolicy")
FIX_ENDPOINT_POLICY = (
    'policy=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
    '"Action": ["s3:GetObject"], "Resource": [f"{bucket_arn}/*"]}]}), or a condition on aws:ResourceAccount'
)

FLOW_LOGS = Rule(
    id="VPC-FLOW-LOGS",
    title="VPCs log their traffic",
    severity=Severity.MEDIUM,
    why="Without flow logs nobody can say afterwards what was reached, and what was refused.",
    frameworks=("FSBP EC2.6", "CIS AWS 3.7", "NIST 800-53 AU-12", "PCI DSS 10.2.1"),
    peers=("cdk-nag VPC7", "Checkov CKV2_AWS_11", "Trivy AWS-0178"),
)
DEFAULT_GROUP_CLOSED = Rule(
    id="VPC-DEFAULT-GROUP-CLOSED",
    title="The default security group lets nothing through",
    severity=Severity.HIGH,
    why="What names no security group gets the default one, which AWS leaves open to its members and to go out.",
    frameworks=("FSBP EC2.2", "CIS AWS 5.4", "NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    peers=("cdk-nag VPCDefaultSecurityGroupClosed", "Checkov CKV2_AWS_12", "Trivy AWS-0173"),
)
NO_DEFAULT = Rule(
    id="VPC-NO-DEFAULT",
    title="The default VPC is not used",
    severity=Severity.MEDIUM,
    why="It has public subnets, an open network ACL, and no owner.",
    frameworks=("NIST 800-53 SC-7",),
    peers=("Checkov CKV_AWS_148", "Trivy AWS-0101"),
)
GROUP_NAMES_VPC = Rule(
    id="VPC-GROUP-NAMES-VPC",
    title="Security groups say which VPC they are in",
    severity=Severity.LOW,
    why="One that names none is made in the account's default VPC. An account may have closed that one, hence strict.",
    frameworks=("NIST 800-53 SC-7",),
    profile=Profile.STRICT,
)
SUBNET_PUBLIC_IP = Rule(
    id="VPC-SUBNET-PUBLIC-IP",
    title="Subnets give out no public addresses",
    severity=Severity.HIGH,
    why="What starts in such a subnet is on the internet without anybody saying so.",
    frameworks=("FSBP EC2.15", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_130", "Trivy AWS-0164"),
)
ENDPOINT_ACCEPTANCE = Rule(
    id="VPC-ENDPOINT-ACCEPTANCE",
    title="Endpoint services accept connections by hand",
    severity=Severity.MEDIUM,
    why="Otherwise whoever may see the service is connected.",
    frameworks=("NIST 800-53 AC-3",),
    peers=("Checkov CKV_AWS_123",),
)
ENDPOINT_PRINCIPALS = Rule(
    id="VPC-ENDPOINT-PRINCIPALS",
    title="Endpoint services name who may ask for a connection",
    severity=Severity.LOW,
    why="Any account can ask to be connected otherwise, and one click connects it. Accepting by hand still protects, "
    "hence strict.",
    frameworks=("NIST 800-53 AC-3",),
    profile=Profile.STRICT,
)
TRANSIT_ACCEPTANCE = Rule(
    id="VPC-TRANSIT-ACCEPTANCE",
    title="Transit gateways accept attachments by hand",
    severity=Severity.HIGH,
    why="Otherwise every account that the gateway is shared with connects its networks to ours.",
    frameworks=("FSBP EC2.23", "NIST 800-53 AC-4", "NIST 800-53 CM-2"),
)
VPN_LOG = Rule(
    id="VPC-CLIENT-VPN-LOG",
    title="Client VPN endpoints log who connects",
    severity=Severity.LOW,
    why="Nobody can say afterwards who was in the network, and from where.",
    frameworks=("FSBP EC2.51", "NIST 800-53 AU-12", "PCI DSS 10.2.1"),
)
ENDPOINT_BOUNDED = Rule(
    id="VPC-ENDPOINT-POLICY",
    title="The policy of an endpoint names what is reached",
    severity=Severity.MEDIUM,
    why="Through an endpoint for everything, stolen data leaves for anybody's bucket, without touching the internet.",
    frameworks=("NIST 800-53 AC-4", "NIST 800-53 SC-7(5)"),
)
ENDPOINT_HAS_POLICY = Rule(
    id="VPC-ENDPOINT-POLICY-SET",
    title="Endpoints have a policy of their own",
    severity=Severity.LOW,
    why="The default policy of AWS allows everything; not every service's endpoint takes another, hence strict.",
    frameworks=("NIST 800-53 AC-4",),
    profile=Profile.STRICT,
)


@FLOW_LOGS.across(VPC)
def logs_its_traffic(vpc: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the VPC has a flow log that shows what was refused."""
    logs = stack.naming(vpc, "vpcId", FLOW_LOG)
    fix = (
        'aws.ec2.FlowLog("...", vpc_id=vpc.id, traffic_type="ALL", log_destination=log_group.arn, '
        "iam_role_arn=role.arn)"
    )
    if not logs:
        yield Finding("does not log its traffic", fix)
    elif all(str(log.properties.get("trafficType")).upper() == "ACCEPT" for log in logs):
        yield Finding("does not log what it refuses (trafficType ACCEPT)", fix)


@DEFAULT_GROUP_CLOSED.on(traffic.DEFAULT_GROUP)
def default_group_is_empty(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse any rule in the default group."""
    if group.properties.is_set("ingress") or group.properties.is_set("egress"):
        yield Finding(
            "has rules, and is what everything without a security group gets",
            "remove ingress and egress from the aws.ec2.DefaultSecurityGroup, and make an aws.ec2.SecurityGroup",
        )


@DEFAULT_GROUP_CLOSED.across(VPC)
def default_group_is_closed(vpc: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the VPC's default group is taken over, and that no rule beside it opens it again."""
    fix = 'aws.ec2.DefaultSecurityGroup("...", vpc_id=vpc.id), without ingress and egress'
    taken_over = stack.naming(vpc, "vpcId", traffic.DEFAULT_GROUP)
    if not taken_over:
        yield Finding("leaves its default security group open", fix)
    if any(stack.naming(holder, "securityGroupId", *traffic.SEPARATE_RULES) for holder in (vpc, *taken_over)):
        yield Finding("has rules for its default security group", "give them an aws.ec2.SecurityGroup of their own")


@NO_DEFAULT.on(aws("ec2", "DefaultVpc"), aws("ec2", "DefaultSubnet"))
def no_default_vpc(_resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to use the default VPC."""
    yield Finding(
        "uses the account's default VPC", 'aws.ec2.Vpc("...", cidr_block="10.0.0.0/16"), with private subnets'
    )


@GROUP_NAMES_VPC.on(traffic.GROUP)
def group_is_in_a_vpc_of_ours(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a group that names no VPC: AWS makes it in the default one."""
    if not group.properties.is_set("vpcId"):
        yield Finding("is in the account's default VPC", "vpc_id=vpc.id, of an aws.ec2.Vpc with private subnets")


@SUBNET_PUBLIC_IP.on(*SUBNETS)
def subnet_is_private(subnet: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse public addresses at launch."""
    if subnet.properties.is_true("mapPublicIpOnLaunch"):
        yield Finding("gives a public address to what starts in it", "remove map_public_ip_on_launch=True")


@ENDPOINT_ACCEPTANCE.on(aws("ec2", "VpcEndpointService"))
def endpoint_service_asks(service: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse connections without a decision."""
    if not service.properties.is_unknown("acceptanceRequired") and not service.properties.is_true("acceptanceRequired"):
        yield Finding("connects whoever asks", "acceptance_required=True")


@ENDPOINT_PRINCIPALS.on(aws("ec2", "VpcEndpointService"))
def askers_are_named(service: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse everyone."""
    if "*" in service.properties.texts("allowedPrincipals"):
        yield Finding(
            "lets every account ask for a connection", 'allowed_principals=["arn:aws:iam::123456789012:root"]'
        )


@ENDPOINT_PRINCIPALS.on(aws("ec2", "VpcEndpointServiceAllowedPrinciple"))
def asker_is_named(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse everyone, beside the service."""
    if permission.properties.get("principalArn") == "*":
        yield Finding("lets every account ask for a connection", 'principal_arn="arn:aws:iam::123456789012:root"')


@TRANSIT_ACCEPTANCE.on(aws("ec2transitgateway", "TransitGateway"))
def transit_gateway_asks(gateway: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse attachments without a decision."""
    if gateway.properties.get("autoAcceptSharedAttachments") == "enable":
        yield Finding("connects whoever it is shared with", 'auto_accept_shared_attachments="disable"')


@VPN_LOG.on(aws("ec2clientvpn", "Endpoint"))
def vpn_logs_connections(endpoint: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a VPN without a log."""
    options = endpoint.properties.section("connectionLogOptions")
    if not options.is_unknown("enabled") and not options.is_true("enabled"):
        yield Finding(
            "does not log who connects",
            'connection_log_options={"enabled": True, "cloudwatch_log_group": log_group.name}',
        )


@ENDPOINT_BOUNDED.on(ENDPOINT, ENDPOINT_POLICY)
def endpoint_is_bounded(endpoint: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a policy that allows everything to everyone."""
    if not endpoint.properties.is_set("policy"):
        return
    try:
        document = parse(endpoint.properties.get("policy"))
    except MalformedDocumentError as error:
        yield Finding(f"has a `policy` that {error}", FIX_ENDPOINT_POLICY)
        return
    for label in _wide_statements(document):
        yield Finding(f"has a policy that allows everything, everywhere ({label})", FIX_ENDPOINT_POLICY)


@ENDPOINT_HAS_POLICY.across(ENDPOINT)
def endpoint_has_policy(endpoint: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the endpoint has a policy, its own or beside it."""
    if not endpoint.properties.is_set("policy") and not stack.naming(endpoint, "vpcEndpointId", ENDPOINT_POLICY):
        yield Finding("has AWS's default policy, which allows everything", FIX_ENDPOINT_POLICY)


def _wide_statements(document: Document) -> Iterator[str]:
    for statement in document.allows:
        everyone = any(principal.is_everyone for principal in statement.principals)
        every_action = any(action == "*" or action.endswith(":*") for action in statement.actions)
        everything = any(
            resource_is_everything(resource) or resource.endswith((":::*", ":table/*"))
            for resource in statement.resources
        )
        if everyone and every_action and everything and not any(map(is_real, statement.conditions)):
            yield statement.label
