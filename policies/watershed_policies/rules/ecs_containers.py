"""ECS containers: they log, keep secrets out of their environment, and have no more rights than they need."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ..containers import TASK, containers, is_windows
from ..embedded import is_on, strings
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import SECRET_VALUE, looks_secret, script_holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings
    from ..values import Properties

# What FSBP ECS.8 looks for; the names of the other secrets tell themselves.
CREDENTIALS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ECS_ENGINE_AUTH_DATA"}
# Capabilities with which a container leaves its namespace. https://man7.org/linux/man-pages/man7/capabilities.7.html
HOST_CAPABILITIES = {
    *("ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "NET_ADMIN", "DAC_READ_SEARCH"),
    *("BPF", "SYS_BOOT", "SYS_TIME", "MAC_ADMIN", "MAC_OVERRIDE"),
}
# Fargate allows this one, where no other container shares the kernel.
FARGATE_CAPABILITIES = {"SYS_PTRACE"}
ROOT_USER = re.compile(r"^(root|0+)(:.*)?$")
ADMINISTRATOR = re.compile(r"^containeradministrator$", re.IGNORECASE)

SECRET = Rule(
    id="ECS-SECRET-IN-ENVIRONMENT",
    title="Secrets are not in containers' environment variables",
    severity=Severity.CRITICAL,
    why="Whoever may describe the task definition reads them, in every revision there ever was.",
    frameworks=("FSBP ECS.8", "NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
    peers=("Trivy AWS-0036",),
)
LOGGING = Rule(
    id="ECS-LOGGING",
    title="Containers log",
    severity=Severity.HIGH,
    why="What a container says is otherwise gone with it.",
    frameworks=("FSBP ECS.9", "NIST 800-53 AU-2", "PCI DSS 10.2.1"),
    peers=("cdk-nag ECS7",),
)
READ_ONLY_ROOT = Rule(
    id="ECS-READ-ONLY-ROOT",
    title="Containers cannot write to their root file system",
    severity=Severity.HIGH,
    why="Whoever breaks into a container cannot change its programs or leave others there.",
    frameworks=("FSBP ECS.5", "NIST 800-53 AC-6"),
    peers=("Checkov CKV_AWS_336",),
)
PRIVILEGED = Rule(
    id="ECS-PRIVILEGED",
    title="Containers are not privileged",
    severity=Severity.CRITICAL,
    why="A privileged container, or one with the capabilities of root, is root on its host, and all other containers'.",
    frameworks=("FSBP ECS.4", "NIST 800-53 AC-6", "PCI DSS 7.2.1"),
    peers=("Checkov CKV_AWS_334",),
)
ROOT = Rule(
    id="ECS-ROOT-USER",
    title="Containers do not ask to run as root",
    severity=Severity.HIGH,
    why="Root in a container is one mistake of the kernel away from root on its host.",
    frameworks=("FSBP ECS.20", "FSBP ECS.21", "NIST 800-53 AC-6"),
)
NAMED_USER = Rule(
    id="ECS-NAMED-USER",
    title="Task definitions name the user that a container runs as",
    severity=Severity.LOW,
    why="Without one the image decides, and most images run as root.",
    frameworks=("FSBP ECS.20",),
    profile=Profile.STRICT,
)
IMAGE_PINNED = Rule(
    id="ECS-IMAGE-PINNED",
    title="Images are named by a version",
    severity=Severity.LOW,
    why="What `latest` is changes between two starts of the same task.",
    profile=Profile.STRICT,
)
MEMORY = Rule(
    id="ECS-MEMORY-LIMIT",
    title="Tasks have a limit of memory",
    severity=Severity.LOW,
    why="One task can otherwise use up what all tasks of the host share.",
    profile=Profile.STRICT,
)


@SECRET.on(TASK)
def environment_holds_no_secret(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret in variables, logging options and commands; the message never shows the value."""
    for name, container in containers(task):
        for variable, value in _variables(container):
            if (variable.upper() in CREDENTIALS and value) or looks_secret(variable, value):
                yield Finding(
                    f"has what looks like a secret in {variable} of {name}",
                    'move it to an aws.secretsmanager.Secret: "secrets": [{"name": ..., "valueFrom": secret.arn}]',
                )
        if any(_holds_secret(words) for words in _commands(container)):
            yield Finding(
                f"has what looks like a secret in the command of {name}",
                'move it to an aws.secretsmanager.Secret: "secrets": [{"name": ..., "valueFrom": secret.arn}]',
            )


