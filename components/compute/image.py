"""A container image, and what a role must be allowed so that it can be pulled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from ..core import Statement

Architecture = Literal["arm64", "x86_64"]
"""As Lambda and `docker build --platform` name them, the latter with amd64 for the second."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
"""OCI distribution specification, "Pulling manifests": what a tag may be; a digest is the one ECS takes (RFC 6920)."""

PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""Amazon ECS Developer Guide, "Amazon ECS task execution IAM role"; layers are decrypted by grants of ECR's own."""


@dataclass(frozen=True)
class Image:
    """An image by its address, and the statements that the role that pulls it needs: none for a public registry."""

    uri: pulumi.Input[str]
    pull: Sequence[Statement] = ()


def reference(repository: str, *, tag: str | None, digest: str | None) -> str:
    """Return what follows the repository's address, `:tag` or `@digest`.

    Raises ValueError unless exactly one of the two is given, and in the form that registries accept.
    """
    if (tag is None) == (digest is None):
        raise ValueError(f"image of {repository}: give either tag or digest; a digest never names another image")
    if digest is not None:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"image of {repository}: {digest!r} is no digest: sha256: and 64 lower-case hex digits")
        return f"@{digest}"
    if not _TAG.fullmatch(str(tag)):
        raise ValueError(f"image of {repository}: {tag!r} is no tag: up to 128 letters, digits, periods, _ and -")
    return f":{tag}"


def pull_statements(repository_arn: pulumi.Input[str], *more: str) -> list[Statement]:
    """Return what pulling from one private repository takes; a login is for the registry, which has no ARN."""
    return [
        Statement(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
        Statement(actions=[*PULL_ACTIONS, *more], resources=[repository_arn]),
    ]
