"""Batch: jobs hold no secrets, and no more rights over their machine than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import UnreadableError, from_json, mapping
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..secret_text import secret_names
from ..values import Properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

DEFINITION = aws("batch", "JobDefinition")
# As containers of ECS spell it, and as those of EKS do.
VARIABLES = ("environment", "envs")
SWITCHES = (("privileged",), ("securityContext", "privileged"))

SECRET = Rule(
    id="BATCH-SECRET-IN-ENVIRONMENT",
    title="Secrets are not in jobs' environment variables",
    severity=Severity.CRITICAL,
    why="Whoever may describe the job definition reads them, in every revision there ever was.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
PRIVILEGED = Rule(
    id="BATCH-PRIVILEGED",
    title="Jobs are not privileged",
    severity=Severity.HIGH,
    why="A privileged container is root on its machine, and over the jobs beside it.",
    frameworks=("NIST 800-53 AC-6",),
    peers=("Checkov CKV_AWS_210",),
)


@SECRET.on(DEFINITION)
def environment_holds_no_secret(definition: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    for container in _containers(definition):
        for name in secret_names(each for variables in VARIABLES for each in container.each(variables)):
            yield Finding(
                f"has what looks like a secret in {name}",
                'move it to an aws.secretsmanager.Secret: "secrets": [{"name": ..., "valueFrom": secret.arn}]',
            )


@PRIVILEGED.on(DEFINITION)
def job_is_not_privileged(definition: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a privileged container."""
    if any(container.is_true(*path) for container in _containers(definition) for path in SWITCHES):
        yield Finding("is privileged", '"privileged": False')


def _containers(definition: Resource) -> Iterator[Properties]:
    """Yield the containers of a job: one, one for each range of nodes, or those of a task of ECS or a pod of EKS."""
    yield _document(definition, "containerProperties")
    for nodes in _document(definition, "nodeProperties").each("nodeRangeProperties"):
        yield nodes.section("container")
    for task in _document(definition, "ecsProperties").each("taskProperties"):
        yield from task.each("containers")
    pod = definition.properties.section("eksProperties", "podProperties")
    for containers in ("containers", "initContainers"):
        yield from pod.each(containers)


def _document(definition: Resource, name: str) -> Properties:
    """Return what a JSON text holds, nothing where it is unknown; the provider itself refuses what is no JSON."""
    if definition.properties.is_unknown(name):
        return Properties({})
    try:
        return Properties(mapping(from_json(definition.properties.get(name))))
    except UnreadableError:
        return Properties({})
