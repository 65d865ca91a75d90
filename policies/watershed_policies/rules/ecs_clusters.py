"""ECS clusters: observed, and sessions in their containers leave a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..containers import CLUSTER, RUNNERS
from ..embedded import is_on
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

INSIGHTS_ON = ("enabled", "enhanced")

INSIGHTS = Rule(
    id="ECS-CONTAINER-INSIGHTS",
    title="Clusters have Container Insights",
    severity=Severity.MEDIUM,
    why="Without it there are no metrics of tasks and containers: nobody sees them fail, restart or run out of memory.",
    frameworks=("FSBP ECS.12", "NIST 800-53 AU-6"),
    peers=("cdk-nag ECS4", "Checkov CKV_AWS_65", "Trivy AWS-0034"),
)
EXEC_LOGGING = Rule(
    id="ECS-EXEC-LOGGING",
    title="Sessions in containers are logged",
    severity=Severity.HIGH,
    why="Whoever opens a shell in a container would leave no trace.",
    frameworks=("NIST 800-53 AU-2", "PCI DSS 10.2.1"),
    peers=("Checkov CKV_AWS_223",),
)
EXEC_KEY = Rule(
    id="ECS-EXEC-CUSTOMER-KEY",
    title="Sessions in containers are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="What is typed and shown in a session holds data and secrets, on the way and in its log.",
    frameworks=("NIST 800-53 SC-8", "NIST 800-53 SC-28"),
    peers=("Checkov CKV_AWS_224",),
)
STORAGE_KEY = Rule(
    id="ECS-STORAGE-CUSTOMER-KEY",
    title="Fargate's disks are encrypted with a customer-managed key",
    severity=Severity.LOW,
    why="Fargate encrypts them anyway; only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
    profile=Profile.STRICT,
)
EXEC_OFF = Rule(
    id="ECS-EXEC-OFF",
    title="Nobody opens a shell in a container",
    severity=Severity.LOW,
    why="Whoever may run ecs:ExecuteCommand has the task's role.",
    profile=Profile.STRICT,
)


@INSIGHTS.on(CLUSTER)
def has_insights(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a cluster without metrics, which is the default of an account."""
    settings = cluster.properties.each("settings")
    if not any(
        setting.get("name") == "containerInsights" and str(setting.get("value")).lower() in INSIGHTS_ON
        for setting in settings
    ):
        yield Finding("has no Container Insights", 'settings=[{"name": "containerInsights", "value": "enhanced"}]')


@EXEC_LOGGING.on(CLUSTER)
def sessions_are_logged(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse NONE, and OVERRIDE without a place; without either ECS uses the task's own log."""
    execute = cluster.properties.section("configuration").section("executeCommandConfiguration")
    logging = execute.get("logging")
    place = execute.section("logConfiguration")
    has_place = place.is_set("cloudWatchLogGroupName") or place.is_set("s3BucketName")
    if logging == "NONE" or (logging == "OVERRIDE" and not has_place):
        yield Finding(
            "does not log sessions in its containers",
            'configuration={"execute_command_configuration": {"logging": "OVERRIDE", "kms_key_id": key.arn, '
            '"log_configuration": {"cloud_watch_encryption_enabled": True, '
            '"cloud_watch_log_group_name": log_group.name}}}',
        )


@EXEC_KEY.on(CLUSTER)
def sessions_are_encrypted(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse sessions that are set up without a key, or whose log is not encrypted."""
    if not cluster.properties.is_set("configuration", "executeCommandConfiguration"):
        return
    execute = cluster.properties.section("configuration").section("executeCommandConfiguration")
    if not execute.has_customer_key("kmsKeyId"):
        yield Finding(
            "has sessions that no customer-managed key encrypts",
            'configuration={"execute_command_configuration": {..., "kms_key_id": key.arn}}',
        )
    place = execute.section("logConfiguration")
    for name, switch in (
        ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
        ("s3BucketName", "s3BucketEncryptionEnabled"),
    ):
        if (place.is_set(name) or place.is_false(switch)) and not is_on(place.get(switch)):
            yield Finding(
                "logs sessions to a place that need not be encrypted",
                '"log_configuration": {..., "cloud_watch_encryption_enabled": True} '
                '(or "s3_bucket_encryption_enabled": True)',
            )


@STORAGE_KEY.on(CLUSTER)
def disks_are_encrypted(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's key for Fargate's disks."""
    storage = cluster.properties.section("configuration").section("managedStorageConfiguration")
    if not storage.has_customer_key("fargateEphemeralStorageKmsKeyId"):
        yield Finding(
            "has disks that AWS's key encrypts",
            'configuration={"managed_storage_configuration": '
            '{"fargate_ephemeral_storage_kms_key_id": key.arn, "kms_key_id": key.arn}}',
        )


@INSIGHTS.on(aws("ecs", "AccountSettingDefault"))
def insights_are_not_switched_off(setting: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an account whose clusters have no metrics."""
    if setting.properties.get("name") == "containerInsights" and setting.properties.get("value") not in INSIGHTS_ON:
        yield Finding("switches Container Insights off for all clusters to come", 'value="enhanced"')


@EXEC_OFF.on(*RUNNERS)
def has_no_shell(runner: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse ECS Exec."""
    if is_on(runner.properties.get(*RUNNERS[runner.type], "enableExecuteCommand")):
        yield Finding("lets people open a shell in its containers", "enable_execute_command=False")
