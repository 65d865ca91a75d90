"""Stores of data beside the platform's own can be had back: they are backed up, and not deleted by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .stores import CACHE, WAREHOUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

DATABASE = aws("rds", "Instance")
SINGLE_CACHE = aws("elasticache", "Cluster")
WITH_PROTECTION = (
    DATABASE,
    aws("rds", "Cluster"),
    aws("docdb", "Cluster"),
    aws("neptune", "Cluster"),
)
# AWS Backup backs up what a selection names, by ARN or by tags, which may well be a database or files.
SELECTION = aws("backup", "Selection")
# What is restored is backed up as its source is, and a replica can be made again.
SOURCES = ("snapshotIdentifier", "replicateSourceDb", "restoreToPointInTime")

BACKED_UP = Rule(
    id="STORES-BACKED-UP",
    title="Databases are backed up",
    severity=Severity.MEDIUM,
    why="What an error or an intruder deletes is gone otherwise.",
    frameworks=("FSBP RDS.11", "FSBP Redshift.3", "NIST 800-53 CP-9"),
    peers=("Checkov CKV_AWS_133", "Checkov CKV_AWS_343"),
)
CACHE_BACKED_UP = Rule(
    id="STORES-CACHE-BACKED-UP",
    title="Caches are backed up",
    severity=Severity.LOW,
    why="A cache that can be filled again needs no backup, hence strict; one that holds sessions or queues does.",
    frameworks=("FSBP ElastiCache.1", "NIST 800-53 CP-9"),
    peers=("Checkov CKV_AWS_134",),
    profile=Profile.STRICT,
)
PROTECTED = Rule(
    id="STORES-DELETION-PROTECTION",
    title="Databases are protected from deletion",
    severity=Severity.MEDIUM,
    why="One wrong command deletes a database with its automated backups. A database of tests shall be easy to delete, "
    "hence strict.",
    frameworks=("FSBP RDS.7", "FSBP RDS.8", "FSBP DocumentDB.5", "FSBP Neptune.4", "NIST 800-53 CP-9"),
    peers=("Checkov CKV_AWS_139", "Checkov CKV_AWS_293"),
    profile=Profile.STRICT,
)


@BACKED_UP.across(DATABASE)
def database_is_backed_up(database: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse a database without backups, which is pulumi-aws's default."""
    properties = database.properties
    if stack.of_type(SELECTION) or any(properties.is_set(source) for source in SOURCES):
        return
    if not properties.number("backupRetentionPeriod"):
        yield Finding("is not backed up", "backup_retention_period=7")


@BACKED_UP.on(WAREHOUSE)
def warehouse_is_backed_up(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off the snapshots that are kept for a day by default."""
    if cluster.properties.number("automatedSnapshotRetentionPeriod") == 0:
        yield Finding("is not backed up", "automated_snapshot_retention_period=7")


@CACHE_BACKED_UP.on(CACHE)
def cache_is_backed_up(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for snapshots, which are off by default; a later member of a global group cannot have any."""
    properties = cache.properties
    if not properties.is_set("globalReplicationGroupId") and not properties.number("snapshotRetentionLimit"):
        yield Finding("is not backed up", "snapshot_retention_limit=7")


@CACHE_BACKED_UP.on(SINGLE_CACHE)
def single_cache_is_backed_up(cache: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for snapshots, which Memcached does not have; a member of a group has those of the group."""
    properties = cache.properties
    if properties.is_set("replicationGroupId") or properties.get("engine") not in ("redis", "valkey"):
        return
    if not properties.number("snapshotRetentionLimit"):
        yield Finding("is not backed up", "snapshot_retention_limit=7")


@PROTECTED.on(*WITH_PROTECTION)
def database_is_protected(database: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default; a replica can be made again."""
    properties = database.properties
    if not properties.is_set("replicateSourceDb") and not properties.is_true("deletionProtection"):
        yield Finding("can be deleted by one command", "deletion_protection=True")
