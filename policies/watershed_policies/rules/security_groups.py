"""Security groups: what the internet reaches, what reaches the internet, and that each rule says what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import traffic
from ..log_delivery import BALANCERS
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..settings import Settings
    from ..traffic import Opening

REMOTE_ADMINISTRATION = (22, 3389)
# https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
HIGH_RISK = (
    *(20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888),
    *(9200, 9300),
    # Not in AWS's list, and as dangerous: NFS, Oracle, Redshift, Redis, Memcached, MongoDB, Kafka.
    *(2049, 1521, 5439, 6379, 11211, 27017, 9092),
)
HTTPS, HTTP = 443, 80
# "Fragmentation needed": without it, connections over a smaller link hang.
PATH_DISCOVERY = 3
# What pulumi-aws and Terraform write where the program says nothing.
EMPTY_DESCRIPTIONS = ("", "Managed by Pulumi", "Managed by Terraform")
FIX_SOURCE = (
    'name who may connect: aws.vpc.SecurityGroupIngressRule("...", security_group_id=group.id, ip_protocol="tcp", '
    "from_port=443, to_port=443, referenced_security_group_id=clients.id), or cidr_ipv4 with a network of yours"
)

ADMINISTRATION = Rule(
    id="VPC-INGRESS-ADMINISTRATION",
    title="SSH and RDP are closed to the internet",
    severity=Severity.CRITICAL,
    why="Both are tried out by robots within minutes. Session Manager needs no open port.",
    frameworks=(
        *("FSBP EC2.13", "FSBP EC2.14", "FSBP EC2.19", "CIS AWS 5.2", "CIS AWS 5.3"),
        *("NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    ),
    peers=("cdk-nag EC23", "Checkov CKV_AWS_24", "Checkov CKV_AWS_25", "Checkov CKV_AWS_277", "Trivy AWS-0107"),
)
HIGH_RISK_PORTS = Rule(
    id="VPC-INGRESS-HIGH-RISK",
    title="Databases, mail and the like are closed to the internet",
    severity=Severity.CRITICAL,
    why="What listens on these ports was made for a network of friends.",
    frameworks=("FSBP EC2.19", "NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    peers=("cdk-nag EC23",),
)
OPEN = Rule(
    id="VPC-INGRESS-OPEN",
    title="The internet reaches HTTPS and nothing else",
    severity=Severity.HIGH,
    why="Every other open port is one that nobody meant, or one without TLS. A load balancer may take port 80 to lead "
    "on to HTTPS (EDGE-TLS sees to that).",
    frameworks=("FSBP EC2.18", "NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    peers=("cdk-nag EC23", "Checkov CKV_AWS_260"),
)
EGRESS = Rule(
    id="VPC-EGRESS-OPEN",
    title="Security groups do not let everything out",
    severity=Severity.MEDIUM,
    why="Who breaks in wants to take something out: by a port that nobody uses, if all are open.",
    frameworks=("NIST 800-53 SC-7(5)", "PCI DSS 1.3.2"),
    peers=("Checkov CKV_AWS_382",),
)
EGRESS_INTERNET = Rule(
    id="VPC-EGRESS-INTERNET",
    title="Security groups let nothing out to the whole internet",
    severity=Severity.LOW,
    why="VPC endpoints and prefix lists reach AWS without the internet. HTTPS to other places is common, hence strict.",
    frameworks=("NIST 800-53 SC-7(5)",),
    peers=("Trivy AWS-0104",),
    profile=Profile.STRICT,
)
GROUP_DESCRIPTION = Rule(
    id="VPC-GROUP-DESCRIPTION",
    title="Security groups say what they are for",
    severity=Severity.LOW,
    why="Nobody dares to close what nobody can explain. The description cannot be changed later.",
    frameworks=("NIST 800-53 CM-8",),
    peers=("cdk-nag EC27", "Checkov CKV_AWS_23", "Trivy AWS-0099"),
)
RULE_DESCRIPTION = Rule(
    id="VPC-RULE-DESCRIPTION",
    title="Each rule of a security group says what it is for",
    severity=Severity.LOW,
    why="Nobody dares to close what nobody can explain.",
    frameworks=("NIST 800-53 CM-8",),
    peers=("Checkov CKV_AWS_23", "Trivy AWS-0124"),
)
ATTACHED = Rule(
    id="VPC-GROUP-ATTACHED",
    title="Security groups are in use",
    severity=Severity.LOW,
    why="A group that nothing uses is attached one day by somebody who did not read it. Another stack may use it, "
    "hence strict.",
    peers=("Checkov CKV2_AWS_5",),
    profile=Profile.STRICT,
)


@ADMINISTRATION.on(*traffic.GROUP_TYPES)
def administration_is_closed(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse SSH and RDP for everyone, by themselves or in a range."""
    yield from _open_administration(traffic.of_group(resource))


