"""CloudTrail: the log of the account can be trusted, and is encrypted with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

TRAIL = aws("cloudtrail", "Trail")

VALIDATED = Rule(
    id="CLOUDTRAIL-VALIDATION",
    title="Trails sign their log files",
    severity=Severity.MEDIUM,
    why="Without signatures nobody can show that an intruder did not rewrite the log.",
    frameworks=("FSBP CloudTrail.4", "NIST 800-53 AU-9", "PCI DSS 10.3.4"),
    peers=("Checkov CKV_AWS_36", "Trivy AWS-0016"),
)
CUSTOMER_KEY = Rule(
    id="CLOUDTRAIL-CUSTOMER-KEY",
    title="Trails encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Who may read the bucket reads the whole log otherwise; a key of ours has a policy of its own.",
    frameworks=("FSBP CloudTrail.2", "NIST 800-53 SC-28", "PCI DSS 10.3.2"),
    peers=("Checkov CKV_AWS_35", "Trivy AWS-0015"),
)


@VALIDATED.on(TRAIL)
def trail_signs(trail: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse log files without signatures, which are the default."""
    if not trail.properties.is_true("enableLogFileValidation"):
        yield Finding("does not sign its log files", "enable_log_file_validation=True")


@CUSTOMER_KEY.on(TRAIL)
def trail_has_our_key(trail: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse S3's key, which is the default."""
    if not trail.properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_id=key.arn")
