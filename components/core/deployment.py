"""Which account, region and partition a stack deploys to: read from its config, so nothing asks AWS for it."""

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches

import pulumi
from pulumi_aws import Region

_OTHER_PARTITIONS = re.compile(r"(us|eu)-iso|eusc-")
"""Regions whose partitions name services otherwise (botocore, partitions.json), which nothing here was written for."""


@dataclass(frozen=True)
class Deployment:
    """The account and region of the stack's default AWS provider."""

    account_id: str
    region: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`, which the region's prefix tells (AWS General Reference, "ARNs")."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a regional resource of this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def endpoint(self, service: str) -> str:
        """Return the service's regional name, for example `s3.eu-central-1.amazonaws.com`.

        So `kms:ViaService` writes it, and the principal of CloudWatch Logs. Other principals have no region and end in
        `amazonaws.com` in every partition (Terraform AWS provider, data source "aws_service_principal").
        """
        return f"{service}.{self.region}.amazonaws.com" + (".cn" if self.partition == "aws-cn" else "")


def current() -> Deployment:
    """Return the stack's deployment, from `aws:region` and `aws:allowedAccountIds`.

    Raises pulumi.RunError where either is missing, where AWS has no such region, or has it in a partition that ARNs and
    service names here are not right for. The pinned account also keeps the provider out of any other.
    """
    config = pulumi.Config("aws")
    region = config.get("region")
    accounts = _accounts(config.get("allowedAccountIds"))
    missing = []
    if not region:
        missing.append("aws:region (fix: pulumi config set aws:region eu-central-1)")
    if len(accounts) != 1:
        missing.append(
            "aws:allowedAccountIds with exactly one account "
            "(fix: pulumi config set --path 'aws:allowedAccountIds[0]' 123456789012)"
        )
    if not region or missing:
        raise pulumi.RunError(
            f"stack {pulumi.get_stack()} does not say where it deploys to: set " + " and ".join(missing)
        )
    if _OTHER_PARTITIONS.match(region):
        raise pulumi.RunError(
            f"region {region}: Watershed knows the partitions aws, aws-cn and aws-us-gov: choose a region of them"
        )
    if not config.get_bool("skipRegionValidation"):
        _refuse_unknown(region)
    return Deployment(account_id=accounts[0], region=region)


def _refuse_unknown(region: str) -> None:
    """Stop at a misspelled region, which the provider would only meet as a host that cannot be reached."""
    known = [each.value for each in Region]
    if region not in known:
        near = get_close_matches(region, known, n=3)
        meant = f"{', '.join(near)} (was one of these meant?) or another" if near else "a"
        raise pulumi.RunError(
            f"aws:region: given {region!r}; accepted: {meant} region of AWS that pulumi-aws knows "
            "(newer than that: pulumi config set aws:skipRegionValidation true)"
        )


def _accounts(text: str | None) -> list[str]:
    return [str(account) for account in json.loads(text)] if text else []
