"""Security groups, the one that a VPC comes with, and their rules as resources of their own."""

import re
from typing import Any

from ..ec2_tags import EC2_TAGS
from ..table import Call, Name, Part, Resource, Session, State

_ARN = "arn:{partition}:ec2:{region}:{account}"


# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html, GroupDescription; of rules too.
_DESCRIPTION = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")


def _description(state: State) -> list[tuple[str, str]]:
    text = state.get("description")
    if not isinstance(text, str) or _DESCRIPTION.fullmatch(text):
        return []
    return [("description", f"is {text!r}: AWS takes at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$*")]


def _let_nothing_out(old: State, new: State, session: Session) -> None:
    """AWS gives a new group a rule that lets everything out; the official provider removes it."""
    if not old:
        _revoke(new["id"], "Egress", session)


def _let_nothing_through(old: State, new: State, session: Session) -> None:
    """The official provider takes every rule from a VPC's default group that the program does not give it."""
    for direction in ("Egress", "Ingress"):
        _revoke(new["id"], direction, session)


def _revoke(group: str, direction: str, session: Session) -> None:
    of_group = {"Filters": [{"Name": "group-id", "Values": [group]}]}
    rules = session.call("ec2", "DescribeSecurityGroupRules", of_group)["SecurityGroupRules"]
    ids = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] == (direction == "Egress")]
    if ids:
        session.call("ec2", f"RevokeSecurityGroup{direction}", {"GroupId": group, "SecurityGroupRuleIds": ids})


def _the_default_one(parameters: dict[str, Any], state: State) -> None:
    filters = {"vpc-id": state.get("vpcId"), "group-name": "default"}
    parameters["Filters"] = [{"Name": name, "Values": [value]} for name, value in filters.items()]


SECURITY_GROUP = Resource(
    "aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    id="{id}",
    name=Name(limit=255),
    create=Call("CreateSecurityGroup"),
    read=(Call("DescribeSecurityGroups", takes=("id",), result="SecurityGroups"),),
    parts=(Part(properties=("revokeRulesOnDelete",), code=_let_nothing_out), EC2_TAGS),
    delete=(Call("DeleteSecurityGroup", takes=("id",)),),
    rename={"id": ("GroupId", "GroupIds"), "name": "GroupName"},
    computed={"arn": f"{_ARN}:security-group/{{id}}"},
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    local=("namePrefix",),
    unsupported={
        "ingress": "use an aws.vpc.SecurityGroupIngressRule for each rule",
        "egress": "use an aws.vpc.SecurityGroupEgressRule for each rule",
    },
    check=_description,
)

_NO_RULES = "a VPC's default group has none: use an aws.ec2.SecurityGroup"

DEFAULT_GROUP = Resource(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    id="{id}",
    # AWS made it with its VPC, and removes it with its VPC.
    identity=("vpcId",),
    create=Call("DescribeSecurityGroups", adjust=_the_default_one, result="SecurityGroups"),
    read=(Call("DescribeSecurityGroups", takes=("id",), result="SecurityGroups"),),
    parts=(Part(properties=("revokeRulesOnDelete",), code=_let_nothing_through), EC2_TAGS),
    rename={"id": ("GroupId", "GroupIds"), "name": "GroupName"},
    by_code=("vpcId",),
    computed={"arn": f"{_ARN}:security-group/{{id}}"},
    defaults={"revokeRulesOnDelete": False},
    unsupported={"ingress": _NO_RULES, "egress": _NO_RULES},
)

# Property -> where AWS wants it in a permission: the list, and the name in its one entry.
_TARGETS = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def _permission(parameters: dict[str, Any], state: State) -> None:
    """The rule's one target stands in a list of its own, with the description."""
    (permission,) = parameters.get("IpPermissions") or [{}]
    for name, (member, key) in _TARGETS.items():
        if state.get(name) is not None:
            target = {key: state[name]}
            if state.get("description") is not None:
                target["Description"] = state["description"]
            permission[member] = [target]
    parameters["IpPermissions"] = [permission]


def _one_target(state: State) -> list[tuple[str, str]]:
    given = [name for name in _TARGETS if state.get(name) is not None]
    if len(given) == 1:
        return _description(state)
    return [("", f"needs exactly one of {', '.join(_TARGETS)}; given: {', '.join(given) or 'none'}")]


def _modify(old: State, new: State, session: Session) -> None:
    rule = {
        "IpProtocol": new["ipProtocol"],
        "FromPort": new.get("fromPort"),
        "ToPort": new.get("toPort"),
        "CidrIpv4": new.get("cidrIpv4"),
        "CidrIpv6": new.get("cidrIpv6"),
        "PrefixListId": new.get("prefixListId"),
        "ReferencedGroupId": new.get("referencedSecurityGroupId"),
        "Description": new.get("description"),
    }
    known = {name: value for name, value in rule.items() if value is not None}
    session.call(
        "ec2",
        "ModifySecurityGroupRules",
        {
            "GroupId": new["securityGroupId"],
            "SecurityGroupRules": [{"SecurityGroupRuleId": new["id"], "SecurityGroupRule": known}],
        },
    )


def _rule(direction: str) -> Resource:
    return Resource(
        f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        id="{id}",
        identity=("securityGroupId",),
        create=Call(
            f"AuthorizeSecurityGroup{direction}",
            within="IpPermissions[]",
            adjust=_permission,
            result="SecurityGroupRules",
            rename={"description": ()},
        ),
        read=(Call("DescribeSecurityGroupRules", takes=("id",), result="SecurityGroupRules"),),
        parts=(
            Part(properties=(*_TARGETS, "description", "fromPort", "ipProtocol", "toPort"), code=_modify),
            EC2_TAGS,
        ),
        delete=(Call(f"RevokeSecurityGroup{direction}", takes=("id",)),),
        rename={
            "arn": "SecurityGroupRuleArn",
            "id": ("SecurityGroupRuleId", "SecurityGroupRuleIds"),
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            "securityGroupId": "GroupId",
        },
        by_code=(*_TARGETS, "description"),
        computed={"securityGroupRuleId": "{id}", "arn": f"{_ARN}:security-group-rule/{{id}}"},
        check=_one_target,
    )


RESOURCES = (SECURITY_GROUP, DEFAULT_GROUP, _rule("Egress"), _rule("Ingress"))