@ADMINISTRATION.across(*traffic.GROUP_TYPES)
def administration_is_closed_to_lists(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse them for a prefix list that holds everyone."""
    yield from _open_administration(traffic.by_prefix_lists(resource, stack))


@HIGH_RISK_PORTS.on(*traffic.GROUP_TYPES)
def high_risk_ports_are_closed(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the ports of AWS's list for everyone."""
    yield from _open_high_risk(traffic.of_group(resource))


@HIGH_RISK_PORTS.across(*traffic.GROUP_TYPES)
def high_risk_ports_are_closed_to_lists(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse them for a prefix list that holds everyone."""
    yield from _open_high_risk(traffic.by_prefix_lists(resource, stack))


@OPEN.on(*traffic.GROUP_TYPES)
def nothing_else_is_open(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse every other port but HTTPS for everyone; HTTP is looked at with the load balancers."""
    yield from _open_otherwise(traffic.of_group(resource))


@OPEN.across(*traffic.GROUP_TYPES)
def nothing_else_is_open_to_lists(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse them for a prefix list that holds everyone."""
    yield from _open_otherwise(traffic.by_prefix_lists(resource, stack))


@OPEN.across(*traffic.GROUP_TYPES)
def only_load_balancers_take_http(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse port 80 for everyone, but where a load balancer of the stack has the group."""
    openings = [*traffic.of_group(resource), *traffic.by_prefix_lists(resource, stack)]
    found = [opening for opening in _from_everyone(openings) if opening.ports == (HTTP, HTTP)]
    groups, balancers = traffic.groups_of(resource, stack), stack.of_type(*BALANCERS)
    if found and not any(_has(balancer, group) for group in groups for balancer in balancers):
        yield Finding(f"lets the internet ({found[0].everyone}) reach {found[0].shown()}", FIX_SOURCE)


@EGRESS.on(*traffic.GROUP_TYPES)
def not_everything_goes_out(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse all protocols, and all ports, to everyone."""
    for opening in _to_everyone(traffic.of_group(resource)):
        if opening.ports == traffic.PORTS or (opening.ports and opening.ports[1] - opening.ports[0] > 65_000):
            yield Finding(
                f"lets everything out to the internet ({opening.everyone})",
                'name the port and whom it reaches: egress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, '
                '"prefix_list_ids": [s3_endpoint.prefix_list_id], "description": "S3"}]',
            )


@EGRESS_INTERNET.on(*traffic.GROUP_TYPES)
def nothing_goes_out_to_the_internet(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse any port to everyone."""
    for opening in _to_everyone(traffic.of_group(resource)):
        yield Finding(
            f"lets {opening.shown()} out to the internet ({opening.everyone})",
            "use a VPC endpoint and its prefix list, or name the networks",
        )


@GROUP_DESCRIPTION.on(traffic.GROUP)
def group_is_described(group: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no description, and the provider's."""
    if not group.properties.is_unknown("description") and _is_empty(group.properties.get("description")):
        yield Finding("has no description", 'description="What may connect to the API, and from where"')


@RULE_DESCRIPTION.on(*traffic.GROUP_TYPES)
def rules_are_described(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse rules without a description."""
    for opening in traffic.of_group(resource):
        if not opening.properties.is_unknown("description") and _is_empty(opening.properties.get("description")):
            direction = "incoming" if opening.inbound else "outgoing"
            yield Finding(
                f"has a rule for {direction} traffic ({opening.shown()}) without a description",
                'add "description": "HTTPS from the load balancer" to the rule',
            )


@ATTACHED.across(traffic.GROUP)
def group_is_attached(group: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that something other than a rule names the group."""
    separate = (*traffic.SEPARATE_RULES, aws("vpc", "SecurityGroupVpcAssociation"))
    for other in stack.resources:
        if other.urn != group.urn and other.type not in separate and _has(other, group):
            return
    yield Finding(
        "is attached to nothing", "remove it, or give it to what it is for: vpc_security_group_ids=[group.id]"
    )


def _open_administration(openings: Iterable[Opening]) -> Iterator[Finding]:
    for opening in _from_everyone(openings):
        if any(opening.reaches(port) for port in REMOTE_ADMINISTRATION):
            yield Finding(
                f"lets the internet ({opening.everyone}) reach {opening.shown()}",
                "remove the rule and connect with AWS Systems Manager Session Manager, or " + FIX_SOURCE,
            )


def _open_high_risk(openings: Iterable[Opening]) -> Iterator[Finding]:
    for opening in _from_everyone(openings):
        if any(opening.reaches(port) for port in REMOTE_ADMINISTRATION):
            continue
        if any(opening.reaches(port) for port in HIGH_RISK):
            yield Finding(f"lets the internet ({opening.everyone}) reach {opening.shown()}", FIX_SOURCE)


def _open_otherwise(openings: Iterable[Opening]) -> Iterator[Finding]:
    for opening in _from_everyone(openings):
        if any(opening.reaches(port) for port in (*REMOTE_ADMINISTRATION, *HIGH_RISK)):
            continue
        if opening.ports not in ((HTTPS, HTTPS), (HTTP, HTTP)) and not _is_harmless_ping(opening):
            yield Finding(f"lets the internet ({opening.everyone}) reach {opening.shown()}", FIX_SOURCE)


def _from_everyone(openings: Iterable[Opening]) -> Iterator[Opening]:
    return (opening for opening in openings if opening.inbound and opening.everyone)


def _to_everyone(openings: Iterable[Opening]) -> Iterator[Opening]:
    return (opening for opening in openings if not opening.inbound and opening.everyone)


def _has(resource: Resource, group: Resource) -> bool:
    return not {group.urn, *group.identities()}.isdisjoint(resource.mentions())


def _is_harmless_ping(opening: Opening) -> bool:
    return opening.protocol in traffic.PINGS and opening.properties.number("fromPort") in (PATH_DISCOVERY, 2, 8, 128)


def _is_empty(description: object) -> bool:
    return description is None or (isinstance(description, str) and description.strip() in EMPTY_DESCRIPTIONS)
