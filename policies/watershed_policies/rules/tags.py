"""Tags: every resource that can be tagged says whose it is."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..embedded import mapping
from ..registry import ANY_TYPE
from ..resource import aws
from ..rule import Finding, Rule, Severity
from ..values import Properties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..resource import Resource
    from ..settings import Settings

# Objects have tags, but are data, not resources that somebody owns or pays for one by one.
DATA = {aws("s3", "BucketObject"), aws("s3", "BucketObjectv2"), aws("s3", "ObjectCopy")}

# Its tags are a list, and say of each whether the machines have it too.
AUTO_SCALING_GROUP = aws("autoscaling", "Group")
# It has no tags, but gives them to the repositories that are made by it.
REPOSITORY_TEMPLATE = aws("ecr", "RepositoryCreationTemplate")

REQUIRED = Rule(
    id="TAGS-REQUIRED",
    title="Resources carry the required tags",
    severity=Severity.LOW,
    why="Only tags tell apart costs, owners and data classes. The keys are `requiredTags` of the config file.",
    frameworks=("NIST 800-53 CM-8",),
)


@REQUIRED.on(ANY_TYPE)
def required_tags(resource: Resource, settings: Settings) -> Iterator[Finding]:
    """Refuse a resource that lacks a required tag, among its own and the provider's default ones."""
    if not settings.required_tags or resource.type not in taggable():
        return
    missing = _missing(resource, settings)
    if missing:
        yield Finding(
            f"lacks the tag{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            f"add tags={{{', '.join(f'{key!r}: ...' for key in missing)}}}, or default_tags to the aws provider",
        )


@REQUIRED.on(REPOSITORY_TEMPLATE)
def tags_of_what_is_made(template: Resource, settings: Settings) -> Iterator[Finding]:
    """Refuse a template for repositories that lack a required tag; default tags of the provider do not reach them."""
    given = keys(template.properties, "resourceTags")
    missing = [key for key in settings.required_tags if key not in given]
    if missing:
        yield Finding(
            f"makes repositories that lack the tag{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            f"add resource_tags={{{', '.join(f'{key!r}: ...' for key in missing)}}}",
        )


def keys(properties: Properties, *path: str) -> set[str]:
    """Return the keys of the tags at `path` whose value says something; auto scaling groups have a list of tags."""
    tags = properties.get(*path)
    if isinstance(tags, list):
        return {str(entry.get("key")) for entry in properties.each(*path) if not entry.is_blank("value")}
    return {key for key in mapping(tags) if not Properties(tags).is_blank(key)}


@cache
def taggable() -> frozenset[str]:
    """Return the types of pulumi-aws that take tags; a test compares the list with the installed pulumi-aws."""
    text = resources.files(__package__.rpartition(".")[0]).joinpath("taggable.txt").read_text(encoding="utf-8")
    return frozenset(text.split()) - DATA


@REQUIRED.remedy("adds the missing tags with the values of the config files", *taggable())
def add_missing(resource: Resource, settings: Settings) -> Mapping[str, Any] | None:
    """Add the missing tags, if the config files say the values of all of them."""
    missing = _missing(resource, settings)
    if any(key not in settings.tags for key in missing):
        return None
    tags = resource.values.get("tags")
    if resource.type == AUTO_SCALING_GROUP:
        added = [{"key": key, "value": settings.tags[key], "propagateAtLaunch": True} for key in missing]
        return {"tags": [*(tags or []), *added]}
    return {"tags": {**(tags or {}), **{key: settings.tags[key] for key in missing}}}


def _missing(resource: Resource, settings: Settings) -> list[str]:
    own, by_provider = keys(resource.properties, "tags"), keys(resource.provider, "defaultTags", "tags")
    blank = set(mapping(resource.properties.get("tags"))) - own
    return [key for key in settings.required_tags if key not in own and (key in blank or key not in by_provider)]
