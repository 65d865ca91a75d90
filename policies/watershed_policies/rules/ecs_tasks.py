"""ECS tasks: they share nothing with their host, mount volumes over TLS, and have a role of their own."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ..containers import SERVICE, TASK
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource, Stack
    from ..settings import Settings

HOST_PATHS = (
    *("/", "/etc", "/root", "/proc", "/sys", "/boot", "/dev", "/var/run", "/run", "/home", "/usr", "/var", "/var/lib"),
    *("/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet", "/var/lib/ecs"),
)
SYSTEM_FOLDERS = ("/proc/", "/sys/", "/etc/", "/dev/", "/var/lib/docker/")

HOST_NAMESPACE = Rule(
    id="ECS-HOST-NAMESPACE",
    title="Tasks share no processes, memory or network with their host",
    severity=Severity.HIGH,
    why="A task in its host's namespaces sees, stops and listens to every other task there.",
    frameworks=("FSBP ECS.1", "FSBP ECS.3", "FSBP ECS.17", "NIST 800-53 SC-7"),
    peers=("Checkov CKV_AWS_335", "cdk-nag ECSTaskDefinitionUserForHostMode"),
)
HOST_PATH = Rule(
    id="ECS-HOST-PATH",
    title="Tasks do not mount their host's own folders",
    severity=Severity.HIGH,
    why="With the Docker socket, or the host's system folders, a container does what it likes on its host.",
    frameworks=("NIST 800-53 AC-6",),
)
TRANSIT = Rule(
    id="ECS-VOLUME-TLS",
    title="EFS volumes are mounted over TLS",
    severity=Severity.HIGH,
    why="Without it, files cross the network in the clear.",
    frameworks=("FSBP ECS.18", "NIST 800-53 SC-8", "PCI DSS 4.2.1"),
    peers=("Checkov CKV_AWS_97", "Trivy AWS-0035"),
)
VOLUME_ENCRYPTED = Rule(
    id="ECS-VOLUME-ENCRYPTED",
    title="EBS volumes of tasks are encrypted",
    severity=Severity.HIGH,
    why="ECS makes a plain volume for each task unless told otherwise, and a snapshot of it can be shared.",
    frameworks=("FSBP EC2.3", "NIST 800-53 SC-28", "PCI DSS 3.5.1"),
)
SEPARATE_ROLES = Rule(
    id="ECS-SEPARATE-ROLES",
    title="The task's role is not the execution role",
    severity=Severity.HIGH,
    why="The execution role reads every secret of the task for ECS: the program should have only what it asks for.",
    frameworks=("NIST 800-53 AC-6",),
    peers=("Checkov CKV_AWS_249",),
)


@HOST_NAMESPACE.on(TASK)
def shares_nothing_with_host(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the host's namespaces."""
    for property_name, argument, what, better in (
        ("pidMode", "pid_mode", "processes", 'pid_mode="task", or none'),
        ("ipcMode", "ipc_mode", "shared memory", 'ipc_mode="task", or none'),
        ("networkMode", "network_mode", "network", 'network_mode="awsvpc"'),
    ):
        if not task.properties.is_unknown(property_name) and task.properties.get(property_name) == "host":
            yield Finding(f'has its host\'s {what} ({argument}="host")', better)


@HOST_PATH.on(TASK)
def mounts_no_host_folder(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the Docker socket and the host's system folders."""
    for volume in task.properties.each("volumes"):
        path = volume.get("hostPath")
        if isinstance(path, str) and path and _is_of_host(path):
            yield Finding(f"mounts its host's {path}", "a volume without host_path, or an efs_volume_configuration")


@TRANSIT.on(TASK)
def volumes_use_tls(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an EFS volume without TLS, which is the default."""
    for volume in task.properties.each("volumes"):
        if volume.is_set("efsVolumeConfiguration") and (
            volume.get("efsVolumeConfiguration", "transitEncryption") != "ENABLED"
        ):
            yield Finding(
                f"mounts the EFS volume {volume.get('name')} without TLS",
                'efs_volume_configuration={..., "transit_encryption": "ENABLED"}',
            )


@VOLUME_ENCRYPTED.on(SERVICE)
def volumes_are_encrypted(service: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a plain EBS volume, which is the default."""
    if not service.properties.is_set("volumeConfiguration", "managedEbsVolume"):
        return
    if not service.properties.is_true("volumeConfiguration", "managedEbsVolume", "encrypted"):
        yield Finding(
            "gives its tasks plain EBS volumes",
            'volume_configuration={..., "managed_ebs_volume": {..., "encrypted": True, "kms_key_id": key.arn}}',
        )


@SEPARATE_ROLES.on(TASK)
def roles_differ(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse one role for both."""
    roles = [task.properties.get(name) for name in ("taskRoleArn", "executionRoleArn")]
    if all(roles) and _role_name(roles[0]) == _role_name(roles[1]):
        yield _one_role()


@SEPARATE_ROLES.across(TASK)
def roles_differ_at_preview(task: Resource, _: Stack) -> Iterator[Finding]:
    """Tell by what the properties refer to, while ARNs are not known."""
    if not (task.properties.is_unknown("taskRoleArn") and task.properties.is_unknown("executionRoleArn")):
        return
    own, execution = (set(task.dependencies.get(name, ())) for name in ("taskRoleArn", "executionRoleArn"))
    if own and own == execution:
        yield _one_role()


def _is_of_host(path: str) -> bool:
    clean = posixpath.normpath(path)
    return clean in HOST_PATHS or clean.endswith(".sock") or clean.startswith(SYSTEM_FOLDERS)


def _role_name(role: object) -> str:
    return str(role).rsplit("/", 1)[-1]


def _one_role() -> Finding:
    return Finding(
        "gives the program the role with which ECS starts it",
        "task_role_arn=task_role.arn, execution_role_arn=execution_role.arn: two roles",
    )