@LOGGING.on(TASK)
def containers_log(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a container without a log driver."""
    for name, container in containers(task):
        if container.get("logConfiguration", "logDriver") in (None, "", "none"):
            yield Finding(
                f"does not log what {name} says",
                '"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": log_group.name, ...}}',
            )


@READ_ONLY_ROOT.on(TASK)
def root_is_read_only(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a writable root; Windows has no other."""
    if is_windows(task):
        return
    for name, container in containers(task):
        if not is_on(container.get("readonlyRootFilesystem")):
            yield Finding(
                f"lets {name} write to its root file system",
                '"readonlyRootFilesystem": True, and a volume where it must write',
            )


@PRIVILEGED.on(TASK)
def is_not_privileged(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse privileged containers and the capabilities that amount to it."""
    on_fargate = "FARGATE" in strings(task.properties.get("requiresCompatibilities"))
    for name, container in containers(task):
        if is_on(container.get("privileged")):
            yield Finding(f"runs {name} privileged", 'remove "privileged"')
        added = {
            capability.upper().removeprefix("CAP_")
            for capability in strings(container.get("linuxParameters", "capabilities", "add"))
        }
        dangerous = added & HOST_CAPABILITIES - (FARGATE_CAPABILITIES if on_fargate else set())
        options = [option.lower() for option in strings(container.get("dockerSecurityOptions"))]
        if any(option.endswith(("unconfined", "disable")) for option in options):
            yield Finding(f"takes the kernel's limits off {name}", 'remove them from "dockerSecurityOptions"')
        if dangerous:
            yield Finding(
                f"gives {name} the capabilities {', '.join(sorted(dangerous))} over its host",
                'remove them from "linuxParameters": {"capabilities": {"add": [...]}}',
            )


@ROOT.on(TASK)
def is_not_root(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a user that is root."""
    for name, container in containers(task):
        user = str(container.get("user") or "").strip()
        if ROOT_USER.match(user) or ADMINISTRATOR.match(user):
            yield Finding(f"runs {name} as {user}", '"user": "1000:1000"')


@NAMED_USER.on(TASK)
def names_user(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a container that leaves the user to its image."""
    if is_windows(task):
        return
    for name, container in containers(task):
        if not container.get("user"):
            yield Finding(f"does not say as whom {name} runs", '"user": "1000:1000"')


@IMAGE_PINNED.on(TASK)
def images_are_pinned(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse `latest`, said or not."""
    for name, container in containers(task):
        image = str(container.get("image") or "")
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if "@sha256:" not in image and tag in ("", "latest"):
            yield Finding(f"runs whatever is latest in {name}", '"image": f"{repository_url}@sha256:..."')


@MEMORY.on(TASK)
def memory_is_limited(task: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a container without a limit in a task without one."""
    if task.properties.is_set("memory"):
        return
    for name, container in containers(task):
        if not container.get("memory"):
            yield Finding(f"sets no limit to the memory of {name}", 'memory="1024"')


def _variables(container: Properties) -> Iterator[tuple[str, str]]:
    for entry in container.each("environment"):
        yield str(entry.get("name")), str(entry.get("value") or "")
    for options in (container.get("logConfiguration", "options"), container.get("dockerLabels")):
        if isinstance(options, dict):
            yield from ((str(name), str(value)) for name, value in options.items())


def _commands(container: Properties) -> Iterator[list[str]]:
    for path in (("command",), ("entryPoint",), ("healthCheck", "command")):
        yield strings(container.get(*path))


def _holds_secret(words: list[str]) -> bool:
    """Say whether a word of a command is a secret, or follows an option that takes one: `--password hunter2`.

    A word may be a whole script: `["sh", "-c", "PASSWORD=hunter2 run"]`.
    """
    if any(SECRET_VALUE.search(word) or script_holds_secret(word) for word in words):
        return True
    options = [tuple(word.split("=", 1)) for word in words if word.startswith("--") and "=" in word]
    following = [(word, after) for word, after in pairwise(words) if word.startswith("--") and "=" not in word]
    return any(
        looks_secret(name, value)
        for name, value in (*options, *following)
        if value and not value.startswith(("-", "$"))
    )
