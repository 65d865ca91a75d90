"""VPCs, security groups and network ACLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
VPN = "aws:ec2clientvpn/endpoint:Endpoint"
ASKER = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
SUBNET = "aws:ec2/subnet:Subnet"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
TRANSIT = "aws:ec2transitgateway/transitGateway:TransitGateway"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
FUNCTION = "aws:lambda/function:Function"
EVERYONE = "0.0.0.0/0"
OFFICE = "203.0.113.0/24"

vpc = make(VPC, "vpc", cidrBlock="10.0.0.0/16")
group = make(GROUP, "group", vpcId=vpc, description="API")
acl = make(ACL, "acl", vpcId=vpc)


def opening(port: int, *blocks: str, to: int | None = None, protocol: Any = "tcp", **more: Any) -> dict[str, Any]:
    block = {"cidrBlocks": list(blocks)} if blocks else {}
    return {"protocol": protocol, "fromPort": port, "toPort": port if to is None else to, **block, **more}


def inbound(*openings: dict[str, Any]) -> Recorded:
    return make(GROUP, description="API", ingress=list(openings))


def outbound(*openings: dict[str, Any]) -> Recorded:
    return make(GROUP, description="API", egress=list(openings))


def separate(type_: str, port: int, block: str, **more: Any) -> Recorded:
    return make(
        GROUP_RULE,
        type=type_,
        securityGroupId=group,
        protocol="tcp",
        fromPort=port,
        toPort=port,
        cidrBlocks=[block],
        **more,
    )


def modern(type_: str, port: int, *, to: int | None = None, **source: Any) -> Recorded:
    last = port if to is None else to
    return make(type_, securityGroupId=group, ipProtocol="tcp", fromPort=port, toPort=last, **source)


def prefixes(*blocks: str) -> Recorded:
    return make(PREFIX_LIST, "prefixes", addressFamily="IPv4", entries=[{"cidr": block} for block in blocks])


def inbound_from(list_: Recorded, port: int) -> Recorded:
    return inbound({**opening(port), "prefixListIds": [list_]})


def balancer(of: Recorded | str) -> Recorded:
    return make("aws:lb/loadBalancer:LoadBalancer", "balancer", subnets=["subnet-1", "subnet-2"], securityGroups=[of])


def entry(number: int, action: str, first: int, last: int, protocol: Any = "tcp", **more: Any) -> dict[str, Any]:
    return {
        "ruleNo": number,
        "action": action,
        "protocol": protocol,
        "fromPort": first,
        "toPort": last,
        "cidrBlock": EVERYONE,
        **more,
    }


def acl_rule(name: str, number: int, action: str, first: int, last: int, **more: Any) -> Recorded:
    return make(
        ACL_RULE,
        name,
        networkAclId=acl,
        ruleNumber=number,
        ruleAction=action,
        **{"protocol": "tcp", "cidrBlock": EVERYONE, "fromPort": first, "toPort": last, **more},
    )


def endpoint(*statements: dict[str, Any]) -> Recorded:
    return make(ENDPOINT, vpcId=vpc, serviceName="com.amazonaws.eu-west-1.s3", policy=document(*statements))


INGRESS_CASES = [
    *(
        bad(f"VPC-INGRESS-{rule}", title, inbound(opened))
        for rule, title, opened in (
            ("ADMINISTRATION", "SSH", opening(22, EVERYONE)),
            ("ADMINISTRATION", "RDP", opening(3389, EVERYONE)),
            ("ADMINISTRATION", "SSH by IPv6", opening(22, ipv6CidrBlocks=["::/0"])),
            ("ADMINISTRATION", "SSH among others", opening(20, OFFICE, EVERYONE, to=30)),
            ("ADMINISTRATION", "ports as texts", {**opening(0, EVERYONE), "fromPort": "22", "toPort": "22"}),
            ("ADMINISTRATION", "the protocol as a number", opening(22, EVERYONE, protocol=6)),
            ("ADMINISTRATION", "all protocols", opening(0, EVERYONE, protocol="-1")),
            ("ADMINISTRATION", "all protocols, as a number", opening(0, EVERYONE, protocol=-1)),
            ("ADMINISTRATION", "all ports", opening(0, EVERYONE, to=65535)),
            ("ADMINISTRATION", "half of the internet", opening(22, "0.0.0.0/1")),
            ("HIGH-RISK", "PostgreSQL", opening(5432, EVERYONE)),
            ("HIGH-RISK", "MySQL by IPv6", opening(3306, ipv6CidrBlocks=["0::/0"])),
            ("HIGH-RISK", "a range with a database", opening(8000, EVERYONE, to=9000)),
            ("HIGH-RISK", "mail by UDP's number", opening(25, EVERYONE, protocol="17")),
            ("OPEN", "plain HTTP", opening(80, EVERYONE)),
            ("OPEN", "a port of ours", opening(8443, EVERYONE)),
            ("OPEN", "a range around HTTPS", opening(440, EVERYONE, to=444)),
            ("OPEN", "every ping", opening(-1, EVERYONE, protocol="icmp")),
        )
    ),
    bad("VPC-INGRESS-ADMINISTRATION", "a rule beside the group", separate("ingress", 22, EVERYONE)),
    bad("VPC-INGRESS-ADMINISTRATION", "a rule of the new kind", modern(INGRESS, 3389, cidrIpv4=EVERYONE)),
    bad("VPC-INGRESS-ADMINISTRATION", "a rule of the new kind, IPv6", modern(INGRESS, 22, cidrIpv6="::/0")),
    bad(
        "VPC-INGRESS-ADMINISTRATION",
        "the new kind, all protocols",
        make(INGRESS, securityGroupId=group, ipProtocol="-1", cidrIpv4=EVERYONE),
    ),
    bad(
        "VPC-INGRESS-ADMINISTRATION",
        "the default group",
        make(DEFAULT_GROUP, vpcId=vpc, ingress=[opening(22, EVERYONE)]),
    ),
    bad("VPC-PORT-RANGE", "a range", inbound(opening(1024, OFFICE, to=65535))),
    bad("VPC-PORT-RANGE", "all of a neighbour's", outbound(opening(0, protocol="-1", securityGroups=["sg-1"]))),
    bad("VPC-PORT-RANGE", "a rule of the new kind", modern(EGRESS, 1, to=443, cidrIpv4=OFFICE)),
    bad("VPC-PORT-RANGE", "no ports said", make(INGRESS, securityGroupId=group, ipProtocol="tcp", cidrIpv4=OFFICE)),
    good("VPC-PORT-RANGE", "a port", inbound(opening(5432, OFFICE))),
    good("VPC-PORT-RANGE", "brokers", inbound(opening(9092, OFFICE, to=9198))),
    good("VPC-PORT-RANGE", "members of the group", inbound(opening(0, protocol="-1", self=True))),
    good(
        "VPC-PORT-RANGE",
        "members of the group, a rule of the new kind",
        group,
        modern(INGRESS, 0, to=65535, referencedSecurityGroupId=group),
    ),
    good("VPC-PORT-RANGE", "everyone, of whom other rules tell", outbound(opening(0, EVERYONE, protocol="-1"))),
    good("VPC-PORT-RANGE", "pings", inbound(opening(-1, OFFICE, protocol="icmp"))),
    *(
        bad(f"VPC-INGRESS-{rule}", f"a prefix list that holds everyone, {title}", list_, resource)
        for list_ in [prefixes("10.0.0.0/8", EVERYONE)]
        for rule, title, resource in (
            ("ADMINISTRATION", "new kind", modern(INGRESS, 22, prefixListId=list_)),
            ("ADMINISTRATION", "inline", inbound_from(list_, 22)),
            ("HIGH-RISK", "new kind", modern(INGRESS, 5432, prefixListId=list_)),
            ("OPEN", "new kind", modern(INGRESS, 80, prefixListId=list_)),
        )
    ),
    bad(
        "VPC-INGRESS-ADMINISTRATION",
        "a prefix list with everyone beside it",
        (listed := make(PREFIX_LIST, "listed", addressFamily="IPv4")),
        make(PREFIX_ENTRY, prefixListId=listed, cidr=EVERYONE),
        modern(INGRESS, 22, prefixListId=listed),
    ),
    *(
        good(f"VPC-INGRESS-{rule}", title, *resources)
        for rule in ("ADMINISTRATION", "HIGH-RISK", "OPEN")
        for title, resources in (
            ("a prefix list of ours", (prefixes("10.0.0.0/8"), modern(INGRESS, 22, prefixListId=prefixes()))),
            ("HTTPS from everyone by a list", (prefixes(EVERYONE), modern(INGRESS, 443, prefixListId=prefixes()))),
            ("outgoing to a list", (prefixes(EVERYONE), modern(EGRESS, 22, prefixListId=prefixes()))),
            ("another list", (prefixes(EVERYONE), modern(INGRESS, 22, prefixListId="pl-3b927c52"))),
        )
    ),
    bad("VPC-INGRESS-HIGH-RISK", "a rule beside the group", separate("ingress", 1433, EVERYONE)),
    bad("VPC-INGRESS-OPEN", "a rule of the new kind", modern(INGRESS, 8443, cidrIpv4=EVERYONE)),
    bad("VPC-INGRESS-OPEN", "HTTP", modern(INGRESS, 80, cidrIpv4=EVERYONE)),
    bad("VPC-INGRESS-OPEN", "HTTP, inline", inbound(opening(80, EVERYONE))),
    bad(
        "VPC-INGRESS-OPEN",
        "HTTP beside another's load balancer",
        group,
        modern(INGRESS, 80, cidrIpv4=EVERYONE),
        balancer("sg-2"),
    ),
    good("VPC-INGRESS-OPEN", "HTTP to a load balancer", group, modern(INGRESS, 80, cidrIpv4=EVERYONE), balancer(group)),
    good("VPC-INGRESS-OPEN", "HTTP to a load balancer, inline", (web := inbound(opening(80, EVERYONE))), balancer(web)),
    *(
        good(f"VPC-INGRESS-{rule}", title, resource)
        for rule in ("ADMINISTRATION", "HIGH-RISK", "OPEN")
        for title, resource in (
            ("HTTPS", inbound(opening(443, EVERYONE, ipv6CidrBlocks=["::/0"]))),
            ("an office", inbound(opening(22, OFFICE), opening(5432, "10.0.0.0/8"), opening(80, "10.0.0.0/16"))),
            ("private IPv6", inbound(opening(22, ipv6CidrBlocks=["fc00::/7"]))),
            ("another group", inbound(opening(5432, securityGroups=["sg-1"]), opening(0, protocol="-1", self=True))),
            ("outgoing", outbound(opening(5432, EVERYONE))),
            ("outgoing, beside", separate("egress", 22, EVERYONE)),
            ("outgoing, new kind", modern(EGRESS, 22, cidrIpv4=EVERYONE)),
            ("a group, new kind", modern(INGRESS, 22, referencedSecurityGroupId="sg-1")),
            ("path discovery", inbound(opening(3, EVERYONE, to=4, protocol="icmp"))),
            ("nothing", group),
        )
    ),
]
EGRESS_CASES = [
    bad("VPC-EGRESS-OPEN", "all protocols", outbound(opening(0, EVERYONE, protocol="-1"))),
    bad("VPC-EGRESS-OPEN", "all ports", outbound(opening(0, EVERYONE, to=65535))),
    bad("VPC-EGRESS-OPEN", "IPv6", outbound(opening(0, ipv6CidrBlocks=["::/0"], protocol="all"))),
    bad(
        "VPC-EGRESS-OPEN",
        "beside the group",
        make(GROUP_RULE, type="egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=[EVERYONE]),
    ),
    bad("VPC-EGRESS-OPEN", "the new kind", make(EGRESS, securityGroupId=group, ipProtocol="-1", cidrIpv4=EVERYONE)),
    good("VPC-EGRESS-OPEN", "HTTPS", outbound(opening(443, EVERYONE))),
    good("VPC-EGRESS-OPEN", "the VPC", outbound(opening(0, "10.0.0.0/16", protocol="-1"))),
    good("VPC-EGRESS-OPEN", "nothing", group),
    bad("VPC-EGRESS-INTERNET", "HTTPS", outbound(opening(443, EVERYONE))),
    good("VPC-EGRESS-INTERNET", "an endpoint", outbound(opening(443, prefixListIds=["pl-1"]))),
    good("VPC-EGRESS-INTERNET", "a network", modern(EGRESS, 443, cidrIpv4="10.0.0.0/16")),
]
GROUP_CASES = [
    bad("VPC-GROUP-DESCRIPTION", "none", make(GROUP, vpcId=vpc)),
    bad("VPC-GROUP-DESCRIPTION", "the provider's", make(GROUP, description="Managed by Pulumi")),
    good("VPC-GROUP-DESCRIPTION", "one", group),
    good("VPC-GROUP-DESCRIPTION", "the default group, which has AWS's", make(DEFAULT_GROUP, vpcId=vpc)),
    bad("VPC-RULE-DESCRIPTION", "inline", inbound(opening(443, OFFICE))),
    bad("VPC-RULE-DESCRIPTION", "the second one", outbound(opening(1, OFFICE, description="A"), opening(2, OFFICE))),
    bad("VPC-RULE-DESCRIPTION", "beside", separate("ingress", 443, OFFICE)),
    bad("VPC-RULE-DESCRIPTION", "the new kind, empty", modern(INGRESS, 443, cidrIpv4=OFFICE, description=" ")),
    good("VPC-RULE-DESCRIPTION", "inline", inbound(opening(443, OFFICE, description="HTTPS from the office"))),
    good("VPC-RULE-DESCRIPTION", "the new kind", modern(EGRESS, 443, cidrIpv4=OFFICE, description="HTTPS")),
    good("VPC-RULE-DESCRIPTION", "no rules", group),
    bad("VPC-GROUP-ATTACHED", "nowhere", group),
    bad("VPC-GROUP-ATTACHED", "rules only", group, separate("ingress", 443, OFFICE)),
    good(
        "VPC-GROUP-ATTACHED",
        "a function",
        group,
        make(FUNCTION, vpcConfig={"subnetIds": ["subnet-1"], "securityGroupIds": group}),
    ),
    good("VPC-GROUP-ATTACHED", "something else", vpc),
]
ACL_CASES = [
    bad("VPC-ACL-OPEN", "all protocols", make(ACL, vpcId=vpc, ingress=[entry(100, "allow", 0, 0, "-1")])),
    bad("VPC-ACL-OPEN", "all ports", make(ACL, vpcId=vpc, ingress=[entry(100, "Allow", 0, 65535)])),
    bad("VPC-ACL-OPEN", "the default ACL", make(DEFAULT_ACL, ingress=[entry(100, "allow", 0, 0, -1)])),
    bad("VPC-ACL-OPEN", "beside", acl_rule("all", 100, "allow", 0, 0, protocol="-1")),
    good("VPC-ACL-OPEN", "HTTPS", make(ACL, ingress=[entry(100, "allow", 443, 443)])),
    good("VPC-ACL-OPEN", "denied", make(ACL, ingress=[entry(100, "deny", 0, 0, "-1")])),
    good("VPC-ACL-OPEN", "outgoing", make(ACL, egress=[entry(100, "allow", 0, 0, "-1")])),
    good("VPC-ACL-OPEN", "outgoing, beside", acl_rule("out", 100, "allow", 0, 0, protocol="-1", egress=True)),
    good("VPC-ACL-OPEN", "the VPC", make(ACL, ingress=[entry(100, "allow", 0, 0, "-1", cidrBlock="10.0.0.0/16")])),
    bad("VPC-ACL-ADMINISTRATION", "SSH", make(ACL, ingress=[entry(100, "allow", 22, 22)])),
    bad("VPC-ACL-ADMINISTRATION", "RDP in a range", make(ACL, ingress=[entry(100, "allow", 1024, 65535)])),
    bad(
        "VPC-ACL-ADMINISTRATION",
        "denied too late",
        make(ACL, ingress=[entry(100, "allow", 22, 22), entry(200, "deny", 22, 22)]),
    ),
    bad("VPC-ACL-ADMINISTRATION", "beside", acl_rule("ssh", 100, "allow", 22, 22)),
    good(
        "VPC-ACL-ADMINISTRATION",
        "denied before",
        make(ACL, ingress=[entry(90, "deny", 3389, 3389), entry(100, "allow", 1024, 65535)]),
    ),
    good(
        "VPC-ACL-ADMINISTRATION",
        "denied before, beside",
        acl_rule("no-rdp", 90, "deny", 3389, 3389),
        acl_rule("answers", 100, "allow", 1024, 65535),
    ),
    good("VPC-ACL-ADMINISTRATION", "HTTPS", acl_rule("https", 100, "allow", 443, 443)),
    bad("VPC-ACL-PUBLIC", "HTTPS", make(ACL, ingress=[entry(100, "allow", 443, 443)])),
    good("VPC-ACL-PUBLIC", "the VPC", make(ACL, ingress=[entry(100, "allow", 443, 443, cidrBlock="10.0.0.0/16")])),
    good("VPC-ACL-PUBLIC", "denied", acl_rule("no", 100, "deny", 0, 65535)),
]
VPC_CASES = [
    bad("VPC-FLOW-LOGS", "none", vpc),
    bad("VPC-FLOW-LOGS", "another VPC's", vpc, make(FLOW_LOG, vpcId="vpc-elsewhere", trafficType="ALL")),
    bad("VPC-FLOW-LOGS", "without what is refused", vpc, make(FLOW_LOG, vpcId=vpc, trafficType="ACCEPT")),
    good("VPC-FLOW-LOGS", "all", vpc, make(FLOW_LOG, vpcId=vpc, trafficType="ALL", logDestination="arn:aws:s3:::l")),
    good("VPC-FLOW-LOGS", "what is refused", vpc, make(FLOW_LOG, vpcId=vpc, trafficType="REJECT")),
    bad("VPC-DEFAULT-GROUP-CLOSED", "AWS's default, which is open", vpc),
    bad(
        "VPC-DEFAULT-GROUP-CLOSED",
        "incoming",
        make(DEFAULT_GROUP, vpcId="vpc-1", ingress=[opening(0, protocol="-1", self=True)]),
    ),
    bad(
        "VPC-DEFAULT-GROUP-CLOSED",
        "outgoing",
        make(DEFAULT_GROUP, vpcId="vpc-1", egress=[opening(0, EVERYONE, protocol="-1")]),
    ),
    bad(
        "VPC-DEFAULT-GROUP-CLOSED",
        "opened by a rule beside it",
        vpc,
        make(DEFAULT_GROUP, vpcId=vpc),
        make(GROUP_RULE, "opener", type="ingress", securityGroupId=vpc, protocol="tcp", fromPort=1, toPort=1),
    ),
    good("VPC-DEFAULT-GROUP-CLOSED", "closed", vpc, make(DEFAULT_GROUP, vpcId=vpc)),
    good("VPC-DEFAULT-GROUP-CLOSED", "empty lists", vpc, make(DEFAULT_GROUP, vpcId=vpc, ingress=[], egress=[])),
    bad("VPC-NO-DEFAULT", "the VPC", make("aws:ec2/defaultVpc:DefaultVpc")),
    bad("VPC-NO-DEFAULT", "its subnet", make("aws:ec2/defaultSubnet:DefaultSubnet", availabilityZone="eu-west-1a")),
    good("VPC-NO-DEFAULT", "a group that names no VPC", make(GROUP, description="API")),
    bad("VPC-GROUP-NAMES-VPC", "none", make(GROUP, description="API")),
    good("VPC-GROUP-NAMES-VPC", "a VPC of ours", group),
    good("VPC-GROUP-NAMES-VPC", "a VPC by its id", make(GROUP, vpcId="vpc-0123456789abcdef0")),
    good("VPC-NO-DEFAULT", "a VPC of ours", vpc),
    good("VPC-NO-DEFAULT", "a subnet of ours", make(SUBNET, vpcId=vpc)),
    bad("VPC-SUBNET-PUBLIC-IP", "on", make(SUBNET, vpcId=vpc, mapPublicIpOnLaunch=True)),
    good("VPC-SUBNET-PUBLIC-IP", "off", make(SUBNET, vpcId=vpc, mapPublicIpOnLaunch=False)),
    good("VPC-SUBNET-PUBLIC-IP", "AWS's default, which is off", make(SUBNET, vpcId=vpc)),
    bad("VPC-ENDPOINT-ACCEPTANCE", "off", make(SERVICE, acceptanceRequired=False)),
    good("VPC-ENDPOINT-ACCEPTANCE", "on", make(SERVICE, acceptanceRequired=True)),
    good("VPC-ENDPOINT-ACCEPTANCE", "something else", vpc),
    bad("VPC-ENDPOINT-PRINCIPALS", "everyone", make(SERVICE, acceptanceRequired=True, allowedPrincipals=["*"])),
    bad("VPC-ENDPOINT-PRINCIPALS", "everyone, beside", make(ASKER, vpcEndpointServiceId="vpce-1", principalArn="*")),
    good("VPC-ENDPOINT-PRINCIPALS", "an account", make(SERVICE, allowedPrincipals=["arn:aws:iam::123456789012:root"])),
    good("VPC-ENDPOINT-PRINCIPALS", "nobody", make(SERVICE, acceptanceRequired=True)),
    bad("VPC-CLIENT-VPN-LOG", "off", make(VPN, connectionLogOptions={"enabled": False})),
    good("VPC-CLIENT-VPN-LOG", "on", make(VPN, connectionLogOptions={"enabled": True, "cloudwatchLogGroup": "vpn"})),
    good("VPC-CLIENT-VPN-LOG", "something else", vpc),
    bad("VPC-TRANSIT-ACCEPTANCE", "on its own", make(TRANSIT, autoAcceptSharedAttachments="enable")),
    good("VPC-TRANSIT-ACCEPTANCE", "by hand", make(TRANSIT, autoAcceptSharedAttachments="disable")),
    good("VPC-TRANSIT-ACCEPTANCE", "by hand, which is the default", make(TRANSIT)),
    bad("VPC-ENDPOINT-POLICY", "everything", endpoint(allow("*", "*", Principal="*"))),
    bad("VPC-ENDPOINT-POLICY", "all of S3", endpoint(allow("s3:*", "arn:aws:s3:::*", Principal={"AWS": "*"}))),
    bad(
        "VPC-ENDPOINT-POLICY",
        "beside",
        make(ENDPOINT_POLICY, vpcEndpointId="vpce-1", policy=document(allow("*", "*", Principal="*"))),
    ),
    good("VPC-ENDPOINT-POLICY", "a bucket", endpoint(allow("s3:*", "arn:aws:s3:::raw/*", Principal="*"))),
    good(
        "VPC-ENDPOINT-POLICY",
        "our account",
        endpoint(allow("*", "*", Principal="*", Condition={"StringEquals": {"aws:ResourceAccount": "123456789012"}})),
    ),
    good("VPC-ENDPOINT-POLICY", "none", make(ENDPOINT, vpcId=vpc, serviceName="com.amazonaws.eu-west-1.s3")),
    bad("VPC-ENDPOINT-POLICY-SET", "none", make(ENDPOINT, vpcId=vpc, serviceName="com.amazonaws.eu-west-1.s3")),
    good("VPC-ENDPOINT-POLICY-SET", "its own", endpoint(allow("s3:GetObject", "*", Principal="*"))),
    good(
        "VPC-ENDPOINT-POLICY-SET",
        "beside",
        (beside := make(ENDPOINT, "beside", vpcId=vpc)),
        make(ENDPOINT_POLICY, vpcEndpointId=beside, policy=document(allow("s3:GetObject", "*", Principal="*"))),
    ),
]
CASES = [*INGRESS_CASES, *EGRESS_CASES, *GROUP_CASES, *ACL_CASES, *VPC_CASES]
