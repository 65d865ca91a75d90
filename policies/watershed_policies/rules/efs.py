"""EFS: access points show a directory, not everything, and files are backed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity
from .stores import FILES
from .stores_keeping import SELECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

ACCESS_POINT = aws("efs", "AccessPoint")
BACKUP_POLICY = aws("efs", "BackupPolicy")

DIRECTORY = Rule(
    id="EFS-ACCESS-POINT-DIRECTORY",
    title="Access points show a directory of their own",
    severity=Severity.MEDIUM,
    why="Through an access point at the root, one application reads and changes the files of all others.",
    frameworks=("FSBP EFS.3", "NIST 800-53 AC-6"),
    peers=("Checkov CKV_AWS_329",),
)
BACKED_UP = Rule(
    id="EFS-BACKED-UP",
    title="File systems are backed up",
    severity=Severity.MEDIUM,
    why="Files have no versions: what is overwritten is gone. Files that can be made again need no backup, hence "
    "strict.",
    frameworks=("FSBP EFS.2", "NIST 800-53 CP-9"),
    profile=Profile.STRICT,
)


@DIRECTORY.on(ACCESS_POINT)
def access_point_has_a_directory(point: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the root, which is the default."""
    root = point.properties.section("rootDirectory")
    if not root.is_unknown() and root.get("path") in (None, "", "/"):
        yield Finding(
            "shows the whole file system",
            'root_directory={"path": "/orders", "creation_info": {"owner_uid": 1000, "owner_gid": 1000, '
            '"permissions": "750"}}',
        )


@BACKED_UP.across(FILES)
def files_are_backed_up(files: Resource, stack: Stack) -> Iterator[Finding]:
    """Ask for a backup policy that is on; files in one availability zone have one without being asked."""
    if files.properties.is_set("availabilityZoneName") or stack.of_type(SELECTION):
        return
    policies = stack.naming(files, "fileSystemId", BACKUP_POLICY)
    if all(policy.properties.get("backupPolicy", "status") == "DISABLED" for policy in policies):
        yield Finding(
            "is not backed up",
            'aws.efs.BackupPolicy("...", file_system_id=files.id, backup_policy={"status": "ENABLED"})',
        )
