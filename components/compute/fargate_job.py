"""A program in a container that runs to its end on Fargate."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Role, Statement, Tags
from ..core.deployment import current
from ..core.limits import TASK_FAMILY
from ..core.names import fixed_name
from ..observability import LogRetention, log_group
from .fargate_cluster import FargateCluster
from .fargate_container import CONTAINER, check_environment, container
from .fargate_size import check_size
from .image import Architecture, Image
from .private_network import HTTPS_ANYWHERE, Egress, SubnetIds, TaskNetwork, security_group
from .secret import Secret, SecretField

_CPU_ARCHITECTURES: Mapping[Architecture, str] = {"arm64": "ARM64", "x86_64": "X86_64"}


class FargateJob(Component, domain="compute"):
    """A container that a pipeline's stage starts on Fargate; it may do nothing until it is granted something.

    Creates: the task definition, its log group, execution role (pulls this image, writes this log, reads these
    secrets), task role, security group (nothing in, HTTPS out) and cluster, unless these two are brought.

    - `image`: from an `ImageRepository` or `ImageCache`, or the address of a public image. `command`: what it runs.
    - `entry_point`: default the image's. `user`: `uid:gid`, default 1000:1000; never root.
    - `key`: encrypts the log. `network`: a Network, or `Subnets` that exist already; tasks get no public address.
    - `cpu`: units, 256 to 16,384 (1,024 is a vCPU), default 256. `memory`: MiB, what Fargate has with it, default 512.
    - `architecture`: arm64 (default) or x86_64, as the image was built.
    - `temporary`: MiB of memory that /tmp may take, default half of it; nothing else can be written to.
    - `disk`: GiB, 21 to 200: /tmp is then on the task's disk, and the image must say `VOLUME /tmp`.
    - `spot`: run on Spot first; a stage reruns what was interrupted on Fargate. Default no.
    - `environment`: variables, never secrets. `secrets`: variables that ECS fills in, each from a Secret or a field.
    - `stop_timeout`: seconds from SIGTERM to SIGKILL, 2 to 120, default 120, as long as Spot waits.
    - `egress`: what it may connect to; default HTTPS anywhere. `security_group_id`: a group of yours instead.
    - `log_retention_days`: default 30. `cluster`: shared with other jobs; default its own.

    Outputs: `task_definition_arn` (with its revision), `cluster_arn`; attributes `family`, `role`, `execution_role`,
    `log_group`, `subnets`, `security_group_id`. Errors: ValueError for a size that Fargate lacks, a secret in the
    environment, egress beside a group. Source: Amazon ECS Developer Guide, "Best practices for Fargate security".
    """

    container: str = CONTAINER

    def __init__(
        self,
        name: str,
        *,
        image: Image | str,
        command: Sequence[str],
        key: EncryptionKey,
        network: TaskNetwork,
        entry_point: Sequence[str] | None = None,
        user: str = "1000:1000",
        cpu: int = 256,
        memory: int = 512,
        architecture: Architecture = "arm64",
        temporary: int | None = None,
        disk: int | None = None,
        spot: bool = False,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        secrets: Mapping[str, Secret | SecretField] | None = None,
        stop_timeout: int = 120,
        egress: Sequence[Egress] | None = None,
        security_group_id: pulumi.Input[str] | None = None,
        log_retention_days: LogRetention = 30,
        cluster: FargateCluster | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        check_size(name, cpu=cpu, memory=memory, disk=disk, stop_timeout=stop_timeout)
        check_environment(name, environment or {}, secrets or {})
        _check(name, user=user, memory=memory, temporary=temporary, disk=disk)
        self.command = tuple(command)
        self.spot = spot
        self.image = image if isinstance(image, Image) else Image(image)
        self.subnets: SubnetIds = network.private_subnet_ids
        self.family = fixed_name(name, limit=TASK_FAMILY)
        self.cluster = cluster or FargateCluster(self._child("cluster"), tags=self.tags, opts=self._options())
        self.cluster_arn: pulumi.Output[str] = self.cluster.arn
        self.log_group = log_group(
            self._child("logs"), key=key, retention_days=log_retention_days, tags=self._tags(), opts=self._options()
        )
        self.role = self._role("role", f"What job {name} may do")
        self.execution_role = self._role("execution-role", f"What ECS needs to start job {name}")
        self._allow_start(secrets or {})
        self.security_group_id = self._group(network, egress, security_group_id)
        definition = container(
            image=self.image.uri,
            entry_point=entry_point,
            command=command,
            user=user,
            environment=environment or {},
            secrets=secrets or {},
            log_group=self.log_group.name,
            temporary=None if disk else temporary or memory // 2,
            stop_timeout=stop_timeout,
        )
        self.resource = aws.ecs.TaskDefinition(
            self._child("task"),
            family=self.family,
            container_definitions=pulumi.Output.json_dumps([definition]),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(cpu),
            memory=str(memory),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture=_CPU_ARCHITECTURES[architecture], operating_system_family="LINUX"
            ),
            ephemeral_storage=aws.ecs.TaskDefinitionEphemeralStorageArgs(size_in_gib=disk) if disk else None,
            volumes=[aws.ecs.TaskDefinitionVolumeArgs(name="tmp")] if disk else None,
            execution_role_arn=self.execution_role.arn,
            task_role_arn=self.role.arn,
            # A run in progress, or one that is redriven, finds the revision it was started with; they cost nothing.
            skip_destroy=True,
            tags=self._tags(),
            opts=self._options(depends_on=self.execution_role.granted),
        )
        self.task_definition_arn: pulumi.Output[str] = self.resource.arn
        self.register_outputs({"task_definition_arn": self.task_definition_arn, "cluster_arn": self.cluster_arn})

    def _role(self, role: str, description: str) -> Role:
        """Return a role for tasks of this account; Amazon ECS Developer Guide, "Task IAM role"."""
        return Role(
            self._child(role),
            service="ecs-tasks.amazonaws.com",
            source_arn=current().arn("ecs", "*"),
            description=description,
            tags=self.tags,
            opts=self._options(),
        )

    def _allow_start(self, secrets: Mapping[str, Secret | SecretField]) -> None:
        """Let ECS pull the image, write the log and read the secrets: "Amazon ECS task execution IAM role"."""
        logs = Statement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[pulumi.Output.concat(self.log_group.arn, ":*")],
        )
        self.execution_role.allow("start", [logs, *self.image.pull])
        used = {one.name: one for one in (_whole(secret) for secret in secrets.values())}
        for secret in used.values():
            secret.grant_read(self.execution_role)

    def _group(
        self, network: TaskNetwork, egress: Sequence[Egress] | None, brought: pulumi.Input[str] | None
    ) -> pulumi.Output[str]:
        if brought is not None:
            if egress is not None:
                raise ValueError(f"job {self.name}: give either egress or security_group_id; a group has its own rules")
            return pulumi.Output.from_input(brought)
        made = security_group(
            self._child("group"),
            purpose=f"What tasks of {self.name} may reach",
            network=network,
            egress=HTTPS_ANYWHERE if egress is None else egress,
            tags=self._tags(),
            opts=self._options(),
        )
        return pulumi.Output.from_input(made.id)


def _whole(secret: Secret | SecretField) -> Secret:
    return secret.secret if isinstance(secret, SecretField) else secret


def _check(job: str, *, user: str, memory: int, temporary: int | None, disk: int | None) -> None:
    if user.partition(":")[0] in ("", "0", "root"):
        raise ValueError(f"job {job}: user {user!r} is root: choose a number from 1 on, for example 1000:1000")
    if disk is not None and temporary is not None:
        raise ValueError(f"job {job}: /tmp is either in memory (temporary) or on disk (disk): give one")
    if temporary is not None and not 1 <= temporary < memory:
        raise ValueError(f"job {job}: temporary={temporary} MiB of /tmp must fit into memory={memory}")
