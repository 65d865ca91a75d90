"""The tags that every taggable resource carries."""

from typing import Annotated, Literal

import pulumi
from pydantic import Field

from .model import Matching, Model
from .names import stack_name

Classification = Literal["public", "internal", "confidential", "restricted"]
"""How sensitive data is, from open to most guarded."""

REQUIRED_TAGS = ("project", "stack", "component", "owner", "data-classification")

TagText = Annotated[str, Matching(r"[\w .:/=+\-@]{1,255}", "1 to 255 letters, digits, spaces and . : / = + - @ _")]
"""A tag's value, in the characters that every AWS service accepts (AWS General Reference, "Tag naming limits").

One less than tags may have: an owner is also the owner of Glue tables (AWS Glue API, "NameString").
"""
TagKey = Annotated[
    str,
    Matching(
        r"(?![aA][wW][sS]:)[\w .:/=+\-@]{1,128}",
        "1 to 128 letters, digits, spaces and . : / = + - @ _, not beginning with aws:",
    ),
]

_MOST_EXTRA = 5
"""With those that are required, the ten an S3 object may have (Amazon S3 User Guide, "Categorizing objects")."""


class Tags(Model):
    """What a component's tags say beside its own name.

    `owner`: the team that answers for the resources; default the Pulumi project's name.
    `classification`: of the data they hold; default "internal". `extra`: further tags, at most 5.
    """

    owner: TagText | None = None
    classification: Classification = "internal"
    extra: Annotated[dict[TagKey, TagText], Field(max_length=_MOST_EXTRA)] = {}

    def of(self, component: str, classification: Classification | None = None) -> dict[str, str]:
        """Return the tags of one resource of the component."""
        return {
            **self.extra,
            "project": pulumi.get_project(),
            "stack": stack_name(),
            "component": component,
            "owner": self.owner or pulumi.get_project(),
            "data-classification": classification or self.classification,
        }
