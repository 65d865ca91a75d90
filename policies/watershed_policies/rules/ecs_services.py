"""ECS services and what else starts tasks: not public, up to date, and kept running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..containers import RUNNERS, SERVICE
from ..embedded import UnreadableError, is_on
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..state_machines import STATE_MACHINE, states, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

# The latest of Linux and of Windows: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
LATEST_PLATFORMS = ("LATEST", "1.4.0", "1.0.0")

PUBLIC_IP = Rule(
    id="ECS-PUBLIC-IP",
    title="Tasks have no public address",
    severity=Severity.HIGH,
    why="A task with a public address is one wrong security group away from the internet.",
    frameworks=("FSBP ECS.2", "FSBP ECS.16", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("Checkov CKV_AWS_333",),
)
PLATFORM = Rule(
    id="ECS-PLATFORM-VERSION",
    title="Fargate runs its latest platform",
    severity=Severity.MEDIUM,
    why="Older platform versions get no new kernels and no security fixes.",
    frameworks=("FSBP ECS.10", "NIST 800-53 SI-2", "PCI DSS 6.3.3"),
    peers=("Checkov CKV_AWS_332",),
)
PLATFORM_FOLLOWS = Rule(
    id="ECS-PLATFORM-LATEST",
    title="Fargate's platform is not pinned",
    severity=Severity.LOW,
    why="Who names today's latest platform stays on it when AWS brings the next one. Until then it is the latest.",
    frameworks=("FSBP ECS.10", "NIST 800-53 SI-2"),
    peers=("Checkov CKV_AWS_332",),
    profile=Profile.STRICT,
)
TERMINATION_PROTECTION = Rule(
    id="ECS-TERMINATION-PROTECTION",
    title="Machines that run tasks are not taken away",
    severity=Severity.MEDIUM,
    why="The Auto Scaling group otherwise ends a machine with the tasks on it when it scales in.",
    frameworks=("FSBP ECS.19", "NIST 800-53 SC-5"),
)
CIRCUIT_BREAKER = Rule(
    id="ECS-CIRCUIT-BREAKER",
    title="Deployments that fail are rolled back",
    severity=Severity.LOW,
    why="ECS otherwise starts tasks that fail for ever.",
    profile=Profile.STRICT,
)


@PUBLIC_IP.on(*RUNNERS)
def has_no_public_address(runner: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse public addresses, whatever starts the task; a pipe says so as ECS's own API does."""
    network = runner.properties.section(*RUNNERS[runner.type], "networkConfiguration")
    if is_on(network.get("assignPublicIp")) or network.get("awsVpcConfiguration", "assignPublicIp") == "ENABLED":
        yield Finding(
            "gives its tasks public addresses",
            'network_configuration={..., "assign_public_ip": False}, in private subnets',
        )


@PUBLIC_IP.on(STATE_MACHINE)
def starts_tasks_without_public_address(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse public addresses of the tasks that a state machine starts."""
    try:
        found = [name for name, state in states(machine) if ("AssignPublicIp", "ENABLED") in texts(state)]
    except UnreadableError:
        # SFN-TASK-TIMEOUT says so.
        return
    if found:
        yield Finding(f"gives the tasks of {', '.join(found)} public addresses", '"AssignPublicIp": "DISABLED"')


@PLATFORM.on(*RUNNERS)
def platform_is_latest(runner: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse an old platform; without one it is the latest."""
    version = runner.properties.get(*RUNNERS[runner.type], "platformVersion")
    if version and version not in LATEST_PLATFORMS:
        yield Finding(f"runs on Fargate's platform {version}", 'platform_version="LATEST", or none')


@PLATFORM_FOLLOWS.on(*RUNNERS)
def platform_is_not_pinned(runner: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the number of a platform."""
    version = runner.properties.get(*RUNNERS[runner.type], "platformVersion")
    if version and version != "LATEST":
        yield Finding(f"stays on Fargate's platform {version}", 'platform_version="LATEST", or none')


@TERMINATION_PROTECTION.on(aws("ecs", "CapacityProvider"))
def machines_are_protected(provider: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a provider whose group may end machines with tasks; only managed scaling makes the protection work."""
    if not provider.properties.is_set("autoScalingGroupProvider"):
        return
    group = provider.properties.section("autoScalingGroupProvider")
    is_scaled = group.get("managedScaling", "status") == "ENABLED"
    if group.get("managedTerminationProtection") != "ENABLED" or not is_scaled:
        yield Finding(
            "lets the Auto Scaling group end machines that run tasks",
            'auto_scaling_group_provider={..., "managed_scaling": {"status": "ENABLED"}, '
            '"managed_termination_protection": "ENABLED"}',
        )


@CIRCUIT_BREAKER.on(SERVICE)
def rolls_back(service: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a service that keeps on starting what fails; CodeDeploy and task sets roll back by themselves."""
    if service.properties.get("deploymentController", "type") in ("CODE_DEPLOY", "EXTERNAL"):
        return
    breaker = service.properties.section("deploymentCircuitBreaker")
    if not (is_on(breaker.get("enable")) and is_on(breaker.get("rollback"))):
        yield Finding("does not roll back what fails", 'deployment_circuit_breaker={"enable": True, "rollback": True}')
