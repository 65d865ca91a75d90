"""The endpoints of a VPC, and what goes through them: this account's principals to its own resources."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Deployment, Statement
from ..core.iam import policy_document

HTTPS = 443
EVERYONE = {"*": ["*"]}
"""An endpoint's policy bounds what identities and resources allow, and allows nothing by itself."""


def endpoint_policy(service: str, deployment: Deployment, accounts: Sequence[str]) -> pulumi.Output[str]:
    """Return the policy of a service's endpoint; `accounts` own the resources that are reached.

    Nobody takes the data of this account elsewhere with credentials of elsewhere. Source: "VPC endpoint policy
    examples" of AWS (aws-samples/data-perimeter-policy-examples); ECR signs the addresses of image layers in its own
    name, and AWS services act in theirs.
    """
    statements = [
        Statement(
            sid="OwnPrincipalsToOwnResources",
            principals=EVERYONE,
            actions=["*"],
            resources=["*"],
            conditions={
                "StringEquals": {
                    "aws:PrincipalAccount": deployment.account_id,
                    "aws:ResourceAccount": accounts,
                }
            },
        ),
        Statement(
            sid="AwsServices",
            principals=EVERYONE,
            actions=["*"],
            resources=["*"],
            conditions={"Bool": {"aws:PrincipalIsAWSService": "true"}},
        ),
    ]
    if service == "s3":
        layers = f"arn:{deployment.partition}:s3:::prod-{deployment.region}-starport-layer-bucket/*"
        statements.append(
            Statement(sid="ImageLayers", principals=EVERYONE, actions=["s3:GetObject"], resources=[layers])
        )
    return policy_document(statements)


def endpoint_group(
    name: str, *, vpc_id: pulumi.Input[str], cidr: str, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """Return the group of the interfaces: HTTPS from the VPC in, nothing out."""
    group = aws.ec2.SecurityGroup(
        name, vpc_id=vpc_id, description="Interface endpoints of AWS services", tags=tags, opts=opts
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-https",
        security_group_id=group.id,
        description="HTTPS from this VPC",
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        cidr_ipv4=cidr,
        tags=tags,
        opts=opts,
    )
    return group
