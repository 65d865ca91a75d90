"""The one container of a job's task, as ECS wants it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from ..core.deployment import current
from .secret import Secret, SecretField

CONTAINER = "main"
TEMPORARY = "/tmp"  # noqa: S108 (a folder in the container, nobody else's)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_NAME = re.compile(
    r"passw(or)?d|(^|_)(pass|pwd)(_|$)|passphrase|secret|token|api_?key|private_?key|credential|access_?key",
    re.IGNORECASE,
)
_REFERENCE_NAME = re.compile(r"_(arn|name|id|path|prefix|url|uri|endpoint|version|region)$", re.IGNORECASE)
_LOG_BUFFER = "25m"
"""Enough for 5 MB of log a second (AWS Containers Blog, "Preventing log loss with non-blocking mode")."""


def check_environment(job: str, environment: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """Raise ValueError for a name that no program can read, that is given twice, or that promises a secret in clear."""
    for name in (*environment, *secrets):
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"job {job}: {name!r} is no name of an environment variable: letters, digits and underscores, no digit "
                "first"
            )
    twice = sorted(set(environment) & set(secrets))
    if twice:
        raise ValueError(f"job {job}: {', '.join(twice)} is in environment and in secrets: give it once")
    for name in environment:
        if _SECRET_NAME.search(name) and not _REFERENCE_NAME.search(name):
            raise ValueError(
                f"job {job}: whoever may describe its task definition reads {name}: keep it in a Secret and give "
                f"secrets={{{name!r}: secret}}, or secret.field('key') for one key of a JSON value"
            )


def container(
    *,
    image: pulumi.Input[str],
    entry_point: Sequence[str] | None,
    command: Sequence[str],
    user: str,
    environment: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, Secret | SecretField],
    log_group: pulumi.Input[str],
    temporary: int | None,
    stop_timeout: int,
) -> dict[str, Any]:
    """Return the container definition: read-only root, an unprivileged user, an init process, logs that never block.

    Where `temporary` is a number of MiB, /tmp is that much of the task's memory; where it is None, /tmp is the task's
    disk, mounted as the image's `VOLUME /tmp`, whose owner and mode AWS copies (Amazon ECS Developer Guide, "Bind
    mounts"): an image without that line gets a folder that only root writes to.
    """
    linux: dict[str, Any] = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
    if temporary is not None:
        # Fargate has tmpfs since January 2026; the kernel gives it mode 1777 unless another is asked for.
        linux["tmpfs"] = [
            {"containerPath": TEMPORARY, "size": temporary, "mountOptions": ["rw", "nosuid", "nodev"]},
        ]
    variables = {"HOME": TEMPORARY, **environment}
    return {
        "name": CONTAINER,
        "image": image,
        "essential": True,
        **({"entryPoint": list(entry_point)} if entry_point is not None else {}),
        "command": list(command),
        "user": user,
        "readonlyRootFilesystem": True,
        "linuxParameters": linux,
        "mountPoints": [] if temporary is not None else [{"sourceVolume": "tmp", "containerPath": TEMPORARY}],
        "environment": [{"name": name, "value": variables[name]} for name in sorted(variables)],
        "secrets": [{"name": name, "valueFrom": _reference(secrets[name])} for name in sorted(secrets)],
        "stopTimeout": stop_timeout,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": current().region,
                "awslogs-stream-prefix": "run",
                "mode": "non-blocking",
                "max-buffer-size": _LOG_BUFFER,
            },
        },
    }


def _reference(secret: Secret | SecretField) -> pulumi.Output[str]:
    """Return the whole secret, or `arn:key::` for one key in its current version (Amazon ECS, "secrets")."""
    if isinstance(secret, SecretField):
        return pulumi.Output.concat(secret.secret.arn, ":", secret.json_key, "::")
    return secret.arn
