"""Which images a stack's jobs run, and whether their repositories have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CommandError
from ..runs.target import Target

_FIX = "Make it: make build TARGET=aws"
_OF_IMAGE = "-image-"


@dataclass(frozen=True)
class ContainerImage:
    """One container, and its image in the stack's repository."""

    container: str
    archive: Path
    """What the image is built of."""
    tag: str
    repository: str
    url: str
    """Empty while the stack has no repository for it."""
    there: bool

    @property
    def address(self) -> str:
        """What is pushed, and what task definitions name."""
        return f"{self.url}:{self.tag}" if self.url else ""


def images(target: Target, artifacts: Path) -> list[ContainerImage]:
    """Return each container that was built, and its image in the stack; raises CommandError where none was built."""
    manifest = _manifest(artifacts)
    known = _repositories(target)
    found = []
    for container, entry in sorted(manifest.get("containers", {}).items()):
        repository = known.get(container, {})
        name = repository.get("repositoryName", "")
        found.append(
            ContainerImage(
                container=container,
                archive=artifacts / entry["archive"],
                tag=entry["tag"],
                repository=name,
                url=repository.get("repositoryUri", ""),
                there=bool(name) and _has(target.clients("ecr"), name, entry["tag"]),
            )
        )
    return found


def _manifest(artifacts: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((artifacts / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise CommandError(f"Nothing was built in {artifacts}.", fix=_FIX) from None
    return found


def _repositories(target: Target) -> dict[str, Mapping[str, Any]]:
    """Return the stack's repositories by container: `Platform` names each after its container."""
    client = target.clients("ecr")
    found = {}
    for repository in client.get_paginator("describe_repositories").paginate().search("repositories[]"):
        if not repository or _OF_IMAGE not in repository["repositoryName"]:
            continue
        tags = _tags(client, repository["repositoryArn"])
        _, of_image, container = tags.get("component", "").partition(_OF_IMAGE)
        if of_image and (tags.get("project"), tags.get("stack")) == (target.project, target.stack):
            found[container] = repository
    return found


def _tags(client: Any, repository: str) -> dict[str, str]:
    """Return a repository's tags; none of one that is not the stack's, which its deployer may not look at."""
    from botocore.exceptions import ClientError

    try:
        answer = client.list_tags_for_resource(resourceArn=repository)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in answer["tags"]}


def _has(client: Any, repository: str, tag: str) -> bool:
    try:
        found = client.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])["imageDetails"]
    except client.exceptions.ImageNotFoundException:
        return False
    return bool(found)
