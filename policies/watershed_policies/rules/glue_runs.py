"""Glue: where jobs write their logs, and from where connections reach a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rule import Finding, Profile, Rule, Severity
from .glue_jobs import CONNECTION, JOB
from .logs import LOG_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource, Stack
    from ..settings import Settings

# The whole name of a group, before Glue 5.0; the beginning of the names of two, since.
# https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
ONE_GROUP = "--continuous-log-logGroup"
TWO_GROUPS = "--custom-logGroup-prefix"
ENDINGS = ("error", "output")
# Those that connect to an address in a network; the others call a service's API.
INTO_NETWORKS = ("JDBC", "KAFKA", "MONGODB", "NETWORK")
FIX_NETWORK = (
    'physical_connection_requirements={"subnet_id": private_subnet.id, "security_group_id_lists": [group.id], ...}'
)

LOG_GROUP_OWNED = Rule(
    id="GLUE-LOG-GROUP",
    title="Jobs write to log groups of the stack",
    severity=Severity.LOW,
    why="The groups that Glue makes by itself never expire, and are shared by all jobs that say nothing.",
    frameworks=("NIST 800-53 AU-11",),
    profile=Profile.STRICT,
)
CONNECTION_NETWORK = Rule(
    id="GLUE-CONNECTION-NETWORK",
    title="Connections to databases start in a subnet and a security group of ours",
    severity=Severity.MEDIUM,
    why="Without a subnet Glue connects from its own network, so that the database must be open to the internet. One "
    "that is a service outside has no other way, hence strict.",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    profile=Profile.STRICT,
)


@LOG_GROUP_OWNED.across(JOB)
def job_has_log_groups(job: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the groups which the job's arguments name are in the stack."""
    expected = _expected(job)
    groups = stack.of_type(LOG_GROUP)
    if any(group.properties.is_unknown("name") for group in groups):
        return
    named = {name for group in groups for name in group.identities()}
    missing = sorted(set(expected) - named)
    if missing or not expected:
        yield Finding(
            f"logs to {' and '.join(missing) or 'groups that all jobs share'}, which Glue makes by itself",
            f'default_arguments={{..., "{TWO_GROUPS}": "/shop/orders"}}, and an aws.cloudwatch.LogGroup each with the '
            f"names {' and '.join(f'/shop/orders/{ending}' for ending in ENDINGS)}",
        )


@CONNECTION_NETWORK.on(CONNECTION)
def connects_from_our_network(connection: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a connection without a subnet, or without a security group."""
    properties = connection.properties
    if str(properties.get("connectionType") or "JDBC").upper() not in INTO_NETWORKS:
        return
    if not properties.is_set("physicalConnectionRequirements", "subnetId"):
        yield Finding("connects from Glue's own network", FIX_NETWORK)
    elif not properties.is_set("physicalConnectionRequirements", "securityGroupIdLists"):
        yield Finding("connects without a security group of ours", FIX_NETWORK)


def _expected(job: Resource) -> list[str]:
    """Return the names of the groups that the arguments say; UndecidedError while they are not known."""
    for arguments in ("nonOverridableArguments", "defaultArguments"):
        if job.properties.is_set(arguments, TWO_GROUPS):
            prefix = job.properties.get(arguments, TWO_GROUPS)
            return [f"{prefix}/{ending}" for ending in ENDINGS]
        if job.properties.is_set(arguments, ONE_GROUP):
            return [str(job.properties.get(arguments, ONE_GROUP))]
    return []
