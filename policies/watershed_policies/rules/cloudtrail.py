"""CloudTrail: the log of the account is written, of all regions, can be trusted, and is encrypted with our key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

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
LOGGING = Rule(
    id="CLOUDTRAIL-LOGGING",
    title="Trails log",
    severity=Severity.HIGH,
    why="A trail that is stopped looks like one and writes nothing.",
    frameworks=("NIST 800-53 AU-12", "PCI DSS 10.2.1"),
    peers=("Checkov CKV_AWS_251",),
)
ALL_REGIONS = Rule(
    id="CLOUDTRAIL-ALL-REGIONS",
    title="Trails log what happens in all regions",
    severity=Severity.MEDIUM,
    why="An intruder works where nobody looks: in a region that is not in use.",
    frameworks=("FSBP CloudTrail.1", "CIS AWS 3.1", "NIST 800-53 AU-12"),
    peers=("Checkov CKV_AWS_67", "Trivy AWS-0014"),
)
CLOUDWATCH = Rule(
    id="CLOUDTRAIL-CLOUDWATCH",
    title="Trails write to CloudWatch Logs",
    severity=Severity.LOW,
    why="Metrics and alarms are made of a log group, not of files in a bucket. Other tools read the bucket, hence "
    "strict.",
    frameworks=("FSBP CloudTrail.5", "NIST 800-53 AU-6"),
    peers=("Checkov CKV2_AWS_10", "Trivy AWS-0162"),
    profile=Profile.STRICT,
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


@LOGGING.on(TRAIL)
def trail_logs(trail: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    if trail.properties.is_false("enableLogging"):
        yield Finding("does not log", "enable_logging=True")


@ALL_REGIONS.on(TRAIL)
def trail_is_about_all_regions(trail: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a single region, which is the default; a trail of data only may be about where the data is."""
    properties = trail.properties
    if not properties.is_true("isMultiRegionTrail") and not _logs_data_only(properties):
        yield Finding("logs what happens in one region only", "is_multi_region_trail=True")


@CLOUDWATCH.on(TRAIL)
def trail_writes_to_cloudwatch(trail: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a log group."""
    if not trail.properties.is_set("cloudWatchLogsGroupArn"):
        yield Finding(
            "does not write to CloudWatch Logs",
            'cloud_watch_logs_group_arn=pulumi.Output.concat(log_group.arn, ":*"), cloud_watch_logs_role_arn=role.arn',
        )


def _logs_data_only(trail: Properties) -> bool:
    """Say whether events of management are left out, by selectors of either kind."""
    selectors = trail.each("eventSelectors")
    if selectors:
        return all(selector.is_false("includeManagementEvents") for selector in selectors)
    fields = [field for selector in trail.each("advancedEventSelectors") for field in selector.each("fieldSelectors")]
    categories = [text for field in fields if field.get("field") == "eventCategory" for text in field.texts("equals")]
    return bool(categories) and "Management" not in categories
