"""EC2 instances, and the account's password policy."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
VOLUME = "aws:ebs/volume:Volume"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
IMAGE_COPY = "aws:ec2/amiCopy:AmiCopy"
DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
ADDRESS = "aws:ec2/eip:Eip"
GIVEN = "aws:ec2/eipAssociation:EipAssociation"
LAUNCH = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
SNAPSHOTS = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
IMAGES = "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
TOKENS = {"httpTokens": "required"}
ENCRYPTED = {"encrypted": True}
KEY = "AKIA" + "ABCDEFGHIJKLMNOP"
STRONG: dict[str, Any] = {
    "minimumPasswordLength": 14,
    "requireLowercaseCharacters": True,
    "requireUppercaseCharacters": True,
    "requireNumbers": True,
    "requireSymbols": True,
    "passwordReusePrevention": 24,
    "maxPasswordAge": 90,
}


def passwords(**changes: Any) -> Recorded:
    return make(PASSWORDS, **{key: value for key, value in {**STRONG, **changes}.items() if value is not None})


CASES = [
    *(bad("EC2-METADATA-TOKENS", f"not said: {type_}", make(type_)) for type_ in (INSTANCE, TEMPLATE, CONFIGURATION)),
    bad("EC2-METADATA-TOKENS", "optional", make(INSTANCE, metadataOptions={"httpTokens": "optional"})),
    bad("EC2-METADATA-TOKENS", "a spot request", make(SPOT)),
    good("EC2-METADATA-TOKENS", "required", make(INSTANCE, metadataOptions=TOKENS)),
    good("EC2-METADATA-TOKENS", "required by a template", make(TEMPLATE, metadataOptions=TOKENS)),
    good("EC2-METADATA-TOKENS", "off", make(INSTANCE, metadataOptions={"httpEndpoint": "disabled"})),
    bad(
        "EC2-METADATA-TOKENS",
        "unlike the template says",
        make(INSTANCE, launchTemplate={"id": "lt-1"}, metadataOptions={"httpTokens": "optional"}),
    ),
    good("EC2-METADATA-TOKENS", "as the template says", make(INSTANCE, launchTemplate={"id": "lt-1"})),
    bad("EC2-PUBLIC-ADDRESS", "an instance", make(INSTANCE, associatePublicIpAddress=True)),
    bad(
        "EC2-PUBLIC-ADDRESS",
        "a template, as a text",
        make(TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}]),
    ),
    bad("EC2-PUBLIC-ADDRESS", "one of its own", (server := make(INSTANCE, "server")), make(ADDRESS, instance=server)),
    bad("EC2-PUBLIC-ADDRESS", "one given to it", server, make(GIVEN, instanceId=server, allocationId="eipalloc-1")),
    good("EC2-PUBLIC-ADDRESS", "a NAT gateway's", make(ADDRESS, domain="vpc")),
    good("EC2-PUBLIC-ADDRESS", "none", make(INSTANCE, associatePublicIpAddress=False)),
    good("EC2-PUBLIC-ADDRESS", "not said", make(TEMPLATE)),
    bad("EC2-ENCRYPTED-DISKS", "the root disk, by default", make(INSTANCE)),
    bad("EC2-ENCRYPTED-DISKS", "the root disk", make(INSTANCE, rootBlockDevice={"encrypted": False})),
    bad(
        "EC2-ENCRYPTED-DISKS",
        "another disk",
        make(INSTANCE, rootBlockDevice=ENCRYPTED, ebsBlockDevices=[{"deviceName": "sdb"}]),
    ),
    bad("EC2-ENCRYPTED-DISKS", "a template's", make(TEMPLATE, blockDeviceMappings=[{"ebs": {"volumeSize": 20}}])),
    bad("EC2-ENCRYPTED-DISKS", "a volume", make(VOLUME, size=20)),
    bad("EC2-ENCRYPTED-DISKS", "a spot request's", make(SPOT)),
    bad("EC2-ENCRYPTED-DISKS", "the copy of an image", make(IMAGE_COPY)),
    bad("EC2-ENCRYPTED-DISKS", "new ones, no longer", make(DEFAULT, enabled=False)),
    good("EC2-ENCRYPTED-DISKS", "the copy of an image", make(IMAGE_COPY, encrypted=True)),
    good("EC2-ENCRYPTED-DISKS", "new ones", make(DEFAULT)),
    good("EC2-ENCRYPTED-DISKS", "an instance's", make(INSTANCE, rootBlockDevice=ENCRYPTED)),
    good("EC2-ENCRYPTED-DISKS", "a template's", make(TEMPLATE, blockDeviceMappings=[{"ebs": {"encrypted": "true"}}])),
    good("EC2-ENCRYPTED-DISKS", "a volume", make(VOLUME, size=20, encrypted=True)),
    bad("EC2-NOT-PUBLIC", "an image", make(LAUNCH, imageId="ami-1", group="all")),
    bad("EC2-NOT-PUBLIC", "snapshots", make(SNAPSHOTS, state="unblocked")),
    bad("EC2-NOT-PUBLIC", "images", make(IMAGES, state="unblocked")),
    good("EC2-NOT-PUBLIC", "an account's image", make(LAUNCH, imageId="ami-1", accountId="210987654321")),
    good("EC2-NOT-PUBLIC", "blocked", make(SNAPSHOTS, state="block-all-sharing")),
    bad("EC2-SECRET-IN-USER-DATA", "plain", make(INSTANCE, userData=f"export AWS_ACCESS_KEY_ID={KEY}")),
    bad(
        "EC2-SECRET-IN-USER-DATA",
        "in base64",
        make(TEMPLATE, userData=base64.b64encode(f"KEY={KEY}".encode()).decode()),
    ),
    bad("EC2-SECRET-IN-USER-DATA", "by its name", make(INSTANCE, userData="export DB_PASSWORD='Sup3rS3cret!'\n")),
    bad(
        "EC2-SECRET-IN-USER-DATA",
        "given to a program",
        make(INSTANCE, userData="aws configure set aws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEK1\n"),
    ),
    good(
        "EC2-SECRET-IN-USER-DATA",
        "asked for by Python",
        make(INSTANCE, userData='#!/usr/bin/python3\ntoken = fetch_token()\npassword = os.environ["DB_PASSWORD"]\n'),
    ),
    good(
        "EC2-SECRET-IN-USER-DATA",
        "fetched",
        make(INSTANCE, userData="PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\nTOKEN=`cat /run/t`\n"),
    ),
    good("EC2-SECRET-IN-USER-DATA", "a script", make(INSTANCE, userData="#!/bin/sh\napt-get install -y nginx\n")),
    good("EC2-SECRET-IN-USER-DATA", "none", make(INSTANCE)),
    bad("IAM-PASSWORD-STRENGTH", "AWS's defaults", make(PASSWORDS)),
    bad("IAM-PASSWORD-STRENGTH", "short", passwords(minimumPasswordLength=8)),
    bad("IAM-PASSWORD-STRENGTH", "no symbols", passwords(requireSymbols=False)),
    bad("IAM-PASSWORD-STRENGTH", "no numbers", passwords(requireNumbers=None)),
    bad("IAM-PASSWORD-STRENGTH", "used again", passwords(passwordReusePrevention=5)),
    good("IAM-PASSWORD-STRENGTH", "strong", passwords()),
    good("IAM-PASSWORD-STRENGTH", "longer", passwords(minimumPasswordLength=20)),
    bad("IAM-PASSWORD-AGE", "for ever", passwords(maxPasswordAge=None)),
    bad("IAM-PASSWORD-AGE", "a year", passwords(maxPasswordAge=365)),
    good("IAM-PASSWORD-AGE", "90 days", passwords()),
    good("IAM-PASSWORD-AGE", "a month", passwords(maxPasswordAge=30)),
]
