"""EC2 instances, templates and disks: token-only metadata, no public address, encryption, no secrets at start."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..secret_text import script_holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

INSTANCE = aws("ec2", "Instance")
TEMPLATE = aws("ec2", "LaunchTemplate")
CONFIGURATION = aws("ec2", "LaunchConfiguration")
# A spot request takes what an instance takes.
INSTANCES = (INSTANCE, aws("ec2", "SpotInstanceRequest"))
LAUNCHED = (*INSTANCES, TEMPLATE, CONFIGURATION)
VOLUME = aws("ebs", "Volume")
DEVICES = ("rootBlockDevice", "ebsBlockDevices")

TOKENS = Rule(
    id="EC2-METADATA-TOKENS",
    title="The instance metadata service answers to tokens only (IMDSv2)",
    severity=Severity.HIGH,
    why="Without tokens, one forged request inside the machine hands out the credentials of its role.",
    frameworks=("FSBP EC2.8", "FSBP AutoScaling.3", "CIS AWS 5.6", "NIST 800-53 AC-3"),
    peers=("Checkov CKV_AWS_79", "Trivy AWS-0028", "Trivy AWS-0130"),
)
PUBLIC_ADDRESS = Rule(
    id="EC2-PUBLIC-ADDRESS",
    title="Instances have no public address",
    severity=Severity.HIGH,
    why="A load balancer or Session Manager reaches an instance without the internet reaching it.",
    frameworks=("FSBP EC2.9", "FSBP EC2.25", "FSBP AutoScaling.5", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_88", "Trivy AWS-0009"),
)
ENCRYPTED_DISKS = Rule(
    id="EC2-ENCRYPTED-DISKS",
    title="Disks are encrypted",
    severity=Severity.HIGH,
    why="A snapshot of a plain disk can be read by whoever it is shared with.",
    frameworks=("FSBP EC2.3", "FSBP EC2.7", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_3", "Checkov CKV_AWS_8", "Trivy AWS-0008", "Trivy AWS-0026", "Trivy AWS-0131"),
)
NOT_PUBLIC = Rule(
    id="EC2-NOT-PUBLIC",
    title="Images and snapshots are not for everyone",
    severity=Severity.HIGH,
    why="An image or a snapshot is a whole disk: programs, data and forgotten keys.",
    frameworks=("FSBP EC2.1", "FSBP EC2.182", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
)
USER_DATA = Rule(
    id="EC2-SECRET-IN-USER-DATA",
    title="Secrets are not in user data",
    severity=Severity.CRITICAL,
    why="Everything on the machine, and whoever may describe it, can read its user data.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
    peers=("Checkov CKV_AWS_46", "Trivy AWS-0029", "Trivy AWS-0129"),
)


@TOKENS.on(*LAUNCHED)
def metadata_needs_tokens(launched: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse optional tokens; an instance has its template's options, unless it has its own."""
    from_template = launched.type in INSTANCES and launched.properties.is_set("launchTemplate")
    if from_template and not launched.properties.is_set("metadataOptions"):
        return
    options = launched.properties.section("metadataOptions")
    if options.is_unknown() or options.get("httpEndpoint") == "disabled":
        return
    if options.get("httpTokens") != "required":
        yield Finding("hands out credentials without a token (IMDSv1)", 'metadata_options={"http_tokens": "required"}')


@PUBLIC_ADDRESS.on(*LAUNCHED)
def has_no_public_address(launched: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a public address, of the machine or of its interfaces."""
    properties = launched.properties
    interfaces = [] if properties.is_unknown("networkInterfaces") else properties.each("networkInterfaces")
    if any(holder.is_true("associatePublicIpAddress") for holder in (properties, *interfaces)):
        yield Finding("has a public address", "associate_public_ip_address=False, in a private subnet")


@PUBLIC_ADDRESS.on(aws("ec2", "Eip"), aws("ec2", "EipAssociation"))
def gets_no_public_address(address: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to give an instance a public address; NAT gateways and load balancers may have one."""
    if address.properties.is_set("instance") or address.properties.is_set("instanceId"):
        yield Finding("gives an instance a public address", "a load balancer, a NAT gateway or Session Manager")


@ENCRYPTED_DISKS.on(*INSTANCES, CONFIGURATION)
def disks_are_encrypted(launched: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain disks; the root disk is plain where nothing is said, unless a template or snapshot says so."""
    properties = launched.properties
    if not properties.is_set("rootBlockDevice") and not properties.is_set("launchTemplate"):
        yield Finding(
            "has a root disk without encryption", 'root_block_device={"encrypted": True, "kms_key_id": key.arn}'
        )
    for name in DEVICES:
        for device in properties.each(name):
            from_snapshot = device.is_set("snapshotId")
            if not device.is_unknown("encrypted") and not device.is_true("encrypted") and not from_snapshot:
                yield Finding(f"has a disk without encryption ({name})", 'add "encrypted": True to the disk')


@ENCRYPTED_DISKS.on(TEMPLATE)
def template_disks_are_encrypted(template: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse plain disks in a template."""
    for mapping in template.properties.each("blockDeviceMappings"):
        disk = mapping.section("ebs")
        if mapping.is_set("ebs") and not disk.is_unknown("encrypted") and not disk.is_true("encrypted"):
            yield Finding("has a disk without encryption", 'add "encrypted": "true" to ebs')


@ENCRYPTED_DISKS.on(VOLUME)
def volume_is_encrypted(volume: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a plain volume."""
    if not volume.properties.is_unknown("encrypted") and not volume.properties.is_true("encrypted"):
        yield Finding("is not encrypted", "encrypted=True, kms_key_id=key.arn")


@ENCRYPTED_DISKS.on(aws("ec2", "AmiCopy"), aws("ebs", "SnapshotCopy"))
def copy_is_encrypted(copy: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a copy that is left plain: copying is the moment to encrypt."""
    if not copy.properties.is_unknown("encrypted") and not copy.properties.is_true("encrypted"):
        yield Finding("is a copy without encryption", "encrypted=True, kms_key_id=key.arn")


@ENCRYPTED_DISKS.on(aws("ebs", "EncryptionByDefault"))
def new_disks_are_encrypted(default: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what encrypts new disks; not given, the resource switches it on."""
    if default.properties.is_false("enabled"):
        yield Finding("leaves new disks of the account without encryption", "enabled=True")


@NOT_PUBLIC.on(aws("ec2", "AmiLaunchPermission"))
def image_is_for_somebody(permission: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to let every account start an image."""
    if permission.properties.get("group") == "all":
        yield Finding("lets every AWS account use the image", 'account_id="123456789012", instead of group="all"')


@NOT_PUBLIC.on(aws("ebs", "SnapshotBlockPublicAccess"), aws("ec2", "ImageBlockPublicAccess"))
def publishing_is_blocked(block: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to take the account's block away."""
    if block.properties.get("state") == "unblocked":
        better = "block-all-sharing" if block.kind == "SnapshotBlockPublicAccess" else "block-new-sharing"
        yield Finding("lets the account publish what should stay its own", f'state="{better}"')


@USER_DATA.on(*LAUNCHED)
def user_data_holds_no_secret(launched: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, plain or in base64; the message never shows it."""
    for name in ("userData", "userDataBase64"):
        if launched.properties.is_unknown(name):
            continue
        given = launched.properties.get(name)
        if isinstance(given, str) and any(script_holds_secret(text) for text in (given, _decoded(given))):
            yield Finding(
                f"has what looks like a secret in {name}",
                "keep it in an aws.secretsmanager.Secret, and let the instance's role read it at start",
            )


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
