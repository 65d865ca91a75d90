"""Snapshots of databases are not for everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

SNAPSHOTS = (
    aws("rds", "Snapshot"),
    aws("rds", "ClusterSnapshot"),
    aws("rds", "SnapshotCopy"),
    aws("rds", "ClusterSnapshotCopy"),
)

NOT_SHARED = Rule(
    id="STORES-SNAPSHOT-NOT-PUBLIC",
    title="Snapshots of databases are not shared with everyone",
    severity=Severity.CRITICAL,
    why="A snapshot is the whole database: whoever it is shared with restores it and reads it at leisure.",
    frameworks=("FSBP RDS.1", "NIST 800-53 AC-3", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_302",),
)


@NOT_SHARED.on(*SNAPSHOTS)
def snapshot_is_for_somebody(snapshot: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to share with all accounts."""
    if "all" in snapshot.properties.texts("sharedAccounts"):
        yield Finding("is shared with every AWS account", 'shared_accounts=["123456789012"]')
